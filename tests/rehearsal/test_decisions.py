"""What a rehearsal says would happen is what the real endpoint does next, with the words of its refusal."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from django_oauthflows.audit.explaining import explain
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.facts import client_of
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.consent.models import Consent
from django_oauthflows.consent.scope import ConsentScope, names_checksum
from django_oauthflows.rules.uri_origins import origin_of_uri
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PersonFactory
from tests.identity.stories import change, relying_party
from tests.marks import spec
from tests.rehearsal.rehearsing import rehearsed, titles
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

SCOPE = "openid profile"
ASKED = "The person is asked on the consent page"
SILENT = "The person is not asked"
SIGNS_IN = "The person is sent to sign in"
AGAIN = "The person is sent to sign in once more"
CHOOSES = "The person is asked which account to go on with"
STEPS_UP = "The person is sent to show more of who they are"
SIGNS_UP = "The person is sent to create an account"


def what_happens(response: Any) -> str:
    """The real endpoint's answer, in the words of the rehearsal; the error code for a refusal."""
    if response.status_code == 302:
        where = urlsplit(response["Location"])
        if where.netloc == "client.example":
            return answered(response).get("error", SILENT)
        pages = {"/accounts/login/": SIGNS_IN, "/stronger/": STEPS_UP, "/join/": SIGNS_UP}
        return pages[where.path]
    if response.status_code != 200:
        return "a page: " + AuditEvent.objects.latest("pk").code
    names = [template.name for template in response.templates]
    return ASKED if "oauthflows/consent.html" in names else CHOOSES


def what_was_rehearsed(rehearsal: dict[str, Any]) -> str:
    """The first thing that somebody other than the server does, or the refusal."""
    for step in rehearsal["steps"]:
        if step["mark"] == "person" or step["title"] == SILENT:
            # Both are the same page, for another reason.
            return SIGNS_IN if step["title"] == AGAIN else str(step["title"])
        if step["mark"] == "stops":
            refused = rehearsal["refused"]
            return ("a page: " if refused["told"] == "page" else "") + str(refused["code"])
    raise AssertionError(rehearsal["steps"])


def remember(story: Story, scope: str = SCOPE, **columns: Any) -> None:
    client = client_of(story.registered.client_id)
    assert client is not None
    page = ConsentScope(
        scopes=frozenset(scope.split()),
        origin=origin_of_uri(next(iter(client.redirect_uris), "")),
        known_as=names_checksum(client),
    )
    Consent.objects.create(
        user=story.person,
        application=story.registered.application,
        scope=scope,
        **{"pages": [page.as_json()], **columns},
    )


@dataclass(frozen=True, kw_only=True)
class Case:
    """`asked` are parameters of the request; the rest is how things stand."""

    asked: dict[str, Any]
    expected: str
    remembered: str = ""
    remembered_columns: dict[str, Any] | None = None
    columns: dict[str, Any] | None = None
    is_signed_in: bool = True


OTHER = '{"id_token": {"sub": {"value": "somebody-else"}}}'
BY_NAME = '{"userinfo": {"email": null}}'
STRONG = '{"id_token": {"acr": {"essential": true, "value": "gold"}}}'

CASES = {
    "first time": Case(asked={}, expected=ASKED),
    "remembered": Case(asked={}, remembered=SCOPE, expected=SILENT),
    "new scopes": Case(asked={"scope": "openid email"}, remembered=SCOPE, expected=ASKED),
    "another API": Case(
        asked={"resource": "https://other.example/"}, remembered=SCOPE, expected=ASKED
    ),
    "an API of the site": Case(
        asked={"resource": "http://testserver/api/"}, remembered=SCOPE, expected=SILENT
    ),
    "a claim by name": Case(asked={"claims": BY_NAME}, remembered=SCOPE, expected=ASKED),
    "pages unknown": Case(
        asked={}, remembered=SCOPE, remembered_columns={"pages": None}, expected=ASKED
    ),
    "first-party": Case(asked={}, columns={"skips_consent": True}, expected=SILENT),
    "prompt=consent": Case(asked={"prompt": "consent"}, remembered=SCOPE, expected=ASKED),
    "prompt=none, unknown": Case(asked={"prompt": "none"}, expected="consent_required"),
    "prompt=none, remembered": Case(asked={"prompt": "none"}, remembered=SCOPE, expected=SILENT),
    "prompt=none, nobody": Case(
        asked={"prompt": "none"}, is_signed_in=False, expected="login_required"
    ),
    "prompt=login": Case(asked={"prompt": "login"}, remembered=SCOPE, expected=SIGNS_IN),
    "prompt=select_account": Case(asked={"prompt": "select_account"}, expected=CHOOSES),
    "prompt=create": Case(asked={"prompt": "create"}, expected=SIGNS_UP),
    "prompt unknown": Case(asked={"prompt": "sing"}, expected="invalid_request"),
    "nobody": Case(asked={}, is_signed_in=False, expected=SIGNS_IN),
    "max_age": Case(asked={"max_age": "0"}, remembered=SCOPE, expected=SIGNS_IN),
    "max_age, long": Case(asked={"max_age": "9000"}, remembered=SCOPE, expected=SILENT),
    "max_age, no number": Case(asked={"max_age": "old"}, expected="invalid_request"),
    "another person": Case(asked={"claims": OTHER}, remembered=SCOPE, expected=SIGNS_IN),
    "claims, no JSON": Case(asked={"claims": "{"}, expected="invalid_request"),
    "acr, wished": Case(asked={"acr_values": "gold"}, remembered=SCOPE, expected=STEPS_UP),
    "acr, demanded in silence": Case(
        asked={"claims": STRONG, "prompt": "none"},
        remembered=SCOPE,
        expected="unmet_authentication_requirements",
    ),
    "scope of nobody": Case(asked={"scope": "openid moon"}, expected=ASKED),
    "scopes of nobody": Case(asked={"scope": "sun moon"}, expected="invalid_scope"),
    "scope of others": Case(
        asked={"scope": "openid phone"}, columns={"scopes": ["openid"]}, expected="invalid_scope"
    ),
    "resource, no URI": Case(asked={"resource": "notes"}, expected="invalid_target"),
    "resource, not allowed": Case(
        asked={"resource": "https://other.example"},
        columns={"allowed_resources": ["https://api.example"]},
        expected="invalid_target",
    ),
    "redirect URI of nobody": Case(
        asked={"redirect_uri": "https://evil.example/"}, expected="a page: invalid_request"
    ),
    "disabled": Case(asked={}, columns={"is_enabled": False}, expected="a page: invalid_request"),
    "flow taken away": Case(
        asked={}, columns={"flows": ["client-credentials"]}, expected="unauthorized_client"
    ),
}


@pytest.fixture(autouse=True)
def roads(settings: Any) -> None:
    settings.OAUTHFLOWS = {
        "STEP_UP_URL": "/stronger/",
        "ACR_VALUES_SUPPORTED": ["gold"],
        "REGISTRATION_URL": "/join/",
    }


def arranged(case: Case) -> Story:
    story = relying_party()
    change(story, **(case.columns or {}))
    if case.remembered:
        remember(story, case.remembered, **(case.remembered_columns or {}))
    if not case.is_signed_in:
        story.browser.logout()
    return story


def options_of(case: Case) -> dict[str, Any]:
    asked = {"scope": SCOPE, **case.asked}
    listed = {"resource": [asked["resource"]]} if "resource" in asked else {}
    return {"not_signed_in": not case.is_signed_in, "signed_in": 3, **asked, **listed}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@spec("OpenID Connect Core §3.1.2.1", "B-15", "B-28")
def test_the_endpoint_does_what_was_rehearsed(case: Case) -> None:
    story = arranged(case)
    rehearsal = rehearsed(story, "authorization-code-pkce", **options_of(case))
    real = what_happens(story.ask(**{"scope": SCOPE, "nonce": "n", **case.asked}))
    assert (what_was_rehearsed(rehearsal), real) == (case.expected, case.expected)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES.values() if "_" in case.expected],
    ids=lambda case: case.expected,
)
@spec("RFC 6749 §4.1.2.1")
def test_a_refusal_is_told_in_the_words_of_the_explainer(case: Case) -> None:
    story = arranged(case)
    refused = rehearsed(story, "authorization-code-pkce", **options_of(case))["refused"]
    story.ask(**{"scope": SCOPE, "nonce": "n", **case.asked})
    row = AuditEvent.objects.latest("pk")
    known = explain(row)
    assert (refused["rule"], refused["sentence"]) == (row.rule, row.sentence)
    assert (refused["why"], refused["fix"]) == (known.why, str(known.fix))
    assert [each["name"] for each in refused["paragraphs"]] == [
        each.name for each in known.paragraphs
    ]


@spec("B-15")
def test_an_expired_consent_is_asked_for_again_and_the_rehearsal_says_so() -> None:
    story = relying_party()
    remember(story, expires=timezone.now() - timedelta(minutes=1))
    step = next(step for step in rehearsed(story, scope=SCOPE)["steps"] if step["title"] == ASKED)
    assert step["why"] == "They agreed before, and that has expired."
    assert what_happens(story.ask(scope=SCOPE)) == ASKED


@spec("B-15", "RFC 8707 §2")
@pytest.mark.parametrize(
    ("asked", "remembered", "why"),
    [
        ({}, {"pages": None}, "before this server remembered all that its page showed"),
        ({"resource": ["https://other.example/"]}, {}, "not to an access that works at this"),
        ({"claims": BY_NAME}, {}, "not to the claims that this request names"),
        ({"scope": "openid email"}, {}, "not to: email."),
    ],
    ids=["pages", "resource", "claims", "scopes"],
)
def test_a_rehearsal_says_what_no_earlier_page_had(
    asked: dict[str, Any], remembered: dict[str, Any], why: str
) -> None:
    story = relying_party()
    remember(story, **remembered)
    steps = rehearsed(story, **{"scope": SCOPE, **asked})["steps"]
    assert why in next(step for step in steps if step["title"] == ASKED)["why"]


@spec("B-15", "RFC 9700 §4.1")
def test_a_rehearsal_says_that_the_client_moved_or_was_renamed() -> None:
    story = relying_party()
    remember(story)
    application = story.registered.application
    application.redirect_uris = "https://evil.example/callback"
    application.save()
    asked = {"scope": SCOPE, "redirect_uri": "https://evil.example/callback"}
    step = next(s for s in rehearsed(story, **asked)["steps"] if s["title"] == ASKED)
    assert "this redirect URI’s host" in step["why"]
    application.name = "Your bank"
    application.save()
    step = next(s for s in rehearsed(story, **asked)["steps"] if s["title"] == ASKED)
    assert "another name" in step["why"]


@spec("RFC 8252 §8.6")
def test_an_app_on_a_device_is_asked_for_although_it_is_remembered() -> None:
    story = begin(preset="native-app", redirect_uris=("http://127.0.0.1/callback",))
    remember(story, "notes:read")
    rehearsal = rehearsed(story, scope="notes:read")
    assert "RFC 8252 §8.6" in next(s for s in rehearsal["steps"] if s["title"] == ASKED)["why"]
    assert what_happens(story.ask(scope="notes:read")) == ASKED


@spec("OpenID Connect Core §3.1.2.2")
def test_another_person_than_the_one_named_is_refused_once_they_signed_in() -> None:
    rehearsal = rehearsed(relying_party(), scope=SCOPE, claims=OTHER)
    assert AGAIN in titles(rehearsal)
    assert rehearsal["refused"]["rule"] == "person_must_be_the_expected_one"
    assert rehearsal["deliveries"] == []


@spec("OpenID Connect Core §3.1.2.1")
def test_everything_a_person_is_sent_for_comes_in_its_order() -> None:
    rehearsal = rehearsed(
        relying_party(),
        scope=SCOPE,
        prompt="create select_account consent",
        acr_values="gold",
        not_signed_in=True,
    )
    sent = [step["title"] for step in rehearsal["steps"] if step["mark"] == "person"]
    assert sent == [SIGNS_UP, STEPS_UP, ASKED]
    assert rehearsal["deliveries"][0]["id_token"]["claims"]["acr"] == "gold"


@spec("B-20")
def test_somebody_inactive_gets_no_further_than_the_sign_in_page() -> None:
    story = relying_party()
    story.person.is_active = False
    story.person.save()
    rehearsal = rehearsed(story, scope=SCOPE)
    assert SIGNS_IN in titles(rehearsal)
    assert rehearsal["steps"][-1]["mark"] == "stops"
    assert rehearsal["deliveries"] == []
    assert what_happens(story.ask(scope=SCOPE)) == SIGNS_IN


@spec("B-14")
def test_a_page_with_nothing_ticked_comes_back() -> None:
    story = begin()
    rehearsal = rehearsed(story, scope="notes:read", left_out="notes:read")
    assert rehearsal["steps"][-1]["why"].startswith("Choose at least one thing to allow")
    assert story.decide(scope="notes:read", scopes=[]).status_code == 400


def at_token_endpoint(story: Story, flow: str, response: Any, **options: Any) -> None:
    """Both are refused, by the same rule."""
    refused = rehearsed(story, flow, **options)["refused"]
    assert refused["told"] == "json"
    assert refused["code"] == response.json()["error"]
    assert refused["status"] == response.status_code
    assert refused["rule"] == AuditEvent.objects.latest("pk").rule


@spec("B-6")
def test_a_disabled_service_is_refused() -> None:
    story = begin(preset="service", redirect_uris=())
    change(story, is_enabled=False)
    real = story.token(grant_type="client_credentials", scope="notes:read")
    at_token_endpoint(story, "client-credentials", real, scope="notes:read", person=None)


@spec("B-6")
def test_a_service_without_a_live_secret_is_refused() -> None:
    story = begin(preset="service", redirect_uris=())
    ClientSecret.objects.update(retired=timezone.now())
    change(story)  # forgets what was known of the client
    real = story.token(grant_type="client_credentials", scope="notes:read")
    at_token_endpoint(story, "client-credentials", real, scope="notes:read", person=None)


@spec("B-9")
def test_a_service_that_asks_for_more_is_refused() -> None:
    story = begin(preset="service", redirect_uris=(), scopes=["notes:read"])
    real = story.token(grant_type="client_credentials", scope="notes:write")
    at_token_endpoint(story, "client-credentials", real, scope="notes:write", person=None)


@spec("RFC 6749 §6")
def test_a_refresh_with_nothing_to_refresh_is_refused() -> None:
    story = begin()
    real = story.refresh("no-such-token")
    at_token_endpoint(story, "refresh-token", real)


@spec("RFC 6749 §6")
def test_a_refresh_for_more_than_was_granted_is_refused() -> None:
    story = begin()
    token = story.tokens(scope="notes:read")["refresh_token"]
    real = story.refresh(token, scope="notes:write")
    at_token_endpoint(story, "refresh-token", real, scope="notes:write")


@spec("RFC 8693 §2.2.2")
def test_an_exchange_of_nobodys_token_is_refused() -> None:
    story = begin(preset="service", redirect_uris=(), flows=["token-exchange"])
    change(story, exchange_targets=["https://next.example/"])
    at_token_endpoint(story, "token-exchange", story.exchange("no-such-token"))


@spec("RFC 6749 §4.3.2")
def test_a_password_of_somebody_inactive_is_refused() -> None:
    story = begin(preset="legacy-app", person=PersonFactory(is_active=False))
    typed = {"username": story.person.username, "password": "correct horse battery staple"}
    real = story.token(grant_type="password", scope="notes:read", **typed)
    at_token_endpoint(story, "password", real, scope="notes:read")


@spec("RFC 7523 §3")
def test_an_assertion_about_somebody_that_nobody_may_speak_of_is_refused() -> None:
    story = begin(preset="service-account", redirect_uris=())
    refused = rehearsed(story, "jwt-bearer", scope="notes:read")["refused"]
    assert (refused["code"], refused["rule"]) == ("invalid_grant", "assertion_must_be_genuine")


@spec("RFC 8628 §3.1")
def test_a_device_is_refused_before_anybody_is_asked() -> None:
    story = begin(preset="device", redirect_uris=())
    real = story.device_codes(scope="moon")
    at_token_endpoint(story, "device-code", real, scope="moon")


@spec("OAuth 2.1 §4.1.1")
def test_a_public_client_without_pkce_is_refused() -> None:
    story = begin(preset="single-page-app")
    asked = {"code_challenge": None, "code_challenge_method": None}
    rehearsal = rehearsed(story, "authorization-code", scope="notes:read")
    assert rehearsal["refused"]["code"] == what_happens(story.ask(scope="notes:read", **asked))
    assert rehearsal["refused"]["told"] == "redirect"


@spec("OpenID Connect Core §3.3.2")
def test_what_went_through_the_browser_stays_given_when_the_code_is_refused() -> None:
    story = relying_party(profile="legacy", flows=("hybrid",))
    ClientSecret.objects.update(retired=timezone.now())
    change(story)
    asked = {"scope": "notes:read", "response_type": "code token"}
    rehearsal = rehearsed(story, "hybrid", **asked)
    front = answered(story.decide(**asked), mode="fragment")
    real = story.redeem(front["code"])
    assert [delivery["has_access_token"] for delivery in rehearsal["deliveries"]] == [True]
    assert rehearsal["refused"]["code"] == real.json()["error"] == "invalid_client"


@spec("RFC 8628 §3.3")
def test_a_person_pairs_a_device_once_they_signed_in_and_is_asked_each_time() -> None:
    story = begin(preset="device", redirect_uris=())
    remember(story, "notes:read")
    rehearsal = rehearsed(story, "device-code", scope="notes:read", not_signed_in=True)
    sent = [step["title"] for step in rehearsal["steps"] if step["mark"] == "person"]
    assert sent[0] == SIGNS_IN
    assert len(sent) == 2
    assert rehearsal["deliveries"][0]["scopes"] == ["notes:read"]
