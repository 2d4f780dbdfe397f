"""A device that waits, and the person who pairs it (RFC 8628)."""

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from django_oauthflows import dot
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import presets
from django_oauthflows.clients.add_form import AddClientForm
from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from django_oauthflows.tokens.devices import ALPHABET
from django_oauthflows.tokens.families import revoke_all
from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.stories import Story, begin, dot_application, error_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def tv() -> Story:
    return begin(preset="device", name="Living room", redirect_uris=())


def codes_of(story: Story, **parameters: Any) -> dict[str, Any]:
    response = story.device_codes(**parameters)
    assert response.status_code == 200, response.content
    members: dict[str, Any] = response.json()
    return members


def rows() -> Any:
    return dot.device_grant_model()._default_manager


def pass_time(seconds: int) -> None:
    """Let the polls so far lie back."""
    for row in rows().all():
        rows().filter(pk=row.pk).update(last_checked=row.last_checked - timedelta(seconds=seconds))


def expire() -> None:
    rows().update(expires=timezone.now() - timedelta(seconds=1))


# The device's request -----------------------------------------------------------------------------------


@spec("RFC 8628 §3.2", "B-2")
def test_a_device_is_told_its_codes_and_where_to_send_its_person(tv: Story) -> None:
    response = tv.device_codes(scope="notes:read")
    members = response.json()
    assert response["Cache-Control"] == "no-store"
    assert re.fullmatch(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", members["user_code"])
    assert len(members["device_code"]) == 43
    assert members["verification_uri"] == "http://testserver/o/device/"
    assert members["verification_uri_complete"] == (
        f"http://testserver/o/device/?user_code={members['user_code']}"
    )
    assert (members["expires_in"], members["interval"]) == (600, 5)


@spec("RFC 8414 §2", "RFC 8628 §4")
def test_the_metadata_names_the_endpoint(client: Client) -> None:
    metadata = client.get("/.well-known/oauth-authorization-server/o").json()
    assert metadata["device_authorization_endpoint"] == "http://testserver/o/device-authorization/"
    assert "urn:ietf:params:oauth:grant-type:device_code" in metadata["grant_types_supported"]


def test_the_names_of_django_oauth_toolkit_lead_to_the_same_places() -> None:
    assert reverse("oauth2_provider:device-authorization") == "/o/device-authorization/"
    assert reverse("oauth2_provider:device") == "/o/device/"


@spec("B-17")
def test_neither_code_is_stored(tv: Story) -> None:
    codes = codes_of(tv)
    row = rows().values().get()
    for code in (codes["device_code"], codes["user_code"], codes["user_code"].replace("-", "")):
        assert code not in str(row)


@spec("RFC 8628 §3.1", "RFC 6749 §5.2")
@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"scope": "nobody:knows"}, (400, "invalid_scope")),
        ({"scope": None}, (400, "invalid_scope")),
        ({"client_id": "nobody"}, (401, "invalid_client")),
        ({"client_id": None}, (401, "invalid_client")),
        ({"resource": "https://api.example/"}, (400, "invalid_target")),
    ],
)
def test_a_wrong_request_gets_no_codes(
    tv: Story, parameters: dict[str, str | None], expected: tuple[int, str]
) -> None:
    assert error_of(tv.device_codes(**parameters)) == expected
    assert not rows().exists()


@spec("RFC 8628 §3.1", "RFC 6749 §5.2")
def test_a_client_without_the_flow_gets_no_codes() -> None:
    story = begin(preset="native-app")
    assert error_of(story.device_codes()) == (400, "unauthorized_client")
    assert error_of(story.poll("any")) == (400, "unauthorized_client")


@spec("RFC 8628 §3.1", "B-5")
def test_a_confidential_device_authenticates_as_at_the_token_endpoint() -> None:
    story = confidential()
    assert error_of(story.device_codes(headers={})) == (401, "invalid_client")
    codes = codes_of(story)
    story.decide_on_device(codes["user_code"])
    assert error_of(story.poll(codes["device_code"], headers={})) == (401, "invalid_client")
    assert story.poll(codes["device_code"]).status_code == 200


def confidential() -> Story:
    registered = ClientFactory()
    registered.policy.flows = ["device-code", "refresh-token"]
    registered.policy.save()
    return begin(registered=registered)


@spec("RFC 8628 §3.1")
def test_get_is_no_request(client: Client) -> None:
    assert client.get("/o/device-authorization/").status_code == 405


# The whole way ------------------------------------------------------------------------------------------


@spec("RFC 8628 §3.3", "RFC 8628 §3.5", "B-24")
def test_a_person_pairs_a_device(tv: Story) -> None:
    codes = codes_of(tv)
    assert error_of(tv.poll(codes["device_code"])) == (400, "authorization_pending")

    entered = tv.enter(codes["user_code"])
    assert (entered.status_code, entered["Location"]) == (303, "/o/device/confirm/")
    confirmation = tv.browser.get("/o/device/confirm/")
    assert "Living room" in confirmation.text
    assert codes["user_code"] in confirmation.text
    consented = tv.decide_on_device(codes["user_code"])
    assert (consented.status_code, consented["Location"]) == (303, "/o/device/done/")
    assert "Your device is connected" in tv.browser.get("/o/device/done/").text

    answer = tv.poll(codes["device_code"])
    tokens = answer.json()
    assert answer.status_code == 200
    assert tokens["scope"].split() == sorted(tv.registered.scopes)
    assert tv.call(tokens["access_token"]).json()["person"] == tv.person.username
    assert tv.refresh(tokens["refresh_token"]).status_code == 200
    assert Authorization.objects.get().flow == "device-code"
    assert not rows().exists()


@spec("B-14", "B-15")
def test_a_person_may_allow_less_and_it_is_remembered(tv: Story) -> None:
    codes = codes_of(tv)
    tv.decide_on_device(codes["user_code"], scopes=["notes:read"])
    assert tv.poll(codes["device_code"]).json()["scope"] == "notes:read"
    assert Consent.objects.get().scopes == {"notes:read"}


@spec("RFC 8628 §5.4")
def test_a_person_is_asked_each_time(tv: Story) -> None:
    for _ in range(2):
        codes = codes_of(tv)
        tv.enter(codes["user_code"])
        page = tv.browser.post("/o/device/confirm/", {"decision": "continue"}, follow=True)
        assert 'value="allow"' in page.text
        assert error_of(tv.poll(codes["device_code"])) == (400, "authorization_pending")
        tv.decide_on_device(codes["user_code"])


@spec("RFC 8628 §3.5", "B-24")
@pytest.mark.parametrize("page", ["confirm", "consent"])
def test_a_persons_no_is_final(tv: Story, page: str) -> None:
    codes = codes_of(tv)
    if page == "consent":
        ended = tv.decide_on_device(codes["user_code"], "deny")
    else:
        tv.enter(codes["user_code"])
        ended = tv.browser.post("/o/device/confirm/", {"decision": "deny"})
    assert ended["Location"] == "/o/device/done/"
    assert "Nothing was connected" in tv.browser.get("/o/device/done/").text
    for _ in range(2):
        assert error_of(tv.poll(codes["device_code"])) == (400, "access_denied")
    assert tv.enter(codes["user_code"]).status_code == 400
    assert not Authorization.objects.exists()


@spec("RFC 8628 §3.1", "B-1")
def test_an_application_of_django_oauth_toolkits_pairs_as_well() -> None:
    application = dot_application(
        client_type="public",
        authorization_grant_type="urn:ietf:params:oauth:grant-type:device_code",
        redirect_uris="",
    )
    story = begin(registered=application)
    codes = codes_of(story)
    story.decide_on_device(codes["user_code"])
    assert story.poll(codes["device_code"]).status_code == 200


# The token leg ------------------------------------------------------------------------------------------


@spec("RFC 8628 §3.5", "B-24")
def test_a_device_that_asks_too_often_waits_longer_each_time(tv: Story) -> None:
    code = codes_of(tv)["device_code"]
    assert error_of(tv.poll(code)) == (400, "authorization_pending")
    assert error_of(tv.poll(code)) == (400, "slow_down")
    pass_time(6)
    assert error_of(tv.poll(code)) == (400, "slow_down")
    pass_time(11)
    assert error_of(tv.poll(code)) == (400, "slow_down")
    pass_time(20)
    assert error_of(tv.poll(code)) == (400, "authorization_pending")
    assert rows().get().interval == 20


@spec("RFC 8628 §3.5")
def test_a_device_that_asks_in_time_is_never_told_to_slow_down(tv: Story) -> None:
    code = codes_of(tv)["device_code"]
    for _ in range(3):
        assert error_of(tv.poll(code)) == (400, "authorization_pending")
        pass_time(5)


@spec("RFC 8628 §3.5", "B-3")
def test_an_eager_device_gets_its_tokens_all_the_same(tv: Story) -> None:
    codes = codes_of(tv)
    for _ in range(3):
        tv.poll(codes["device_code"])
    tv.decide_on_device(codes["user_code"])
    assert tv.poll(codes["device_code"]).status_code == 200


@spec("RFC 8628 §3.5", "B-24")
def test_waiting_leaves_no_trace_in_the_audit_log(tv: Story) -> None:
    code = codes_of(tv)["device_code"]
    AuditEvent.objects.all().delete()
    response = tv.poll(code)
    assert response["Cache-Control"] == "no-store"
    assert "X-OAuth-Reference" not in response
    assert not AuditEvent.objects.exists()


@spec("RFC 8628 §3.5", "B-24")
def test_a_code_dies_with_its_time(tv: Story) -> None:
    codes = codes_of(tv)
    expire()
    assert error_of(tv.poll(codes["device_code"])) == (400, "expired_token")
    assert tv.enter(codes["user_code"]).status_code == 400


@spec("RFC 8628 §3.5", "B-24")
def test_an_approved_code_dies_with_its_time_too(tv: Story) -> None:
    codes = codes_of(tv)
    tv.decide_on_device(codes["user_code"])
    expire()
    assert error_of(tv.poll(codes["device_code"])) == (400, "expired_token")


@spec("RFC 8628 §3.4", "B-24", "B-3")
@pytest.mark.parametrize("approved", [False, True])
def test_another_client_cannot_redeem_or_disturb_the_code(tv: Story, approved: bool) -> None:
    codes = codes_of(tv)
    if approved:
        tv.decide_on_device(codes["user_code"])
    other = begin(preset="device", redirect_uris=())
    for _ in range(3):
        assert error_of(other.poll(codes["device_code"])) == (400, "invalid_grant")
    answer = tv.poll(codes["device_code"])
    if approved:
        assert answer.status_code == 200
    else:
        assert error_of(answer) == (400, "authorization_pending")


@spec("RFC 8628 §3.5", "B-24")
def test_a_code_is_redeemed_once_and_its_replay_ends_what_it_earned(tv: Story) -> None:
    codes = codes_of(tv)
    tv.decide_on_device(codes["user_code"])
    tokens = tv.poll(codes["device_code"]).json()
    other = begin(preset="device", redirect_uris=())
    assert error_of(other.poll(codes["device_code"])) == (400, "invalid_grant")
    assert tv.call(tokens["access_token"]).status_code == 200
    assert error_of(tv.poll(codes["device_code"])) == (400, "invalid_grant")
    assert tv.call(tokens["access_token"]).status_code == 401
    assert error_of(tv.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


@spec("RFC 8628 §3.5", "B-24")
@pytest.mark.parametrize(
    ("device_code", "code"), [("unknown", "invalid_grant"), (None, "invalid_request")]
)
def test_an_unknown_or_missing_code_is_refused(
    tv: Story, device_code: str | None, code: str
) -> None:
    assert error_of(tv.poll(device_code)) == (400, code)  # type: ignore[arg-type]


@spec("RFC 8628 §3.4", "RFC 7636 §4.6")
def test_a_code_of_another_flow_is_no_way_around_its_rules() -> None:
    registered = ClientFactory()
    registered.policy.flows = ["authorization-code-pkce", "device-code", "refresh-token"]
    registered.policy.save()
    story = begin(registered=registered)
    code = story.code()
    assert error_of(story.poll(code)) == (400, "invalid_grant")
    codes = codes_of(story)
    story.decide_on_device(codes["user_code"])
    assert error_of(story.redeem(codes["device_code"])) == (400, "invalid_grant")
    assert story.poll(codes["device_code"]).status_code == 200
    assert story.redeem(code).status_code == 200


@spec("RFC 7009 §2.1", "B-21")
@pytest.mark.parametrize("what", ["revoked", "inactive", "disabled", "without the flow", "scope"])
def test_what_ended_between_the_yes_and_the_poll_stays_ended(tv: Story, what: str) -> None:
    codes = codes_of(tv, scope="notes:read")
    tv.decide_on_device(codes["user_code"], scopes=["notes:read"])
    policy = tv.registered.policy
    expected = (400, "invalid_grant")
    if what == "revoked":
        revoke_all(person=tv.person, reason="password_changed")
    elif what == "inactive":
        tv.person.is_active = False
        tv.person.save()
    elif what == "disabled":
        policy.is_enabled = False
        policy.save()
        expected = (401, "invalid_client")
    elif what == "without the flow":
        policy.flows = ["refresh-token"]
        policy.save()
        expected = (400, "unauthorized_client")
    else:
        policy.scopes = ["notes:write"]
        policy.save()
        expected = (400, "invalid_scope")
    forget_clients()
    assert error_of(tv.poll(codes["device_code"])) == expected


@spec("RFC 8707 §2.2")
def test_the_resource_is_named_at_the_token_endpoint(tv: Story) -> None:
    codes = codes_of(tv)
    tv.decide_on_device(codes["user_code"])
    code = codes["device_code"]
    assert error_of(tv.poll(code, resource="no-uri")) == (400, "invalid_target")
    tokens = tv.poll(code, resource="http://testserver/api/own/").json()
    assert tv.call(tokens["access_token"]).status_code == 401
    assert tv.call(tokens["access_token"], "/api/own/").status_code == 200


@spec("RFC 8707 §2", "B-14")
def test_a_device_gets_no_token_for_a_resource_that_its_page_did_not_show(tv: Story) -> None:
    codes = codes_of(tv)
    tv.decide_on_device(codes["user_code"])
    refused = tv.poll(codes["device_code"], resource="https://evil.example/")
    assert error_of(refused) == (400, "invalid_target")
    assert tv.poll(codes["device_code"]).status_code == 200


@spec("RFC 8707 §2", "B-14")
def test_a_device_that_is_held_to_a_resource_shows_it_and_gets_it(tv: Story) -> None:
    api = "https://api.example/"
    tv.registered.policy.allowed_resources = [api]
    tv.registered.policy.save()
    codes = codes_of(tv)
    tv.enter(codes["user_code"])
    tv.browser.post("/o/device/confirm/", {"decision": "continue"})
    assert api in tv.browser.get("/o/device/consent/").content.decode()
    tv.decide_on_device(codes["user_code"])
    tokens = tv.poll(codes["device_code"]).json()
    assert tokens["access_token"]
    assert get_access_token_model().objects.get().resource == [api]


# The pages ----------------------------------------------------------------------------------------------


@spec("RFC 8628 §3.3", "B-2")
@pytest.mark.parametrize("page", ["", "confirm/", "consent/", "done/"])
def test_a_stranger_signs_in_first(tv: Story, page: str) -> None:
    path = f"/o/device/{page}?user_code=WDJB-MJHT"
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/o/device/")
    assert "WDJB-MJHT" in response["Location"]


@spec("B-2", "RFC 9700 §4.16")
def test_each_page_has_the_headers_of_a_page(tv: Story) -> None:
    codes = codes_of(tv)
    pages = [tv.browser.get("/o/device/")]
    tv.enter(codes["user_code"])
    pages.append(tv.browser.get("/o/device/confirm/"))
    tv.browser.post("/o/device/confirm/", {"decision": "continue"})
    pages.append(tv.browser.get("/o/device/consent/"))
    tv.browser.post("/o/device/consent/", {"decision": "deny"})
    pages.append(tv.browser.get("/o/device/done/"))
    for page in pages:
        assert page.status_code == 200
        assert page["Cache-Control"] == "no-store"
        assert page["X-Frame-Options"] == "DENY"
        assert "form-action 'self'" in page["Content-Security-Policy"]


@spec("RFC 8628 §3.3")
@pytest.mark.parametrize("page", ["", "confirm/", "consent/"])
def test_another_site_cannot_press_a_button(tv: Story, page: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(tv.person)
    code = codes_of(tv)["user_code"]
    assert browser.post(f"/o/device/{page}", {"user_code": code}).status_code == 403


@spec("RFC 8628 §3.3.1", "B-25")
def test_a_complete_link_fills_the_code_in_and_confirms_nothing(tv: Story) -> None:
    codes = codes_of(tv)
    page = tv.browser.get(codes["verification_uri_complete"])
    assert f'value="{codes["user_code"]}"' in page.text
    assert rows().get().user_id is None
    assert tv.browser.get("/o/device/consent/").status_code == 400


@spec("RFC 8628 §6.1", "B-25")
@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", ""), " {} ".format])
def test_a_code_is_accepted_in_any_case_with_or_without_the_dash(tv: Story, change: Any) -> None:
    code = codes_of(tv)["user_code"]
    assert tv.enter(change(code)).status_code == 303


@spec("B-25")
def test_only_the_person_who_claimed_the_code_can_decide(tv: Story) -> None:
    code = codes_of(tv)["user_code"]
    other = begin(registered=tv.registered, person=PersonFactory())
    other.enter(code)  # looked at, and not claimed
    tv.enter(code)
    tv.browser.post("/o/device/confirm/", {"decision": "continue"})

    assert other.browser.get("/o/device/confirm/").status_code == 400
    for page in ("confirm", "consent"):
        answer = other.browser.post(f"/o/device/{page}/", {"decision": "allow"})
        assert answer.status_code == 400
    assert other.enter(code).status_code == 400
    assert not Authorization.objects.exists()
    assert tv.press_on_device(scopes=["notes:read"])["Location"] == "/o/device/done/"
    assert Authorization.objects.get().user == tv.person


@spec("B-25")
def test_nothing_is_allowed_before_the_confirmation(tv: Story) -> None:
    code = codes_of(tv)["user_code"]
    tv.enter(code)
    answer = tv.browser.post("/o/device/consent/", {"decision": "allow", "scopes": ["notes:read"]})
    assert answer["Location"] == "/o/device/confirm/"
    assert not Authorization.objects.exists()


@spec("B-14")
def test_allowing_nothing_is_asked_again(tv: Story) -> None:
    code = codes_of(tv)["user_code"]
    page = tv.decide_on_device(code, scopes=())
    assert page.status_code == 400
    assert "Choose at least one thing to allow" in page.text


@spec("B-25")
def test_a_device_that_ended_meanwhile_is_said_to_have_ended(tv: Story) -> None:
    code = codes_of(tv)["user_code"]
    tv.enter(code)
    expire()
    for page in ("confirm", "consent"):
        answer = tv.browser.post(f"/o/device/{page}/", {"decision": "continue"})
        assert answer.status_code == 400
        assert "expired or was used" in answer.text


@spec("RFC 8628 §5.1", "B-25")
def test_attempts_are_few_for_a_person(tv: Story) -> None:
    code = codes_of(tv)["user_code"]
    for _ in range(5):
        assert tv.enter("BBBB-BBBB").status_code == 400
    refused = tv.enter(code)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 600
    assert "Too many attempts. Try again in" in refused.text
    assert AuditEvent.objects.filter(rule="user_code_attempts_must_be_few").exists()
    other = begin(registered=tv.registered)
    assert other.enter(code).status_code == 303


@spec("RFC 8628 §5.1", "B-25")
def test_right_codes_are_never_counted(tv: Story) -> None:
    for _ in range(4):
        assert tv.enter("BBBB-BBBB").status_code == 400
    for _ in range(7):
        assert tv.enter(codes_of(tv)["user_code"]).status_code == 303
    assert tv.enter("BBBB-BBBB").status_code == 400
    assert tv.enter("BBBB-BBBB").status_code == 429


@spec("RFC 8628 §5.1", "B-25")
def test_attempts_are_few_for_a_network(tv: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django_oauthflows.protocol.user_code_limits.AT_MOST_BY_NETWORK", 2)
    for _ in range(2):
        assert begin(registered=tv.registered).enter("BBBB-BBBB").status_code == 400
    assert begin(registered=tv.registered).enter("BBBB-BBBB").status_code == 429


@spec("RFC 8628 §5.1")
def test_nobody_guesses_while_the_cache_is_dead(
    tv: Story, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def dead(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("no cache")

    code = codes_of(tv)["user_code"]
    monkeypatch.setattr(cache, "add", dead)
    answer = tv.enter(code)
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "the cache does not answer" in caplog.text


@spec("RFC 8628 §6.1", "B-25")
def test_two_live_codes_are_never_the_same(tv: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = iter("B" * 8 + "B" * 8 + "C" * 8)
    monkeypatch.setattr("django_oauthflows.tokens.devices.secrets.choice", lambda _: next(letters))
    assert codes_of(tv)["user_code"] == "BBBB-BBBB"
    assert codes_of(tv)["user_code"] == "CCCC-CCCC"


@spec("B-17")
def test_a_code_outlives_the_rotation_of_the_secret_key(tv: Story) -> None:
    with override_settings(SECRET_KEY="an older key"):
        code = codes_of(tv)["user_code"]
    tv.browser.force_login(tv.person)
    assert tv.enter(code).status_code == 400
    with override_settings(SECRET_KEY_FALLBACKS=["an older key"]):
        tv.browser.force_login(tv.person)
        assert tv.enter(code).status_code == 303


@spec("B-25")
def test_a_disabled_clients_code_is_unknown(tv: Story) -> None:
    code = codes_of(tv)["user_code"]
    tv.registered.policy.is_enabled = False
    tv.registered.policy.save()
    assert tv.enter(code).status_code == 400


def test_the_last_page_without_a_device_leads_to_the_first(tv: Story) -> None:
    assert tv.browser.get("/o/device/done/")["Location"] == "/o/device/"


@spec("RFC 8628 §3.2")
def test_the_address_that_django_oauth_toolkit_was_told_is_the_one_given_out(tv: Story) -> None:
    provider = {
        **settings.OAUTH2_PROVIDER,
        "OAUTH_DEVICE_VERIFICATION_URI": "https://pair.example/",
    }
    with override_settings(OAUTH2_PROVIDER={**provider, "DEVICE_FLOW_INTERVAL": 7}):
        codes = codes_of(tv)
    assert codes["verification_uri"] == "https://pair.example/"
    assert codes["verification_uri_complete"].startswith("https://pair.example/?user_code=")
    assert codes["interval"] == 7


@spec("RFC 8628 §5.1")
def test_the_lifetime_of_the_codes_is_a_setting(tv: Story) -> None:
    with override_settings(OAUTHFLOWS={"DEVICE_CODE_LIFETIME": 120}):
        codes = codes_of(tv)
    assert codes["expires_in"] == 120
    left = rows().get().expires - timezone.now()
    assert timedelta(seconds=100) < left <= timedelta(seconds=120)


@spec("RFC 8628 §3.1")
def test_a_device_is_registered_from_the_command_line() -> None:
    out = StringIO()
    call_command("oauthflows_register_client", "--preset=device", "--name=TV", stdout=out)
    assert "client_secret" not in out.getvalue()
    assert "it has no secret." in out.getvalue()


@spec("B-14")
def test_the_admin_asks_which_scopes_a_device_cannot_do_without() -> None:
    form = AddClientForm(preset=presets.BY_SLUG["device"])
    assert "required_scopes" in form.fields
    assert "redirect_uris" not in form.fields
    assert "required_scopes" not in AddClientForm(preset=presets.BY_SLUG["service"]).fields
