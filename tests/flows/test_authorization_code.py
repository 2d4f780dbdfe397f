"""The authorization code flow: from the person's yes to tokens, and every way a code is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils import timezone
from oauth2_provider.models import get_access_token_model, get_grant_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.testing.client import VERIFIER, answered
from django_oauthflows.testing.factories import ClientFactory
from tests.marks import spec
from tests.stories import begin, dot_application, error_of

pytestmark = pytest.mark.django_db


@spec("RFC 6749 §4.1", "RFC 6749 §5.1")
def test_a_web_app_gets_tokens_for_what_the_person_agreed_to() -> None:
    story = begin()
    response = story.redeem(story.code(scope="notes:read profile"))
    tokens = response.json()
    assert response.status_code == 200
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 900
    assert tokens["scope"] == "notes:read profile"
    assert story.call(tokens["access_token"]).json() == {
        "person": story.person.username,
        "client_id": story.registered.client_id,
        "scope": "notes:read profile",
    }


@spec("RFC 6749 §4.1.2", "RFC 9207 §2")
def test_the_answer_carries_the_state_and_the_issuer() -> None:
    story = begin()
    answer = answered(story.decide(state="a state with + and ü"))
    metadata = story.browser.get("/.well-known/oauth-authorization-server/o").json()
    assert answer["state"] == "a state with + and ü"
    assert answer["iss"] == metadata["issuer"] == "http://testserver/o"


@spec("RFC 6749 §3.1.2")
def test_the_answer_keeps_the_query_of_the_redirect_uri() -> None:
    story = begin(redirect_uris=("https://client.example/callback?tenant=7",))
    assert answered(story.decide())["tenant"] == "7"


@spec("B-11")
def test_a_code_lives_a_minute_at_most_whatever_the_settings_say() -> None:
    story = begin()
    longer = {**settings.OAUTH2_PROVIDER, "AUTHORIZATION_CODE_EXPIRE_SECONDS": 600}
    with override_settings(OAUTH2_PROVIDER=longer):
        story.code()
    left = get_grant_model().objects.get().expires - timezone.now()
    assert left <= timedelta(seconds=60)


@spec("B-11")
def test_a_site_may_let_codes_live_shorter() -> None:
    story = begin()
    shorter = {**settings.OAUTH2_PROVIDER, "AUTHORIZATION_CODE_EXPIRE_SECONDS": 20}
    with override_settings(OAUTH2_PROVIDER=shorter):
        story.code()
    left = get_grant_model().objects.get().expires - timezone.now()
    assert left <= timedelta(seconds=20)


@spec("RFC 6749 §4.1.2", "B-11")
def test_an_expired_code_is_refused() -> None:
    story = begin()
    code = story.code()
    get_grant_model().objects.update(expires=timezone.now())
    assert error_of(story.redeem(code)) == (400, "invalid_grant")


@spec("RFC 6749 §5.2")
def test_an_unknown_code_is_refused() -> None:
    assert error_of(begin().redeem("no-such-code")) == (400, "invalid_grant")


@spec("RFC 6749 §5.2")
def test_a_missing_code_is_a_malformed_request() -> None:
    assert error_of(begin().token(grant_type="authorization_code")) == (400, "invalid_request")


@spec("RFC 6749 §4.1.3", "B-3", "B-11")
def test_another_client_cannot_redeem_the_code_and_its_holder_still_can() -> None:
    story, thief = begin(), begin()
    code = story.code()
    assert error_of(thief.redeem(code)) == (400, "invalid_grant")
    assert story.redeem(code).status_code == 200


@spec("RFC 6749 §4.1.3", "B-3", "B-12")
def test_another_client_that_replays_a_code_ends_nothing() -> None:
    story, thief = begin(), begin()
    code = story.code()
    tokens = story.redeem(code).json()
    assert error_of(thief.redeem(code)) == (400, "invalid_grant")
    assert story.call(tokens["access_token"]).status_code == 200


TWO_URIS = ("https://client.example/callback", "https://client.example/other")


@pytest.mark.parametrize("sent", ["https://client.example/other", "https://client.example/", "x"])
@spec("RFC 6749 §4.1.3", "OAuth 2.1 §4.1.3", "B-3", "B-11")
def test_a_code_is_redeemed_for_the_redirect_uri_it_was_sent_to(sent: str) -> None:
    story = begin(redirect_uris=TWO_URIS)
    code = story.code()
    assert error_of(story.redeem(code, redirect_uri=sent)) == (400, "invalid_grant")
    assert story.redeem(code).status_code == 200


@pytest.mark.parametrize("sent", [None, ""])
@pytest.mark.parametrize("preset", ["web-app", "single-page-app", "native-app"])
@spec("OAuth 2.1 §4.1.3", "OAuth 2.1 §10.2")
def test_the_redirect_uri_may_be_left_out_where_pkce_binds_the_code(
    preset: str, sent: str | None
) -> None:
    story = begin(preset=preset)
    code = story.code()
    assert error_of(story.redeem(code, redirect_uri=sent, code_verifier="x" * 43))[0] == 400
    tokens = story.redeem(code, redirect_uri=sent).json()
    assert story.call(tokens["access_token"]).status_code == 200
    # Brought a second time in the same way, it was stolen from somebody.
    assert "revoked" in story.redeem(code, redirect_uri=sent).json()["error_description"]
    assert story.call(tokens["access_token"]).status_code == 401


@pytest.mark.parametrize("sent", [None, "", "https://client.example/other"])
@pytest.mark.parametrize(
    "challenge",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge": VERIFIER, "code_challenge_method": "plain"},
        {"code_challenge": VERIFIER, "code_challenge_method": None},
    ],
)
@spec("RFC 6749 §4.1.3", "B-3", "B-11")
def test_a_code_that_pkce_does_not_bind_needs_its_redirect_uri(
    challenge: dict[str, Any], sent: str | None
) -> None:
    story = begin(profile="legacy", redirect_uris=TWO_URIS)
    code = story.code(**challenge)
    verifier = VERIFIER if challenge["code_challenge"] else None
    refused = story.redeem(code, redirect_uri=sent, code_verifier=verifier)
    assert error_of(refused) == (400, "invalid_grant")
    assert "redirect_uri" in refused.json()["error_description"]
    assert story.redeem(code, code_verifier=verifier).status_code == 200


@spec("RFC 6749 §4.1.3")
def test_the_redirect_uri_is_not_asked_for_again_where_it_was_left_out_before() -> None:
    story = begin()
    code = story.code(redirect_uri=None)
    assert story.redeem(code, redirect_uri=None).status_code == 200


@spec("RFC 6749 §3.1.2.3")
def test_the_redirect_uri_cannot_be_left_out_where_several_are_registered() -> None:
    story = begin(redirect_uris=("https://client.example/callback", "https://client.example/other"))
    response = story.ask(redirect_uri=None)
    assert response.status_code == 400
    assert "Location" not in response


@spec("RFC 6749 §4.1.2", "B-12")
def test_a_code_is_redeemed_once_and_its_replay_ends_what_it_earned() -> None:
    story = begin()
    code = story.code()
    tokens = story.redeem(code).json()
    assert error_of(story.redeem(code)) == (400, "invalid_grant")
    assert story.call(tokens["access_token"]).status_code == 401
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


@spec("RFC 6749 §4.1.2", "B-12")
def test_a_replayed_code_ends_what_was_refreshed_since() -> None:
    story = begin()
    code = story.code()
    later = story.refresh(story.redeem(code).json()["refresh_token"]).json()
    story.redeem(code)
    assert story.call(later["access_token"]).status_code == 401
    assert error_of(story.refresh(later["refresh_token"])) == (400, "invalid_grant")
    assert not get_access_token_model().objects.exists()


@spec("B-12")
def test_a_replayed_code_ends_an_access_token_that_came_without_a_refresh_token() -> None:
    story = begin()
    story.registered.policy.flows = ["authorization-code-pkce"]
    story.registered.policy.save()
    code = story.code()
    tokens = story.redeem(code).json()
    assert "refresh_token" not in tokens
    story.redeem(code)
    assert story.call(tokens["access_token"]).status_code == 401


@spec("B-12")
def test_a_replayed_code_leaves_the_persons_other_sign_ins_alone() -> None:
    story = begin()
    other = story.tokens()
    code = story.code()
    story.redeem(code)
    story.redeem(code)
    assert story.call(other["access_token"]).status_code == 200
    assert story.refresh(other["refresh_token"]).status_code == 200


@spec("B-12")
def test_a_replayed_code_is_audited(django_capture_on_commit_callbacks) -> None:
    story = begin()
    code = story.code()
    story.redeem(code)
    with django_capture_on_commit_callbacks(execute=True):
        story.redeem(code)
    event = AuditEvent.objects.get(event="code.replayed")
    assert event.client_id == story.registered.client_id
    assert event.user == story.person
    assert AuditEvent.objects.filter(event="authorization.revoked").count() == 1


@spec("RFC 6749 §3.3", "B-9")
def test_a_client_cannot_ask_for_more_than_its_own_scopes() -> None:
    story = begin(scopes=("notes:read",))
    answer = answered(story.ask(scope="notes:read notes:write"))
    assert answer["error"] == "invalid_scope"
    assert answer["state"] == "a-state"
    assert answer["iss"] == "http://testserver/o"


@spec("RFC 6749 §3.3", "B-9")
def test_no_scope_is_not_every_scope() -> None:
    assert answered(begin().ask(scope=None))["error"] == "invalid_scope"


@spec("RFC 6749 §3.3", "B-9")
def test_no_scope_gets_the_servers_default_within_the_clients_own() -> None:
    story = begin(scopes=("notes:read", "notes:write"), default_scopes=())
    default = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": ["notes:read", "profile"]}
    with override_settings(OAUTH2_PROVIDER=default):
        story.decide(scope=None, scopes=["notes:read"])
        tokens = story.tokens(scope=None, scopes=["notes:read"])
    assert tokens["scope"] == "notes:read"


@spec("B-9", "B-14")
def test_a_posted_scope_that_was_not_asked_for_is_not_granted() -> None:
    story = begin()
    response = story.decide(scope="notes:read", scopes=["notes:read", "notes:write"])
    assert response.status_code == 400
    assert not get_grant_model().objects.exists()


@spec("B-9", "B-19")
def test_a_scope_withdrawn_from_the_client_is_not_in_the_token() -> None:
    story = begin()
    code = story.code(scope="notes:read notes:write")
    story.registered.policy.scopes = ["notes:read"]
    story.registered.policy.save()
    assert story.redeem(code).json()["scope"] == "notes:read"


@spec("RFC 6749 §4.1.3")
def test_a_scope_sent_with_the_code_changes_nothing() -> None:
    story = begin()
    response = story.redeem(story.code(scope="notes:read"), scope="notes:write")
    assert response.json()["scope"] == "notes:read"


@spec("RFC 6749 §4.1.2.1")
def test_an_unsupported_response_type_is_answered_at_the_client() -> None:
    answer = answered(begin().ask(response_type="none"))
    assert answer["error"] == "unsupported_response_type"
    assert answer["state"] == "a-state"


@spec("RFC 6749 §3.1.1")
def test_a_missing_response_type_is_a_malformed_request() -> None:
    assert answered(begin().ask(response_type=None))["error"] == "invalid_request"


@spec("RFC 6749 §4.1.2.1")
def test_a_client_without_the_flow_is_told_so() -> None:
    story = begin()
    story.registered.policy.flows = ["client-credentials"]
    story.registered.policy.save()
    assert answered(story.ask())["error"] == "unauthorized_client"


@spec("B-8")
def test_a_request_for_another_address_is_a_page_and_never_a_redirect() -> None:
    story = begin()
    response = story.ask(redirect_uri="https://evil.example/callback")
    assert response.status_code == 400
    assert "Location" not in response


@spec("B-6", "RFC 6749 §4.1.2.1")
def test_a_disabled_client_is_a_page_and_never_a_redirect() -> None:
    story = begin()
    story.registered.policy.is_enabled = False
    story.registered.policy.save()
    response = story.ask()
    assert response.status_code == 400
    assert "Location" not in response


@spec("B-20")
def test_a_code_of_a_person_deactivated_since_is_refused() -> None:
    story = begin()
    code = story.code()
    story.person.is_active = False
    story.person.save()
    assert error_of(story.redeem(code)) == (400, "invalid_grant")


@spec("B-20")
def test_a_code_of_a_person_deleted_since_is_refused() -> None:
    story = begin()
    code = story.code()
    story.person.delete()
    assert error_of(story.redeem(code)) == (400, "invalid_grant")


@spec("RFC 8707 §2", "B-27")
def test_a_code_for_one_resource_is_not_redeemed_for_another() -> None:
    story = begin()
    code = story.code(resource="https://one.example/api")
    refused = story.redeem(code, resource="https://two.example/api")
    assert error_of(refused) == (400, "invalid_target")
    tokens = story.redeem(code).json()
    assert story.introspect(tokens["access_token"])["aud"] == "https://one.example/api"


@pytest.mark.parametrize("resource", ["not-a-uri", "https://one.example/#part", "/path"])
@spec("RFC 8707 §2")
def test_a_resource_must_be_an_absolute_uri_without_a_fragment(resource: str) -> None:
    assert answered(begin().ask(resource=resource))["error"] == "invalid_target"


@spec("RFC 6749 §4.1", "B-7")
def test_an_application_without_a_policy_keeps_its_grant_type() -> None:
    story = begin(registered=dot_application())
    assert story.tokens()["scope"] == "notes:read"
    assert error_of(story.token(grant_type="client_credentials", scope="notes:read")) == (
        400,
        "unauthorized_client",
    )


@spec("RFC 6749 §2.3.1")
def test_a_secret_in_the_body_does_as_well() -> None:
    story = begin()
    response = story.post(
        "token",
        headers={"Accept": "*/*"},
        client_id=story.registered.client_id,
        client_secret=story.registered.client_secret,
        grant_type="authorization_code",
        code=story.code(),
        redirect_uri=story.registered.redirect_uris[0],
        code_verifier="a-verifier-of-legal-length-made-of-unreserved-characters",
    )
    assert response.status_code == 200


@spec("B-6", "B-3")
def test_a_wrong_secret_leaves_the_code_usable() -> None:
    story = begin()
    code = story.code()
    impostor = begin(registered=ClientFactory())
    wrong = story.post(
        "token",
        headers={"Accept": "*/*"},
        client_id=story.registered.client_id,
        client_secret=impostor.registered.client_secret,
        grant_type="authorization_code",
        code=code,
    )
    assert error_of(wrong) == (401, "invalid_client")
    assert story.redeem(code).status_code == 200


@spec("B-10")
def test_a_client_without_the_password_flow_learns_nothing_of_passwords() -> None:
    story = begin()
    answers = [
        story.token(grant_type="password", username=name, password=password, scope="notes:read")
        for name, password in (
            (story.person.username, "correct horse battery staple"),
            (story.person.username, "wrong"),
            ("nobody", "wrong"),
        )
    ]
    assert {error_of(answer) for answer in answers} == {(400, "unauthorized_client")}
