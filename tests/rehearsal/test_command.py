"""`oauthflows_rehearse`, for whoever has a shell."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.identity.stories import change
from tests.marks import spec
from tests.rehearsal.rehearsing import SITE, last, rehearsed
from tests.rehearsal.test_equals_reality import web_app
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db


def printed(story: Story, *options: str) -> str:
    out = StringIO()
    call_command(
        "oauthflows_rehearse", story.registered.client_id, *options, "--url", SITE, stdout=out
    )
    return out.getvalue()


def test_it_prints_the_decision_the_scopes_and_the_claims() -> None:
    story = web_app()
    change(story, token_format="jwt")
    said = printed(story, "--person", story.person.username, "--scope", "openid email")
    assert "? The person is asked on the consent page: They never agreed to this client." in said
    assert "+ email: Asked for." in said
    assert "- notes:read: Not asked for." in said
    assert "access token: JWT, 900 s, for http://testserver" in said
    assert '"email": "ada@example.com"' in said
    assert "eyJ" not in said


def test_a_refusal_ends_with_one_and_says_what_to_do() -> None:
    story = web_app()
    out = StringIO()
    with pytest.raises(CommandError, match="It would not get what it asks for") as ended:
        call_command(
            "oauthflows_rehearse",
            story.registered.client_id,
            *("--person", story.person.username, "--scope", "openid"),
            *("--prompt", "none", "--url", SITE),
            stdout=out,
        )
    assert ended.value.returncode == 1
    assert "error:  consent_required (redirect)" in out.getvalue()
    assert "fix:" in out.getvalue()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--person", "nobody-of-this-name"), "Nobody has this user name"),
        (("--flow", "device-code"), "This flow has a person"),
        (("--url", "not an address"), "Say with --url"),
        (("--url", "https://id.example.com:many"), "Say with --url"),
    ],
)
def test_what_cannot_be_asked_ends_with_two(options: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence) as ended:
        call_command("oauthflows_rehearse", begin().registered.client_id, "--url", SITE, *options)
    assert ended.value.returncode == 2


@pytest.mark.parametrize("host", ["id.example.com", "id.example.com:8443"])
def test_a_host_that_django_refuses_is_named(settings: Any, host: str) -> None:
    settings.ALLOWED_HOSTS = ["login.example.com"]
    settings.DEBUG = False
    story = web_app()
    options = ("--person", story.person.username, "--scope", "openid")
    with pytest.raises(CommandError, match="Add 'id.example.com' to ALLOWED_HOSTS") as ended:
        call_command(
            "oauthflows_rehearse",
            story.registered.client_id,
            *(*options, "--url", f"https://{host}"),
            stdout=StringIO(),
        )
    assert ended.value.returncode == 2


def test_a_client_nobody_knows_ends_with_two() -> None:
    with pytest.raises(CommandError, match="No client has this id") as ended:
        call_command("oauthflows_rehearse", "no-such-client", "--url", SITE)
    assert ended.value.returncode == 2


def test_a_service_needs_no_flow_to_be_named() -> None:
    story = begin(preset="service", redirect_uris=())
    rehearsal = rehearsed(story, person=None, scope="notes:read")
    assert rehearsal["flow"] == "client-credentials"
    assert last(rehearsal)["no_refresh"].startswith("The client acts for itself")


@spec("RFC 9207 §2")
def test_the_issuer_is_the_sites_own_where_it_is_set(settings: Any) -> None:
    settings.OAUTHFLOWS = {"ISSUER": "https://login.example/o"}
    story = web_app()
    rehearsal = rehearsed(story, url="", scope="openid")
    assert last(rehearsal)["id_token"]["claims"]["iss"] == "https://login.example/o"


@spec("OpenID Connect Core §10.2")
def test_an_answer_that_cannot_be_encrypted_is_refused_and_no_key_is_fetched() -> None:
    story = web_app()
    change(story, id_token_encrypted_response_alg="RSA-OAEP-256")
    refused = rehearsed(story, scope="openid")["refused"]
    real = story.redeem(story.code(scope="openid", nonce="n")).json()
    assert (refused["rule"], refused["code"]) == (
        "encrypted_answer_must_have_a_key",
        real["error"],
    )
    # Nobody listens there: whoever fetched it would be refused.
    change(story, jwks_uri="https://keys.example.invalid/")
    assert last(rehearsed(story, scope="openid"))["id_token"]["is_encrypted"]
