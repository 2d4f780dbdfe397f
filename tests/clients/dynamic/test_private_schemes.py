"""Tools that come back by a scheme of their own: refused by name, and let in one by one."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from django_oauthflows.clients.facts import client_of
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import ClientFactory
from tests.clients.dynamic.registering import PROVIDER, Registrar, story_of
from tests.marks import spec
from tests.stories import error_of

CURSOR = "cursor://anysphere.cursor-mcp/oauth/callback"
VSCODE = "vscode://vscode.github-authentication/did-authenticate"
LOOPBACK = "http://127.0.0.1:33418/callback"
#: As Cursor registers.
PUBLIC = {"token_endpoint_auth_method": "none"}


def allow(settings: Any, *schemes: str) -> None:
    settings.OAUTH2_PROVIDER = {**PROVIDER, "ALLOWED_REDIRECT_URI_SCHEMES": ["https", *schemes]}


@spec("RFC 8252 §7.1", "RFC 7591 §3.2.2")
@pytest.mark.parametrize("uris", [[CURSOR], [LOOPBACK, CURSOR], [LOOPBACK, CURSOR, VSCODE]])
def test_the_answer_names_what_is_wrong_and_the_setting(
    open_registration: Registrar, uris: list[str]
) -> None:
    refused = open_registration.register(redirect_uris=uris, **PUBLIC)
    assert error_of(refused) == (400, "invalid_redirect_uri")
    sentence = refused.json()["error_description"]
    assert CURSOR in sentence
    assert "ALLOWED_REDIRECT_URI_SCHEMES: cursor" in sentence
    assert (VSCODE in sentence) == (VSCODE in uris)
    assert LOOPBACK not in sentence


@spec("RFC 9700 §2.1", "B-4")
@pytest.mark.parametrize(
    ("uri", "named"),
    [
        ("https://ada:secret@client.example/cb?token=secret", "https://client.example/cb"),
        ("http://client.example/cb#secret", "http://client.example/cb"),
        ('http://client.example/"secret"\\', "http://client.example/secret"),
        ("http://client.example/" + "a" * 500, "http://client.example/aaa"),
        ("http://clïent.example/", "http://clent.example/"),
        ("nothing", "nothing"),
        ("#", "some that cannot be read"),
    ],
)
def test_a_wrong_address_is_named_without_what_may_be_secret(
    open_registration: Registrar, uri: str, named: str
) -> None:
    refused = open_registration.register(redirect_uris=[uri, "https://client.example/good"])
    assert refused.status_code == 400
    sentence = refused.json()["error_description"]
    assert named in sentence
    assert "good" not in sentence
    assert "ada" not in sentence
    assert "token" not in sentence
    assert "ALLOWED_REDIRECT_URI_SCHEMES" not in sentence


@spec("RFC 8252 §7.1", "B-8")
@pytest.mark.parametrize("uris", [[CURSOR], [LOOPBACK, CURSOR]])
def test_a_scheme_that_is_allowed_signs_people_in(
    open_registration: Registrar, settings: Any, uris: list[str]
) -> None:
    allow(settings, "cursor")
    told = open_registration.registered(redirect_uris=uris, **PUBLIC)
    assert told["redirect_uris"] == uris
    client = client_of(told["client_id"])
    assert client is not None
    assert client.preset == "native-app"
    story = story_of(told)
    asked = {"scope": "profile", "redirect_uri": CURSOR}
    answer = story.decide(**asked)
    assert answer["Location"].startswith(f"{CURSOR}?")
    assert answered(answer)["code"]
    unproven = story.ask(**asked, code_challenge=None, code_challenge_method=None)
    assert answered(unproven)["error"] == "invalid_request"
    # Any program of the device may have taken the scheme (RFC 8252 §8.6): the person is asked each time.
    assert story.ask(**asked).status_code == 200
    assert answered(story.ask(**asked, prompt="none"))["error"] == "consent_required"


@spec("RFC 9700 §2.1", "B-8")
@pytest.mark.parametrize(
    "uri",
    [
        VSCODE,
        "cursors://x/callback",
        "cursor.evil://x/callback",
        "http://client.example/callback",
        "javascript://x/callback",
        "https://client.example/#x",
        "cursor://x/callback#x",
        "//cursor/callback",
    ],
)
def test_one_scheme_opens_nothing_else(
    open_registration: Registrar, settings: Any, uri: str
) -> None:
    allow(settings, "cursor", "javascript")
    refused = open_registration.register(redirect_uris=[CURSOR, uri], **PUBLIC)
    assert error_of(refused) == (400, "invalid_redirect_uri")
    assert CURSOR not in refused.json()["error_description"]


@pytest.mark.django_db
@spec("RFC 8252 §7.1")
def test_the_admin_is_told_the_same() -> None:
    with pytest.raises(ValidationError, match="adding cursor to ALLOWED_REDIRECT_URI_SCHEMES"):
        ClientFactory(preset="native-app", redirect_uris=(CURSOR,))
