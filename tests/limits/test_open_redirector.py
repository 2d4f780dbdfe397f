"""No link of this site leads to a stranger's address before somebody has signed in or agreed to it."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import joserfc.jwt
import pytest
from django.test import Client
from joserfc.jwk import OctKey

from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.core.outage import CacheUnavailable
from django_oauthflows.keys.foreign import peek
from django_oauthflows.protocol import authorize
from django_oauthflows.testing.client import answered
from tests.clients.dynamic.registering import CALLBACK, Registrar, open_registration, story_of
from tests.identity.logouts import BACK, PAGE, ask, is_signed_in, press, signed_in
from tests.marks import conformance, spec
from tests.stories import Story, begin

__all__ = ["open_registration"]

RFC = "RFC 9700 §4.11.2"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def story(open_registration: Registrar) -> Story:
    return story_of(open_registration.registered())


def visit(story: Story, **changes: Any) -> Any:
    """Open a link that cannot be answered, signed in as nobody."""
    return Client().get(story.authorization_url(**{"response_type": "nonsense", **changes}))


@spec(RFC)
def test_an_invalid_request_of_a_stranger_leads_nowhere_at_once(story: Story) -> None:
    response = visit(story)
    assert response.status_code == 400
    assert "Location" not in response
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-OAuth-Reference"]
    # It may go on from here, in a pop-up too.
    assert response["Cross-Origin-Opener-Policy"] == "unsafe-none"


@spec(RFC, "RFC 6749 §4.1.2.1", "RFC 9207 §2")
def test_the_person_may_go_on_to_the_app_which_is_told_the_error(story: Story) -> None:
    response = visit(story)
    page = response.content.decode()
    assert "client.example" in page
    assert response["X-OAuth-Reference"] in page
    links = re.findall(r'<a class="of-button" href="([^"]+)"', page)
    assert len(links) == 1
    told = Client().get("/")  # a response to hold the address, as a browser would follow it
    told["Location"] = unescape(links[0])
    told.status_code = 302
    answer = answered(told)
    assert unescape(links[0]).startswith(CALLBACK)
    assert (answer["error"], answer["state"]) == ("unsupported_response_type", "a-state")
    assert answer["iss"]


@spec(RFC, "OAuth 2.0 Form Post Response Mode §2")
def test_an_answer_that_would_be_posted_waits_for_its_button(story: Story) -> None:
    response = visit(story, scope="unheard-of", response_type="code", response_mode="form_post")
    page = response.content.decode()
    assert response.status_code == 400
    assert "<script" not in page
    assert f'action="{CALLBACK}"' in page
    assert 'name="error" value="invalid_scope"' in page
    assert "form-action 'self' https:" in response["Content-Security-Policy"]


@spec(RFC, "RFC 6749 §4.1.2.1")
def test_an_outage_leads_to_no_stranger_either(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> Any:
        raise CacheUnavailable

    monkeypatch.setattr(authorize, "_proceed", away)
    for browser in (Client(), story.browser):
        response = browser.get(story.authorization_url())
        assert response.status_code == 503
        assert "Location" not in response
    silent = Client().get(story.authorization_url(prompt="none"))
    assert answered(silent)["error"] == "temporarily_unavailable"
    known = Client().get(begin().authorization_url())
    assert answered(known)["error"] == "temporarily_unavailable"


@spec(RFC)
def test_whoever_has_signed_in_is_answered_as_before(story: Story) -> None:
    response = story.browser.get(story.authorization_url(response_type="nonsense"))
    assert answered(response)["error"] == "unsupported_response_type"


@spec(RFC)
def test_an_account_that_was_disabled_counts_as_nobody(story: Story) -> None:
    type(story.person).objects.update(is_active=False)
    response = story.browser.get(story.authorization_url(response_type="nonsense"))
    assert response.status_code == 400


@spec(RFC, "OpenID Connect Core §3.1.2.6")
@pytest.mark.parametrize("changes", [{}, {"response_type": "code"}])
def test_the_prompt_none_is_answered_at_once_and_never_by_a_page(
    story: Story, changes: dict[str, str]
) -> None:
    answer = answered(visit(story, prompt="none", **changes))
    assert answer["error"] in ("unsupported_response_type", "login_required")


@spec(RFC)
def test_a_client_that_was_verified_is_answered_at_once(story: Story) -> None:
    ClientPolicy.objects.update(is_verified=True)
    forget_clients()
    assert answered(visit(story))["error"] == "unsupported_response_type"


@spec(RFC)
@pytest.mark.django_db
def test_a_client_of_the_admins_is_answered_at_once() -> None:
    assert answered(visit(begin()))["error"] == "unsupported_response_type"


LOGOUT = "OpenID Connect RP-Initiated Logout 1.0 §3"


@pytest.fixture
def leaver(open_registration: Registrar) -> Story:
    """A stranger's client that wants people back after they signed out."""
    return story_of(open_registration.registered(post_logout_redirect_uris=[BACK]))


def way_back(story: Story, **more: Any) -> dict[str, Any]:
    """What a link to the end-session endpoint says."""
    named = {"client_id": story.registered.client_id, "post_logout_redirect_uri": BACK}
    return {**named, "state": "a&b", **more}


@spec(RFC, LOGOUT)
def test_a_sign_out_where_nobody_is_signed_in_leads_to_no_stranger_at_once(leaver: Story) -> None:
    leaver.browser = Client()
    response = ask(leaver, **way_back(leaver))
    page = response.content.decode()
    assert response.status_code == 200
    assert "Location" not in response
    assert response["Cache-Control"] == "no-store"
    assert "<script" not in page
    assert "http-equiv" not in page
    assert "You are signed out" in page
    assert "This app registered itself." in page
    assert "by yourself in a moment" not in page
    links = re.findall(r'<a class="of-button"[^>]* href="([^"]+)" rel="noreferrer"', page)
    assert [unescape(link) for link in links] == [f"{BACK}?state=a%26b"]


@spec(RFC, LOGOUT)
def test_a_posted_sign_out_and_a_late_press_lead_to_no_stranger_either(leaver: Story) -> None:
    leaver.browser = Client()
    body = urlencode(way_back(leaver))
    kept = leaver.browser.post(PAGE, body, content_type=FORM)
    assert (kept.status_code, kept["Location"][:10]) == (303, PAGE)
    for response in (
        leaver.browser.get(kept["Location"]),
        press(leaver, "sign-out", **way_back(leaver)),
        press(leaver, "stay", **way_back(leaver)),
    ):
        assert response.status_code == 200
        assert "Location" not in response


@spec(RFC, LOGOUT)
def test_a_person_who_signs_out_goes_back_to_a_strangers_app(leaver: Story) -> None:
    assert "asks to sign you out" in ask(leaver, **way_back(leaver)).content.decode()
    response = press(leaver, "sign-out", **way_back(leaver))
    assert response["Location"] == f"{BACK}?state=a%26b"
    assert not is_signed_in(leaver)


@spec("OpenID Connect RP-Initiated Logout 1.0 §2", LOGOUT)
@conformance("oidcc-rp-initiated-logout")
def test_an_id_token_of_this_sign_in_leads_back_to_the_client(leaver: Story) -> None:
    hint = leaver.tokens(scope="openid")["id_token"]
    response = ask(leaver, **way_back(leaver, id_token_hint=hint))
    assert response["Location"] == f"{BACK}?state=a%26b"


@spec(RFC, LOGOUT)
def test_an_id_token_of_somebody_else_leads_nobody_to_a_stranger(leaver: Story) -> None:
    """Whoever runs the client has an account here, and puts their own ID token into a link."""
    hint = leaver.tokens(scope="openid")["id_token"]
    leaver.browser = Client()
    response = ask(leaver, **way_back(leaver, id_token_hint=hint))
    assert response.status_code == 200
    assert "This app registered itself." in response.content.decode()


@spec(RFC, "OpenID Connect Core §10.1")
def test_an_id_token_that_the_client_may_have_made_itself_leads_nowhere(
    open_registration: Registrar,
) -> None:
    """Its secret signs them, and nobody has to sign in to the client for one."""
    told = open_registration.registered(
        post_logout_redirect_uris=[BACK], id_token_signed_response_alg="HS256"
    )
    leaver = story_of(told)
    issued = leaver.tokens(scope="openid")["id_token"]
    claims = peek(issued).claims
    forged = joserfc.jwt.encode(
        {"alg": "HS256"}, {**claims, "sub": "nobody"}, OctKey.import_key(told["client_secret"])
    )
    leaver.browser = Client()
    for hint in (forged, issued):
        body = urlencode(way_back(leaver, id_token_hint=hint))
        posted = leaver.browser.post(PAGE, body, content_type=FORM)
        for response in (
            ask(leaver, **way_back(leaver, id_token_hint=hint)),
            leaver.browser.get(posted["Location"]),
        ):
            assert response.status_code == 200
            assert "This app registered itself." in response.content.decode()


@spec(RFC, LOGOUT)
def test_a_sign_out_leads_to_a_client_that_was_verified_at_once(leaver: Story) -> None:
    ClientPolicy.objects.update(is_verified=True)
    forget_clients()
    leaver.browser = Client()
    assert ask(leaver, **way_back(leaver))["Location"] == f"{BACK}?state=a%26b"


@spec(RFC, LOGOUT)
@pytest.mark.django_db
def test_a_sign_out_leads_to_a_client_of_the_admins_at_once() -> None:
    story, _ = signed_in()
    story.browser = Client()
    assert ask(story, **way_back(story))["Location"] == f"{BACK}?state=a%26b"
