"""The OpenID Connect authentication request: what a client may ask of who signs in, and how."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import OctKey

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import secrets
from django_oauthflows.consent.decision import WAY_BACK
from django_oauthflows.keys import jwt
from django_oauthflows.testing.client import FlowClient, answered, shown_on
from django_oauthflows.testing.factories import PersonFactory
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.sessions import note_sign_in
from tests.marks import conformance, spec
from tests.signing_in import come_back, grow_old, let_pass, page_of, sign_in, told
from tests.stories import WITH_OPENID, Story, begin

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
CORE = "OpenID Connect Core §3.1.2.1"


@pytest.fixture(autouse=True)
def an_openid_provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID


def relying_party(**client: Any) -> Story:
    """A client whose request is answered without a page, so that only what is asked for shows one."""
    return begin(**{"skips_consent": True, "scopes": ("openid",), **client})


def sso(story: Story, **changes: Any) -> Any:
    return story.ask(**{"scope": "openid", "nonce": "a-nonce", **changes})


def press(story: Story, button: str, **changes: Any) -> Any:
    """Press a button of a page that offers accounts."""
    url = story.authorization_url(**{"scope": "openid", "nonce": "a-nonce", **changes})
    form = "application/x-www-form-urlencoded"
    return story.browser.post(url, f"account={button}", content_type=form)


def grant() -> Authorization:
    return Authorization.objects.latest("created")


def hint(story: Story, person: Any = None, *, typ: str = "JWT", **changes: Any) -> str:
    """An ID token as this server issues them, for the client to send back."""
    now = int(timezone.now().timestamp())
    claims = {
        "iss": "http://testserver/o",
        "sub": str((person or story.person).pk),
        "aud": story.registered.client_id,
        "iat": now - 7200,
        "exp": now - 3600,
    }
    return jwt.sign({**claims, **changes}, typ=typ)


# prompt=login and max_age -------------------------------------------------------------------------------


@conformance("oidcc-prompt-login")
@spec(CORE, "B-28")
def test_prompt_login_signs_in_again_somebody_who_is_signed_in() -> None:
    story = relying_party()
    assert "code" in answered(sso(story))
    before = grant().auth_time
    sent = sso(story, prompt="login")
    assert page_of(sent) == LOGIN
    assert "code" in answered(sign_in(story, sent))
    assert grant().auth_time > before


@spec(CORE, "B-28")
def test_each_request_with_prompt_login_asks_anew() -> None:
    story = relying_party()
    again = sign_in(story, sso(story, prompt="login"))
    assert "code" in answered(again)
    assert page_of(sso(story, prompt="login")) == LOGIN


@spec(CORE, "B-28", "B-3")
def test_coming_back_without_having_signed_in_does_not_count() -> None:
    story = relying_party()
    back = come_back(story, sso(story, prompt="login"))
    for page in (back, sso(story, prompt="login")):
        assert page.status_code == 200
        assert b"sign in again" in page.content
    assert not Authorization.objects.exists()


@spec(CORE, "B-28", "B-16")
def test_a_sign_in_page_that_sends_people_straight_back_is_no_loop() -> None:
    story = relying_party()
    page = come_back(story, sso(story, prompt="login"))
    assert "csrfmiddlewaretoken" in page.content.decode()
    signed_out = press(story, "another-account", prompt="login")
    assert page_of(signed_out) == LOGIN
    assert "_auth_user_id" not in story.browser.session
    assert "code" in answered(sign_in(story, signed_out))


@spec(CORE, "B-16")
def test_nobody_else_signs_a_person_out() -> None:
    story = relying_party()
    story.browser = Client(enforce_csrf_checks=True)
    story.browser.force_login(story.person)
    refused = press(story, "another-account", prompt="login")
    assert refused.status_code == 403
    assert "_auth_user_id" in story.browser.session


@spec(CORE, "B-28")
def test_signing_in_again_as_somebody_else_goes_on_as_them_and_asks_once() -> None:
    story, other = relying_party(), PersonFactory()
    assert "code" in answered(sign_in(story, sso(story, prompt="login"), other))
    assert grant().user == other


@spec(CORE, "B-28")
def test_whoever_was_not_signed_in_is_asked_once() -> None:
    story = relying_party()
    story.browser.logout()
    assert "code" in answered(sign_in(story, sso(story, prompt="login")))


@spec(CORE, "B-28", "B-15")
def test_the_consent_page_after_it_asks_for_no_other_sign_in() -> None:
    story = begin(scopes=("openid",))
    asked = {"scope": "openid", "nonce": "a-nonce", "max_age": "1"}
    grow_old(story, 10)
    page = sign_in(story, story.ask(**asked))
    assert page.status_code == 200
    grow_old(story, 0)
    assert "code" in answered(story.decide(**asked))


@spec(CORE, "B-28")
def test_a_page_of_its_own_for_signing_in_again(settings: Any) -> None:
    settings.OAUTHFLOWS = {"REAUTHENTICATION_URL": "/accounts/again/?strong=1"}
    story = relying_party()
    sent = sso(story, prompt="login")
    assert page_of(sent) == "/accounts/again/"
    assert told(sent)["strong"] == "1"
    story.browser.logout()
    assert page_of(sso(story)) == LOGIN


@spec(CORE, "B-28")
def test_a_page_without_djangos_login_says_so_itself() -> None:
    story = relying_party()
    sent = sso(story, prompt="login")
    asked = RequestFactory().get("/")
    asked.session = story.browser.session
    note_sign_in(asked)
    asked.session.save()
    assert "code" in answered(come_back(story, sent))


@spec(CORE, "B-16")
def test_an_errand_that_somebody_else_wrote_is_none() -> None:
    story = relying_party()
    for forged in ("", "x", "e30:1:x", '{"a": {}}'):
        story.browser.cookies["oauthflows_errands"] = forged
        assert page_of(sso(story, prompt="login")) == LOGIN


@conformance("oidcc-max-age-1")
@spec(CORE, "B-28")
def test_who_signed_in_too_long_ago_signs_in_again() -> None:
    story = relying_party()
    grow_old(story, 2)
    before = timezone.now()
    sent = sso(story, max_age="1")
    assert page_of(sent) == LOGIN
    assert "code" in answered(sign_in(story, sent))
    assert grant().auth_time > before


@conformance("oidcc-max-age-10000")
@spec(CORE, "B-28")
def test_who_signed_in_lately_enough_does_not() -> None:
    story = relying_party()
    grow_old(story, 100)
    assert "code" in answered(sso(story, max_age="10000"))
    assert timezone.now() - grant().auth_time >= timedelta(seconds=100)


@spec(CORE, "B-28")
def test_max_age_0_is_a_new_sign_in_each_time() -> None:
    story = relying_party()
    assert "code" in answered(sign_in(story, sso(story, max_age="0")))
    assert page_of(sso(story, max_age="0")) == LOGIN


@spec(CORE, "B-28")
@pytest.mark.parametrize("asked", [{"max_age": "3", "prompt": "login"}, {"max_age": "3"}])
def test_a_sign_in_for_the_request_counts_no_longer_than_its_age_allows(asked: Any) -> None:
    story = relying_party()
    grow_old(story, 60)
    sent = sso(story, **asked)
    story.browser.force_login(story.person)
    let_pass(story, 12)
    again = come_back(story, sent)
    assert page_of(again) == LOGIN
    assert "code" in answered(sign_in(story, again))


@spec(CORE, "B-28")
def test_a_sign_in_for_the_request_counts_on_the_way_back_from_it() -> None:
    story = relying_party()
    sent = sso(story, max_age="0")
    story.browser.force_login(story.person)
    let_pass(story, WAY_BACK - 2)
    assert "code" in answered(come_back(story, sent))


def allow_on(story: Story, page: Any, **asked: str) -> Any:
    """Press Allow on a page that has been open for a while."""
    fields = {"decision": "allow", "scopes": list(story.registered.scopes)}
    return story.press(story.authorization_url(**asked), shown=shown_on(page), **fields)


@spec(CORE, "B-16", "B-28")
@pytest.mark.parametrize("prompt", ["login", "login consent"])
def test_a_consent_that_comes_too_late_needs_another_sign_in_and_no_other_consent(
    prompt: str,
) -> None:
    story = begin(scopes=["openid", "profile"])
    asked = {"max_age": "3", "prompt": prompt}
    page = sign_in(story, story.ask(**asked))
    assert page.status_code == 200
    let_pass(story, 12)
    late = allow_on(story, page, **asked)
    assert page_of(late) == LOGIN
    assert not Authorization.objects.exists()
    assert "code" in answered(sign_in(story, late))
    assert set(grant().scope.split()) == {"openid", "profile"}


@spec(CORE, "B-16", "B-28")
def test_somebody_else_who_signs_in_after_a_late_consent_is_asked_themselves() -> None:
    story = begin(scopes=["openid", "profile"])
    asked = {"max_age": "3", "prompt": "login consent"}
    page = sign_in(story, story.ask(**asked))
    assert page.status_code == 200
    let_pass(story, 12)
    late = allow_on(story, page, **asked)
    other = PersonFactory()
    assert sign_in(story, late, person=other).status_code == 200
    assert not Authorization.objects.exists()


@spec(CORE, "B-16", "B-28")
def test_a_late_no_is_a_no_once_they_have_signed_in() -> None:
    story = begin(scopes=["openid", "profile"])
    asked = {"max_age": "3", "prompt": "login"}
    assert sign_in(story, story.ask(**asked)).status_code == 200
    let_pass(story, 12)
    late = story.decide("deny", **asked)
    assert page_of(late) == LOGIN
    assert sign_in(story, late).status_code == 200


@spec(CORE, "B-28")
def test_a_session_that_grows_too_old_on_the_consent_page_signs_in_again() -> None:
    story = begin(scopes=["openid", "profile"])
    assert story.ask(max_age="300").status_code == 200
    grow_old(story, 400)
    assert page_of(story.decide(max_age="300")) == LOGIN


@spec("OpenID Connect Dynamic Client Registration §2", "B-28")
def test_a_clients_default_age_goes_where_it_asks_for_none() -> None:
    story = relying_party()
    story.registered.policy.default_max_age = 60
    story.registered.policy.save()
    grow_old(story, 100)
    assert page_of(sso(story)) == LOGIN
    assert "code" in answered(sso(story, max_age="1000"))


@spec(CORE, "B-28")
def test_a_sign_in_of_an_unknown_moment_is_too_old() -> None:
    story = relying_party()
    session = story.browser.session
    del session["_oauthflows_auth_time"]
    session.save()
    assert page_of(sso(story, max_age="10000")) == LOGIN
    assert "code" in answered(sso(story))


@spec(CORE, "B-28")
@pytest.mark.parametrize("max_age", ["-1", "soon", "1.5"])
def test_an_age_that_is_none_is_refused(max_age: str) -> None:
    assert answered(sso(relying_party(), max_age=max_age))["error"] == "invalid_request"


# prompt=none --------------------------------------------------------------------------------------------


@conformance("oidcc-prompt-none-not-logged-in")
@spec("OpenID Connect Core §3.1.2.6", "B-28")
def test_prompt_none_without_a_sign_in_is_login_required() -> None:
    story = relying_party()
    story.browser.logout()
    answer = answered(sso(story, prompt="none"))
    assert answer["error"] == "login_required"
    assert answer["state"] == "a-state"


@conformance("oidcc-prompt-none-logged-in")
@spec(CORE, "B-28")
def test_prompt_none_is_answered_from_the_sign_in_there_is() -> None:
    story = relying_party()
    assert "code" in answered(sso(story))
    first = grant()
    assert "code" in answered(sso(story, prompt="none"))
    assert grant().pk != first.pk
    assert grant().auth_time == first.auth_time


@spec("OpenID Connect Core §3.1.2.6", "B-28")
@pytest.mark.parametrize(
    "asked",
    [
        {"max_age": "1"},
        {"claims": json.dumps({"id_token": {"sub": {"value": "somebody-else"}}})},
    ],
)
def test_prompt_none_is_login_required_where_another_sign_in_is_needed(asked: Any) -> None:
    story = relying_party()
    grow_old(story, 2)
    assert answered(sso(story, prompt="none", **asked))["error"] == "login_required"


# prompt=select_account and create -----------------------------------------------------------------------


@spec(CORE, "B-28")
def test_people_choose_to_go_on_with_the_account_they_are_in() -> None:
    story = relying_party()
    page = sso(story, prompt="select_account")
    assert page.status_code == 200
    assert story.person.username in page.content.decode()
    chosen = press(story, "continue", prompt="select_account")
    assert chosen.status_code == 303
    assert "code" in answered(story.browser.get(chosen["Location"]))
    assert sso(story, prompt="select_account").status_code == 200


@spec(CORE, "B-28")
def test_people_choose_another_account() -> None:
    story, other = relying_party(), PersonFactory()
    sso(story, prompt="select_account")
    chosen = press(story, "another-account", prompt="select_account")
    assert "code" in answered(sign_in(story, chosen, other))
    assert grant().user == other


@spec(CORE, "B-28")
def test_signing_in_is_a_choice_of_account() -> None:
    story = relying_party()
    story.browser.logout()
    assert "code" in answered(sign_in(story, sso(story, prompt="select_account")))


@spec(CORE, "B-28")
def test_a_site_may_have_a_chooser_of_its_own(settings: Any) -> None:
    settings.OAUTHFLOWS = {"ACCOUNT_CHOOSER_URL": "/accounts/choose/"}
    story = relying_party()
    sent = sso(story, prompt="select_account")
    assert page_of(sent) == "/accounts/choose/"
    assert "code" in answered(come_back(story, sent))


@spec("Initiating User Registration via OpenID Connect 1.0 §4", "B-28")
def test_prompt_create_leads_to_the_sign_up_page_and_on(settings: Any) -> None:
    settings.OAUTHFLOWS = {"REGISTRATION_URL": "/accounts/new/"}
    story, new = relying_party(), PersonFactory()
    sent = sso(story, prompt="create", login_hint="new@example.org")
    assert page_of(sent) == "/accounts/new/"
    assert told(sent)["login_hint"] == "new@example.org"
    story.browser.force_login(new)  # as a sign-up page does at its end
    assert "code" in answered(come_back(story, sent))
    assert grant().user == new


@spec("Initiating User Registration via OpenID Connect 1.0 §4", "B-28")
def test_who_has_an_account_after_all_may_sign_in_instead(settings: Any) -> None:
    settings.OAUTHFLOWS = {"REGISTRATION_URL": "/accounts/new/"}
    story = relying_party()
    story.browser.logout()
    back = come_back(story, sso(story, prompt="create"))
    assert page_of(back) == LOGIN
    assert "code" in answered(sign_in(story, back))


@spec("Initiating User Registration via OpenID Connect 1.0 §4", "B-28")
def test_prompt_create_is_refused_where_nobody_can_sign_up() -> None:
    assert answered(sso(relying_party(), prompt="create"))["error"] == "invalid_request"


@spec(CORE, "B-28")
def test_an_unknown_prompt_is_refused() -> None:
    assert answered(sso(relying_party(), prompt="dance"))["error"] == "invalid_request"


# Hints, languages and display ---------------------------------------------------------------------------


@conformance("oidcc-id-token-hint")
@spec(CORE, "B-28")
def test_an_id_token_names_the_person_who_is_there() -> None:
    story = relying_party()
    assert "code" in answered(sso(story, prompt="none", id_token_hint=hint(story)))


@spec("OpenID Connect Core §3.1.2.2", "B-28")
def test_an_id_token_of_somebody_else_is_login_required_in_silence() -> None:
    story = relying_party()
    other = hint(story, PersonFactory())
    assert answered(sso(story, prompt="none", id_token_hint=other))["error"] == "login_required"


@spec("OpenID Connect Core §3.1.2.2", "B-28")
def test_the_person_an_id_token_names_may_sign_in_instead() -> None:
    story, other = relying_party(), PersonFactory()
    sent = sso(story, id_token_hint=hint(story, other))
    assert page_of(sent) == LOGIN
    assert "code" in answered(sign_in(story, sent, other))
    assert grant().user == other


@spec("OpenID Connect Core §3.1.2.2", "B-28", "B-3")
def test_nobody_but_the_person_an_id_token_names_goes_on() -> None:
    story = relying_party()
    sent = sso(story, id_token_hint=hint(story, PersonFactory()))
    assert answered(sign_in(story, sent))["error"] == "login_required"
    assert not Authorization.objects.exists()


@spec("OpenID Connect Core §5.5.1", "B-28")
def test_the_claim_sub_names_the_person_too() -> None:
    story = relying_party()
    for person, outcome in ((story.person, "code"), (PersonFactory(), "error")):
        claims = json.dumps({"id_token": {"sub": {"value": str(person.pk)}}})
        assert outcome in answered(sso(story, prompt="none", claims=claims))


@spec("OpenID Connect Core §17.3", "B-15")
def test_a_client_nobody_agreed_to_cannot_find_out_who_is_there() -> None:
    story = begin(scopes=("openid",))
    for person in (story.person, PersonFactory()):
        claims = json.dumps({"id_token": {"sub": {"value": str(person.pk)}}})
        assert answered(sso(story, prompt="none", claims=claims))["error"] == "consent_required"


@spec(CORE, "B-28", "B-4")
@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"aud": None},
        {"sub": None},
        {"sub": 1},
        {"exp": None},
        {"exp": "9999999999"},
        {"iat": None},
        {"iat": True},
        {"typ": "userinfo+jwt"},
        {"typ": "logout+jwt"},
        {"typ": ""},
    ],
)
def test_a_hint_that_is_no_id_token_for_the_client_is_refused(changes: Any) -> None:
    story = relying_party()
    value = hint(story, **changes)
    assert answered(sso(story, id_token_hint=value))["error"] == "invalid_request"
    row = AuditEvent.objects.get(rule="id_token_hint_must_be_genuine")
    assert value not in str(row.detail)


@spec(CORE, "B-28")
def test_neither_an_access_token_nor_a_forgery_is_a_hint() -> None:
    story = relying_party()
    claims = {
        "iss": "http://testserver/o",
        "sub": "1",
        "aud": story.registered.client_id,
        "iat": 1,
        "exp": 2,
    }
    for value in (jwt.sign(claims, typ="at+jwt"), hint(story)[:-4] + "AAAA", "eyA.b.c", "x"):
        assert answered(sso(story, id_token_hint=value))["error"] == "invalid_request"


@spec("OpenID Connect Core §10.1", CORE, "B-28")
def test_an_id_token_under_the_clients_secret_is_a_hint_for_that_client() -> None:
    story, other = relying_party(), relying_party()
    secret, guess = secrets.generate_readable(), secrets.generate_readable()
    secrets.add(story.registered.application, label="hints", secret=secret, is_readable=True)

    def sealed(by: str) -> str:
        claims = {
            "iss": "http://testserver/o",
            "sub": str(story.person.pk),
            "aud": story.registered.client_id,
            "iat": 1,
            "exp": 2,
        }
        return joserfc_jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(by), ["HS256"])

    assert "code" in answered(sso(story, prompt="none", id_token_hint=sealed(secret)))
    for asking, value in ((story, sealed(guess)), (other, sealed(secret))):
        refused = answered(sso(asking, prompt="none", id_token_hint=value))
        assert refused["error"] == "invalid_request"


@conformance("oidcc-login-hint")
@spec(CORE, "B-28", "B-32")
def test_a_login_hint_reaches_the_sign_in_page() -> None:
    story = relying_party()
    story.browser.logout()
    sent = sso(story, login_hint="jo&next=//evil.example", ui_locales="fr de")
    assert told(sent)["login_hint"] == "jo&next=//evil.example"
    assert told(sent)["next"].startswith(reverse("oauthflows:authorize"))
    assert told(sent)["ui_locales"] == "fr de"
    assert sso(story, login_hint="a" * 321).status_code == 400


@conformance("oidcc-ui-locales", "oidcc-claims-locales")
@spec("OpenID Connect Core §5.2", CORE, "B-28")
def test_languages_are_kept_for_pages_and_claims() -> None:
    story = begin(scopes=("openid",))
    asked = {"scope": "openid", "nonce": "n", "ui_locales": "xx-none de-AT se", "prompt": "consent"}
    assert '<html lang="de"' in story.ask(**asked).content.decode()
    assert '<html lang="en' in story.ask(**{**asked, "ui_locales": "xx"}).content.decode()
    story.decide(**asked, claims_locales="se de")
    assert grant().claims == {"id_token": {}, "userinfo": {}, "locales": ["se", "de"]}


@conformance("oidcc-display-page", "oidcc-display-popup")
@spec(CORE, "B-28")
@pytest.mark.parametrize("display", ["page", "popup", "touch", "wap", "unheard-of"])
def test_every_display_is_the_page(display: str) -> None:
    assert "code" in answered(sso(relying_party(), display=display))


# Claims and the strength of the sign-in -----------------------------------------------------------------


@conformance("oidcc-claims-essential")
@spec("OpenID Connect Core §5.5", "B-28")
def test_the_claims_that_are_asked_for_are_kept_with_the_grant() -> None:
    sent = {"userinfo": {"name": {"essential": True}}, "id_token": {"email": None}}
    story = relying_party()
    assert "code" in answered(sso(story, claims=json.dumps(sent)))
    assert grant().claims == {**sent, "locales": []}
    assert grant().nonce == "a-nonce"


@spec("OpenID Connect Core §5.5", "B-1")
@pytest.mark.parametrize("claims", ["{", "[]", '{"id_token": {"sub": {"value": "\\u0000"}}}'])
def test_malformed_claims_are_refused(claims: str) -> None:
    assert answered(sso(relying_party(), claims=claims))["error"] == "invalid_request"


def strong(request: HttpRequest) -> dict[str, Any]:
    """What a project's hook may say: the context its second factor left in the session."""
    level = request.session.get("level", "one")
    return {"acr": level, "amr": ["pwd", "otp"] if level == "two" else ["pwd"]}


STRONG = {"AUTHENTICATION_CONTEXT": f"{__name__}.strong", "ACR_VALUES_SUPPORTED": ["one", "two"]}


def essential(*values: str) -> str:
    return json.dumps({"id_token": {"acr": {"essential": True, "values": list(values)}}})


@spec("OpenID Connect Core §2", "B-29")
def test_nothing_is_said_of_how_people_signed_in_unless_the_site_knows() -> None:
    story = relying_party()
    assert "code" in answered(sso(story))
    assert (grant().acr, grant().amr) == ("", [])


@spec("OpenID Connect Core §2", "B-29")
def test_what_the_site_knows_of_the_sign_in_is_kept_with_the_grant(settings: Any) -> None:
    settings.OAUTHFLOWS = STRONG
    story = relying_party()
    assert "code" in answered(sso(story))
    assert (grant().acr, grant().amr) == ("one", ["pwd"])


@conformance("oidcc-ensure-request-with-acr-values-succeeds")
@spec(CORE, "B-28")
def test_a_context_that_is_only_wished_for_stands_in_nobodys_way(settings: Any) -> None:
    story = relying_party()
    assert "code" in answered(sso(story, acr_values="1 2"))
    settings.OAUTHFLOWS = STRONG
    assert "code" in answered(sso(story, acr_values="two"))


@spec("OpenID Connect Core §5.5.1.1", "OpenID Connect Core Unmet Authentication Requirements §2")
def test_a_context_that_is_required_and_not_met_is_refused(settings: Any) -> None:
    settings.OAUTHFLOWS = STRONG
    story = relying_party()
    answer = answered(sso(story, claims=essential("two")))
    assert answer["error"] == "unmet_authentication_requirements"
    assert "code" in answered(sso(story, claims=essential("two", "one")))


@spec("OpenID Connect Core §5.5.1.1", "B-28")
def test_who_can_step_up_is_sent_to(settings: Any) -> None:
    settings.OAUTHFLOWS = {**STRONG, "STEP_UP_URL": "/accounts/stronger/"}
    story = relying_party()
    sent = sso(story, claims=essential("two"))
    assert page_of(sent) == "/accounts/stronger/"
    assert told(sent)["acr_values"] == "two"
    session = story.browser.session
    session["level"] = "two"
    session.save()
    assert "code" in answered(come_back(story, sent))
    assert (grant().acr, grant().amr) == ("two", ["pwd", "otp"])


@spec("OpenID Connect Core §5.5.1.1", "B-28")
def test_who_comes_back_as_before_is_refused_or_let_through_by_what_was_asked(
    settings: Any,
) -> None:
    settings.OAUTHFLOWS = {**STRONG, "STEP_UP_URL": "/accounts/stronger/"}
    story = relying_party()
    required = come_back(story, sso(story, claims=essential("two")))
    assert answered(required)["error"] == "unmet_authentication_requirements"
    wished = come_back(story, sso(story, acr_values="two"))
    assert "code" in answered(wished)


@spec("OpenID Connect Core §3.1.2.6", "B-28")
def test_nobody_steps_up_in_silence(settings: Any) -> None:
    settings.OAUTHFLOWS = {**STRONG, "STEP_UP_URL": "/accounts/stronger/"}
    story = relying_party()
    answer = answered(sso(story, prompt="none", claims=essential("two")))
    assert answer["error"] == "unmet_authentication_requirements"
    assert "code" in answered(sso(story, prompt="none", acr_values="two"))


@spec("OpenID Connect Dynamic Client Registration §2", "B-28")
def test_a_clients_usual_contexts_go_where_it_names_none(settings: Any) -> None:
    settings.OAUTHFLOWS = {**STRONG, "STEP_UP_URL": "/accounts/stronger/"}
    story = relying_party()
    story.registered.policy.default_acr_values = ["two"]
    story.registered.policy.save()
    assert page_of(sso(story)) == "/accounts/stronger/"
    assert "code" in answered(sso(story, acr_values="one"))
    wished = json.dumps({"id_token": {"acr": {"values": ["one"]}}})
    assert "code" in answered(sso(story, claims=wished))


# The session clients know -------------------------------------------------------------------------------


@spec("OpenID Connect Front-Channel Logout §3", "B-29")
def test_a_session_has_one_id_for_all_clients_until_somebody_else_signs_in() -> None:
    story, other = relying_party(), PersonFactory()
    friend = relying_party(person=story.person)
    friend.browser = story.browser
    seen = []
    for rp in (story, friend):
        assert "code" in answered(sso(rp))
        seen.append(grant().sid)
    sign_in(story, sso(story, prompt="login"))
    seen.append(grant().sid)
    assert len(set(seen)) == 1
    assert len(seen[0]) >= 43
    sign_in(story, sso(story, prompt="login"), other)
    assert grant().sid not in seen


# The request itself -------------------------------------------------------------------------------------


@conformance("oidcc-response-type-missing")
@spec("RFC 6749 §4.1.2.1", "B-8")
def test_a_request_without_a_response_type_is_refused_at_the_client() -> None:
    answer = answered(sso(relying_party(), response_type=None))
    assert answer["error"] == "invalid_request"
    assert answer["state"] == "a-state"


@conformance("oidcc-ensure-registered-redirect-uri")
@spec(CORE, "B-8")
def test_an_address_the_client_did_not_register_is_a_page() -> None:
    refused = sso(relying_party(), redirect_uri="https://client.example/other")
    assert refused.status_code == 400
    assert "Location" not in refused


@conformance("oidcc-ensure-request-without-nonce-succeeds-for-code-flow")
@spec(CORE, "B-28")
def test_the_code_flow_needs_no_nonce() -> None:
    assert "code" in answered(sso(relying_party(), nonce=None))


@conformance("oidcc-ensure-request-with-unknown-parameter-succeeds")
@spec("RFC 6749 §3.1", "B-1")
def test_an_unknown_parameter_is_ignored() -> None:
    assert "code" in answered(sso(relying_party(), extra="foobar"))


@conformance("oidcc-ensure-request-with-valid-pkce-succeeds")
@spec("RFC 7636 §4.3", "B-13")
def test_pkce_goes_with_openid() -> None:
    story = relying_party()
    assert story.redeem(answered(sso(story))["code"]).status_code == 200


@conformance("oidcc-alternate-happy-flow")
@spec("RFC 6749 §3.3")
def test_the_order_of_scopes_does_not_matter() -> None:
    story = relying_party(scopes=("openid", "profile"))
    assert "code" in answered(sso(story, scope="profile openid"))


@spec("OpenID Connect Core §7.2.1", "B-28")
def test_a_client_does_not_register_in_its_request() -> None:
    answer = answered(sso(relying_party(), registration='{"client_name": "x"}'))
    assert answer["error"] == "registration_not_supported"


@spec("OpenID Connect Discovery §3", "RFC 8414 §2", "B-28")
def test_the_metadata_says_what_requests_may_hold(settings: Any) -> None:
    def metadata() -> dict[str, Any]:
        document: dict[str, Any] = (
            FlowClient(registered=relying_party().registered)
            .browser.get("/.well-known/oauth-authorization-server/o")
            .json()
        )
        return document

    plain = metadata()
    assert plain["prompt_values_supported"] == ["consent", "login", "none", "select_account"]
    assert plain["response_modes_supported"] == ["query", "fragment", "form_post"]
    assert plain["claims_parameter_supported"] is True
    assert plain["require_request_uri_registration"] is True
    assert plain["acr_values_supported"] == ["0"]
    settings.OAUTHFLOWS = {**STRONG, "REGISTRATION_URL": "/accounts/new/"}
    assert "create" in metadata()["prompt_values_supported"]
    assert metadata()["acr_values_supported"] == ["0", "one", "two"]
    settings.OAUTHFLOWS = {"ACR_LADDER": ["weak", "strong"]}
    assert metadata()["acr_values_supported"] == ["weak", "strong"]
    settings.OAUTHFLOWS = {"ACR_LADDER": []}
    assert "acr_values_supported" not in metadata()
