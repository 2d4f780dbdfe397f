"""Tokens for assertions: a service that signs for itself, and issuers this site trusts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import override_settings
from joserfc.jwk import ECKey, OctKey
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import secrets
from django_oauthflows.testing.assertions import client_key, key_set_of, signed_assertion
from django_oauthflows.tokens.models import Authorization
from tests.clients.published import site
from tests.clients.test_authentication import basic
from tests.clients.test_keys import DEAD_CACHE
from tests.marks import spec
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db

ISSUER = "http://testserver/o"
PARTNER = "https://id.partner.example"
PARTNERS_KEY = ECKey.generate_key("P-256", {"kid": "partner"})
NOW = int(time())


def account(**client: Any) -> Story:
    """A service with a key of its own."""
    return begin(**{"preset": "service-account", "redirect_uris": (), **client})


def who(claims: Mapping[str, Any]) -> Any:
    """Whom a partner's assertion is about: somebody of that name."""
    return get_user_model().objects.filter(username=claims["sub"]).first()


@contextmanager
def trusting(story: Story | None = None, **changes: Any) -> Iterator[None]:
    """The partner may speak, for the story's client unless `changes` say otherwise."""
    partner = {
        "jwks": key_set_of(PARTNERS_KEY),
        "client_id": story.registered.client_id if story else "",
        "person": "tests.flows.test_jwt_bearer.who",
        **changes,
    }
    written = {name: value for name, value in partner.items() if value is not None}
    ours = {**getattr(settings, "OAUTHFLOWS", {}), "TRUSTED_ISSUERS": {PARTNER: written}}
    with override_settings(OAUTHFLOWS=ours):
        yield


def about(person: str, **changes: Any) -> str:
    """The partner's assertion about somebody."""
    claims = {"key": PARTNERS_KEY, "sub": person, "audience": ISSUER, **changes}
    return signed_assertion(PARTNER, **claims)


def reason() -> str:
    """The rule that the last refusal was recorded under."""
    return AuditEvent.objects.latest("pk").rule


def assert_refused(response: Any, rule: str = "", error: str = "invalid_grant") -> None:
    assert error_of(response) == (400, error), response.content
    assert not rule or reason() == rule
    assert not get_access_token_model().objects.exists()
    assert not Authorization.objects.exists()


# A service with a key of its own ------------------------------------------------------------------------


@spec("RFC 7523 §2.1", "RFC 7521 §4.1")
def test_a_service_gets_a_token_for_itself_by_its_assertion_alone() -> None:
    story = account()
    tokens = story.bear(scope="notes:read").json()
    assert set(tokens) == {"access_token", "token_type", "expires_in", "scope"}
    assert tokens["scope"] == "notes:read"
    called = story.call(tokens["access_token"]).json()
    assert called["client_id"] == story.registered.client_id
    assert called["person"] is None
    assert not get_refresh_token_model().objects.exists()
    assert not Authorization.objects.exists()


@spec("RFC 7521 §4.1")
def test_it_may_name_or_authenticate_itself_as_well() -> None:
    story = account()
    named = {"client_id": story.registered.client_id}
    assert story.bear(scope="notes:read", **named).status_code == 200
    assert story.bear(scope="notes:read", **story.client_assertion()).status_code == 200
    assert story.bear(scope="notes:read", **named, **story.client_assertion()).status_code == 200


@spec("RFC 7521 §4.1")
def test_whoever_it_says_it_is_must_be_the_one_who_signed() -> None:
    story, other = account(), account()
    named = story.bear(scope="notes:read", client_id=other.registered.client_id)
    assert_refused(named, "assertion_must_agree_with_the_client")
    proven = story.bear(scope="notes:read", **other.client_assertion())
    assert_refused(proven, "assertion_must_agree_with_the_client")
    unproven = story.bear(
        scope="notes:read", **story.client_assertion(key=PARTNERS_KEY, header={"kid": ""})
    )
    assert error_of(unproven) == (401, "invalid_client")


@pytest.mark.parametrize("aud", [ISSUER, [ISSUER], f"{ISSUER}/token/"])
@spec("RFC 7523 §3")
def test_the_audience_is_the_issuer_or_the_token_endpoint(aud: Any) -> None:
    story = account()
    response = story.bear(story.assertion(audience=aud), scope="notes:read")
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"sub": "somebody-else"}, "assertion_must_say_whom_it_is_about"),
        ({"sub": None}, "assertion_must_say_whom_it_is_about"),
        ({"sub": ["a"]}, "assertion_must_say_whom_it_is_about"),
        ({"aud": None}, "assertion_must_be_meant_for_this_server"),
        ({"aud": [ISSUER, "https://other.example"]}, "assertion_must_be_meant_for_this_server"),
        ({"aud": "https://other.example"}, "assertion_must_be_meant_for_this_server"),
        ({"aud": f"{ISSUER}/introspect/"}, "assertion_must_be_meant_for_this_server"),
        ({"exp": None}, "assertion_must_not_be_expired"),
        ({"exp": NOW - 60}, "assertion_must_not_be_expired"),
        ({"exp": NOW + 3600}, "assertion_must_expire_soon"),
        ({"iat": NOW + 3600}, "assertion_must_have_begun"),
        ({"nbf": NOW + 3600}, "assertion_must_have_begun"),
        ({"jti": None}, "assertion_must_have_an_id"),
        ({"jti": {"a": 1}}, "assertion_must_have_an_id"),
    ],
)
@spec("RFC 7523 §3", "RFC 7521 §4.1.1", "B-3")
def test_an_assertion_that_says_something_wrong_is_refused(
    changes: dict[str, Any], rule: str
) -> None:
    story = account()
    assertion = story.assertion(**{"audience": ISSUER, **changes})
    assert_refused(story.bear(assertion, scope="notes:read"), rule)


@spec("RFC 8725 §3.11")
def test_what_was_signed_for_another_purpose_is_refused() -> None:
    story = account()
    for typ in ("at+jwt", "oauth-authz-req+jwt", "client-authentication+jwt"):
        assertion = story.assertion(header={"typ": typ})
        response = story.bear(assertion, scope="notes:read")
        assert_refused(response, "assertion_must_be_nothing_else")


@pytest.mark.parametrize(
    "forge",
    [
        lambda story: story.assertion(key=PARTNERS_KEY),
        lambda story: story.assertion(key=PARTNERS_KEY, header={"kid": "test-client"}),
        lambda story: story.assertion(header={"kid": ""}, iss="no-such-client"),
        lambda story: story.assertion(header={"alg": "none"}),
        lambda story: story.assertion(iss=None),
        lambda story: story.assertion(iss={"a": "b"}),
        lambda story: story.assertion(iss="\ud800"),
        lambda story: story.assertion(iss="\x00"),
        lambda story: story.assertion(pad="x" * 8000)[:7999],
        lambda story: "a.b.c",
        lambda story: "é",
    ],
)
@spec("RFC 7523 §3", "RFC 8725 §3.1", "B-1")
def test_an_assertion_that_nobody_known_signed_is_refused_in_the_same_words(forge: Any) -> None:
    response = account().bear(forge(account()), scope="notes:read")
    assert_refused(response)
    said = response.json()["error_description"]
    assert said.startswith("The assertion is not one this server trusts. (")


@spec("RFC 7523 §3")
def test_a_client_secret_signs_no_grant() -> None:
    story = account()
    secret = secrets.add(story.registered.application, label="readable", is_readable=True)
    key = OctKey.import_key(secret)
    assert_refused(story.bear(story.assertion(key=key, algorithm="HS256"), scope="notes:read"))


@spec("RFC 7521 §4.1")
def test_a_missing_assertion_is_a_malformed_request() -> None:
    story = account()
    response = story.bear("", scope="notes:read", **story.client_assertion())
    assert_refused(response, "assertion_must_be_sent", "invalid_request")
    assert error_of(story.bear("", scope="notes:read")) == (401, "invalid_client")


@spec("RFC 7523 §3", "B-3")
def test_an_assertion_works_once_and_a_refused_one_is_not_spent() -> None:
    story = account(scopes=("notes:read",))
    assertion = story.assertion()
    refused = story.bear(assertion, scope="notes:write")
    assert_refused(refused, "scopes_must_be_allowed_for_client", "invalid_scope")
    assert story.bear(assertion, scope="notes:read").status_code == 200
    again = story.bear(assertion, scope="notes:read")
    assert error_of(again) == (400, "invalid_grant")
    assert reason() == "assertion_must_be_used_once"
    assert get_access_token_model().objects.count() == 1


@spec("RFC 7523 §3")
def test_one_assertion_is_not_both_the_grant_and_the_authentication() -> None:
    story = account()
    shown = story.client_assertion()
    response = story.bear(shown["client_assertion"], scope="notes:read", **shown)
    assert_refused(response, "assertion_must_be_used_once")


@override_settings(CACHES=DEAD_CACHE)
@spec("RFC 7523 §3")
def test_without_a_cache_an_assertion_works_once() -> None:
    story = account()
    assertion = story.client_assertion()["client_assertion"]
    assert story.bear(assertion, scope="notes:read").status_code == 200
    assert error_of(story.bear(assertion, scope="notes:read")) == (400, "invalid_grant")
    assert reason() == "assertion_must_be_used_once"


@spec("RFC 6749 §3.3", "B-9")
def test_its_scopes_are_within_its_own() -> None:
    assert_refused(account().bear(), "scopes_must_not_be_empty", "invalid_scope")


@spec("RFC 6749 §5.2", "B-10")
def test_only_who_can_sign_is_told_whether_the_client_may_use_the_flow() -> None:
    story = account()
    story.registered.policy.flows = ["client-credentials"]
    story.registered.policy.save()
    forged = story.bear(story.assertion(key=PARTNERS_KEY), scope="notes:read")
    assert_refused(forged, "assertion_must_be_genuine")
    assert_refused(story.bear(scope="notes:read"), error="unauthorized_client")


@spec("B-20")
def test_a_disabled_service_is_refused() -> None:
    story = account()
    story.registered.policy.is_enabled = False
    story.registered.policy.save()
    assert_refused(story.bear(scope="notes:read"), "client_must_be_enabled")


@spec("RFC 7523 §3")
def test_a_public_client_gets_nothing_even_where_it_has_keys_and_the_flow() -> None:
    story = begin(preset="single-page-app")
    policy = story.registered.policy
    policy.flows, policy.jwks = ["jwt-bearer"], key_set_of(client_key())
    policy.save()
    assert_refused(story.bear(scope="notes:read"), error="unauthorized_client")


@spec("RFC 8707 §2", "RFC 9068 §2.2")
def test_its_token_may_be_bound_to_a_resource() -> None:
    story = account()
    tokens = story.bear(scope="notes:read", resource="https://one.example/api").json()
    members = story.introspect(tokens["access_token"])
    assert members["aud"] == "https://one.example/api"
    assert members["sub"] == story.registered.client_id


@spec("RFC 7523 §3")
def test_a_site_may_take_assertions_of_an_hour() -> None:
    story = account()
    assertion = story.assertion(exp=NOW + 3600)
    with override_settings(OAUTHFLOWS={"ASSERTION_LIFETIME": 3600}):
        assert story.bear(assertion, scope="notes:read").status_code == 200
        longer = story.assertion(exp=NOW + 7200)
        assert error_of(story.bear(longer, scope="notes:read")) == (400, "invalid_grant")


# An issuer this site trusts -----------------------------------------------------------------------------


@spec("RFC 7523 §2.1", "RFC 7523 §3")
def test_a_trusted_issuer_speaks_of_a_person() -> None:
    story = account()
    with trusting(story):
        tokens = story.bear(about(story.person.username), scope="notes:read").json()
    assert "refresh_token" not in tokens
    assert story.call(tokens["access_token"]).json()["person"] == story.person.username
    grant = Authorization.objects.get()
    assert (grant.flow, grant.user, grant.auth_time) == ("jwt-bearer", story.person, None)


@spec("B-20", "B-21")
def test_the_persons_token_ends_with_their_account_and_with_their_grant() -> None:
    story = account()
    with trusting(story):
        first = story.bear(about(story.person.username), scope="notes:read").json()
        second = story.bear(about(story.person.username), scope="notes:read").json()
    assert story.post("revoke", token=first["access_token"]).status_code == 200
    assert story.call(first["access_token"]).status_code == 401
    story.person.is_active = False
    story.person.save()
    assert story.call(second["access_token"]).status_code == 401


@spec("RFC 7523 §3")
def test_without_a_function_that_finds_people_the_token_is_the_clients() -> None:
    story = account()
    with trusting(story, person=None):
        tokens = story.bear(about(story.person.username), scope="notes:read").json()
    assert story.call(tokens["access_token"]).json()["person"] is None
    assert not Authorization.objects.exists()


@spec("RFC 7523 §3")
def test_unknown_people_and_inactive_ones_get_the_same_words() -> None:
    story = account()
    story.person.is_active = False
    story.person.save()
    for name in (story.person.username, "nobody"):
        with trusting(story):
            response = story.bear(about(name), scope="notes:read")
        assert_refused(response, "assertion_must_be_about_somebody_known")
        said = response.json()["error_description"]
        assert said.startswith("The assertion is not one this server trusts. (")


@spec("RFC 7523 §3", "B-3")
def test_an_assertion_about_somebody_unknown_is_not_spent() -> None:
    story = account()
    assertion = about("newcomer")
    with trusting(story):
        assert_refused(story.bear(assertion, scope="notes:read"))
        get_user_model().objects.create_user("newcomer")
        assert story.bear(assertion, scope="notes:read").status_code == 200
        assert story.bear(assertion, scope="notes:read").status_code == 400


@spec("RFC 7523 §3")
def test_nobody_is_trusted_unless_named() -> None:
    story = account()
    assert_refused(story.bear(about(story.person.username), scope="notes:read"))
    with trusting(story):
        other = about(story.person.username, iss="https://id.other.example")
        assert_refused(story.bear(other, scope="notes:read"), "assertion_must_be_genuine")


@pytest.mark.parametrize(
    "changes",
    [
        {"jwks": key_set_of(client_key())},
        {"jwks": {"keys": []}},
        {"algorithms": ["RS256"]},
        {"algorithms": []},
        {"client_id": "no-such-client"},
        {"client_id": None},
        {"jwks": None},
    ],
)
@spec("RFC 7523 §3")
def test_an_issuer_is_trusted_with_its_own_keys_and_client_alone(changes: dict[str, Any]) -> None:
    story = account()
    with trusting(story, **changes):
        response = story.bear(about(story.person.username), scope="notes:read")
    assert_refused(response, "assertion_must_be_genuine")


@spec("RFC 6749 §3.3")
def test_an_issuer_asks_for_no_more_than_it_is_trusted_with() -> None:
    default = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": ["notes:read", "notes:write"]}
    story = account()
    with override_settings(OAUTH2_PROVIDER=default), trusting(story, scopes=["notes:read"]):
        beyond = story.bear(about(story.person.username), scope="notes:read notes:write")
        assert_refused(beyond, "scopes_must_be_allowed_for_client", "invalid_scope")
        tokens = story.bear(about(story.person.username)).json()
    assert tokens["scope"] == "notes:read"


@spec("RFC 7521 §4.1")
def test_an_issuer_without_a_client_needs_one_that_authenticates() -> None:
    story = begin(preset="service", redirect_uris=())
    story.registered.policy.flows = ["jwt-bearer"]
    story.registered.policy.save()
    assertion = about(story.person.username)
    grant = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "scope": "notes:read"}
    with trusting():
        assert_refused(story.bear(assertion, scope="notes:read"))
        wrong = basic(story.registered.client_id, "wrong")
        refused = story.post("token", headers=wrong, assertion=assertion, **grant)
        assert error_of(refused) == (401, "invalid_client")
        tokens = story.token(assertion=assertion, **grant).json()
    assert story.call(tokens["access_token"]).json()["person"] == story.person.username


@spec("RFC 7521 §4.1")
def test_an_issuers_client_may_authenticate_as_well_and_another_may_not() -> None:
    story, other = account(), account()
    with trusting(story):
        by_other = story.bear(
            about(story.person.username), scope="notes:read", **other.client_assertion()
        )
        assert_refused(by_other, "assertion_must_agree_with_the_client")
        own = story.bear(
            about(story.person.username), scope="notes:read", **story.client_assertion()
        )
    assert own.status_code == 200


@spec("RFC 7523 §3")
def test_an_issuer_publishes_its_keys() -> None:
    story = account()
    with site() as served:
        served.publish(key_set_of(PARTNERS_KEY))
        with trusting(story, jwks=None, jwks_uri=served.url):
            for _ in range(2):
                response = story.bear(about(story.person.username), scope="notes:read")
                assert response.status_code == 200
        assert len(served.asked) == 1
        cache.clear()
        served.page.status = 500
        with trusting(story, jwks=None, jwks_uri=served.url):
            response = story.bear(about(story.person.username), scope="notes:read")
        assert error_of(response) == (400, "invalid_grant")


@spec("B-4")
def test_no_log_and_no_row_holds_an_assertion(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    story = account()
    assertion = story.assertion(audience="https://other.example")
    story.bear(assertion, scope="notes:read")
    row = AuditEvent.objects.latest("pk")
    assert row.client_id == story.registered.client_id
    kept = f"{caplog.text} {row.detail} {row.sentence}"
    assert not any(part in kept for part in assertion.split("."))
