"""Clients' own pages are shown at a sign-out (OpenID Connect Front-Channel Logout 1.0)."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.consent.test_consent_page import text_of
from tests.identity.logouts import BACK, ask, is_signed_in, press, signed_in
from tests.identity.stories import claims_of
from tests.marks import conformance, spec

pytestmark = pytest.mark.django_db

FRONT = "https://client.example/frontchannel-logout"


def frames_of(page: Any) -> list[str]:
    found = re.findall(r'<iframe[^>]* src="([^"]*)"', page.content.decode())
    return [unescape(url) for url in found]


def policy_of(page: Any, name: str) -> list[str]:
    """One directive of the page's Content-Security-Policy."""
    directives = (part.split() for part in page["Content-Security-Policy"].split(";"))
    return next((words[1:] for words in directives if words[0] == name), [])


@spec("OpenID Connect Front-Channel Logout 1.0 §3", "B-31")
@conformance("oidcc-frontchannel-rp-initiated-logout")
@pytest.mark.parametrize("said", [None, True])
@pytest.mark.parametrize("subject_type", ["public", "pairwise"])
def test_the_page_shows_the_clients_and_leads_back(subject_type: str, said: bool | None) -> None:
    story, tokens = signed_in(
        frontchannel_logout_uri=f"{FRONT}?a=b",
        frontchannel_logout_session_required=said,
        subject_type=subject_type,
    )
    known = claims_of(story, tokens["id_token"])
    page = ask(story, id_token_hint=tokens["id_token"], post_logout_redirect_uri=BACK, state="s")
    assert page.status_code == 200
    assert not is_signed_in(story)
    (frame,) = frames_of(page)
    assert frame.startswith(FRONT)
    assert parse_qs(urlsplit(frame).query) == {
        "a": ["b"],
        "iss": [known["iss"]],
        "sid": [known["sid"]],
    }
    assert policy_of(page, "frame-src") == ["https://client.example"]
    assert policy_of(page, "script-src") == ["'self'"]
    html = page.content.decode()
    assert f'href="{BACK}?state=s"' in html
    assert f'content="4; url={BACK}?state=s"' in html
    assert "You are signed out" in text_of(page)


@spec("OpenID Connect Front-Channel Logout 1.0 §2")
def test_a_client_that_wants_no_session_gets_its_address_as_it_is() -> None:
    story, tokens = signed_in(
        frontchannel_logout_uri=FRONT, frontchannel_logout_session_required=False
    )
    page = ask(story, id_token_hint=tokens["id_token"])
    assert frames_of(page) == [FRONT]
    assert 'id="onward"' not in page.content.decode()


@spec("OpenID Connect Front-Channel Logout 1.0 §3")
@conformance("oidcc-frontchannel-logout-discovery-endpoint-verification")
def test_the_metadata_says_so() -> None:
    story, _ = signed_in()
    metadata = story.back_channel.get("/o/.well-known/openid-configuration").json()
    assert metadata["frontchannel_logout_supported"] is True
    assert metadata["frontchannel_logout_session_supported"] is True


@spec("OpenID Connect Front-Channel Logout 1.0 §3")
def test_who_agrees_to_sign_out_sees_the_frames_too() -> None:
    story, _ = signed_in(frontchannel_logout_uri=FRONT)
    assert frames_of(ask(story)) == []
    (frame,) = frames_of(press(story, "sign-out"))
    assert frame.startswith(f"{FRONT}?iss=")


@spec("OpenID Connect Front-Channel Logout 1.0 §3")
def test_whoever_is_signed_out_already_sees_none() -> None:
    story, tokens = signed_in(frontchannel_logout_uri=FRONT)
    wanted = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": BACK}
    ask(story, **wanted)
    assert ask(story, **wanted)["Location"] == BACK


@spec("OpenID Connect Front-Channel Logout 1.0 §3", "B-2")
@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://client.example;script-src/logout",
        "https://client.example script-src */",
        "https://a@client.example/",
        "https://[::1/",
        "//client.example/",
    ],
)
def test_no_address_writes_into_the_pages_policy(address: str) -> None:
    story, tokens = signed_in(frontchannel_logout_uri=address)
    page = ask(story, id_token_hint=tokens["id_token"])
    assert frames_of(page) == []
    assert policy_of(page, "frame-src") == []
    assert policy_of(page, "script-src") == []
