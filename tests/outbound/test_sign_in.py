"""Code with PKCE and device code: what is sent, and which answers are taken."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from django_oauthflows.outbound import discovery
from django_oauthflows.outbound.client import OutboundClient, Started
from django_oauthflows.outbound.errors import (
    OutboundError,
    ProviderRefused,
    ProviderUnreachable,
    UnexpectedAnswer,
)
from django_oauthflows.outbound.provider import Provider
from django_oauthflows.rules.pkce import s256
from tests.marks import spec
from tests.outbound.scripted import Scripted

CALLBACK = "https://app.example/callback"

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(provider: Provider) -> OutboundClient:
    return OutboundClient(provider)


@pytest.fixture
def started(client: OutboundClient) -> Started:
    return client.start(redirect_uri=CALLBACK)


@spec("RFC 6749 §4.1.1", "RFC 7636 §4.3")
def test_the_person_is_sent_with_state_and_a_challenge(
    client: OutboundClient, script: Scripted
) -> None:
    started = client.start(redirect_uri=CALLBACK, prompt="consent")

    url = urlsplit(started.url)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert started.url.startswith(f"{script.url}/authorize?")
    assert query == {
        "response_type": "code",
        "client_id": "me",
        "redirect_uri": CALLBACK,
        "scope": "a b",
        "state": started.state,
        "code_challenge": s256(started.pending["code_verifier"]),
        "code_challenge_method": "S256",
        "prompt": "consent",
    }


@spec("RFC 6749 §4.1.3", "RFC 7636 §4.5")
def test_the_code_is_redeemed_with_what_was_kept(
    client: OutboundClient, started: Started, script: Scripted
) -> None:
    connection = client.finish(
        f"{CALLBACK}?code=c&state={started.state}", started.pending, key="ada"
    )

    assert connection.token().scope == "a b"
    assert script.asked == [
        (
            "/token",
            {
                "grant_type": "authorization_code",
                "code": "c",
                "redirect_uri": CALLBACK,
                "code_verifier": started.pending["code_verifier"],
            },
        )
    ]


@spec("RFC 6749 §10.12", "RFC 6749 §3.1", "RFC 9207 §2.4")
@pytest.mark.parametrize(
    "answer",
    [
        [("code", "c"), ("state", "another")],
        [("code", "c")],
        [("code", "c"), ("state", "STATE"), ("iss", "https://evil.example")],
        [("code", "c"), ("state", "STATE"), ("code", "d")],
        [("state", "STATE")],
        [("error", "access_denied"), ("state", "another")],
    ],
)
def test_an_answer_nobody_waits_for_is_refused(
    client: OutboundClient, started: Started, script: Scripted, answer: list[tuple[str, str]]
) -> None:
    query = urlencode([(name, value.replace("STATE", started.state)) for name, value in answer])

    with pytest.raises(UnexpectedAnswer):
        client.finish(f"{CALLBACK}?{query}", started.pending, key="ada")

    assert script.asked == []


@spec("RFC 9207 §2.4")
def test_a_provider_that_names_itself_must(
    client: OutboundClient, started: Started, script: Scripted
) -> None:
    discovery.forget_all()
    script.documents["/.well-known/oauth-authorization-server"] = script.metadata(
        authorization_response_iss_parameter_supported=True
    )
    answer = f"{CALLBACK}?code=c&state={started.state}"

    with pytest.raises(UnexpectedAnswer):
        client.finish(answer, started.pending, key="ada")
    client.finish(f"{answer}&iss={script.url}", started.pending, key="ada")


def test_what_was_started_elsewhere_is_not_finished_here(
    client: OutboundClient, started: Started
) -> None:
    pending = {**started.pending, "provider": "another"}

    with pytest.raises(UnexpectedAnswer):
        client.finish(f"{CALLBACK}?code=c&state={started.state}", pending, key="ada")


@spec("RFC 6749 §4.1.2.1")
def test_a_no_has_its_code(client: OutboundClient, started: Started) -> None:
    with pytest.raises(ProviderRefused) as caught:
        client.finish(
            f"{CALLBACK}?error=access_denied&state={started.state}", started.pending, key="ada"
        )
    assert caught.value.code == "access_denied"


@spec("RFC 8628 §3.5")
def test_a_device_waits_as_it_is_told(client: OutboundClient, script: Scripted) -> None:
    device = client.start_device()
    assert (device.user_code, device.interval) == ("WDJB-MJHT", 5)
    assert "device-secret" not in repr(device)
    script.answers = [
        (400, {"error": "authorization_pending"}),
        (400, {"error": "slow_down"}),
        (503, {}),
    ]
    slept: list[float] = []

    connection = client.finish_device(device, key="ada", sleep=slept.append)

    assert connection.token().access_token == "access-1"
    assert slept == [5, 5, 10, 20]
    assert script.asked[0] == ("/device", {"scope": "a b"})


@spec("RFC 8628 §3.5")
@pytest.mark.parametrize("error", ["access_denied", "expired_token"])
def test_a_device_stops_when_the_answer_is_no(
    client: OutboundClient, script: Scripted, error: str
) -> None:
    device = client.start_device()
    script.answers = [(400, {"error": error})]

    with pytest.raises(ProviderRefused, match=error):
        client.finish_device(device, key="ada", sleep=lambda _: None)


@spec("RFC 8414 §3.1", "RFC 8414 §5")
@pytest.mark.parametrize(
    "path",
    [
        "/.well-known/oauth-authorization-server/tenant",
        "/tenant/.well-known/oauth-authorization-server",
        "/tenant/.well-known/openid-configuration",
    ],
)
def test_metadata_is_found_in_each_of_its_places(script: Scripted, path: str) -> None:
    issuer = f"{script.url}/tenant"
    script.documents = {path: script.metadata(issuer=issuer)}
    client = OutboundClient(Provider(name="paper", issuer=issuer, client_id="me"))

    assert client.start(redirect_uri=CALLBACK).url.startswith(f"{script.url}/authorize?")


@spec("RFC 8414 §3.3")
def test_somebody_elses_metadata_is_refused(client: OutboundClient, script: Scripted) -> None:
    document = script.metadata(issuer="https://evil.example")
    script.documents["/.well-known/oauth-authorization-server"] = document

    with pytest.raises(OutboundError, match="issuer"):
        client.start(redirect_uri=CALLBACK)


def test_a_provider_without_metadata_is_written_down(script: Scripted) -> None:
    script.documents = {}
    provider = Provider(name="paper", issuer=script.url, client_id="me")
    with pytest.raises(ProviderUnreachable):
        OutboundClient(provider).start(redirect_uri=CALLBACK)

    written = Provider(name="paper", issuer=script.url, client_id="me", metadata=script.metadata())
    assert OutboundClient(written).start(redirect_uri=CALLBACK).url


@spec("RFC 6749 §3.2")
def test_no_secret_is_sent_over_plain_http() -> None:
    metadata = {"issuer": "https://a.example", "token_endpoint": "http://a.example/token"}
    provider = Provider(name="paper", issuer="https://a.example", client_id="me", metadata=metadata)
    with pytest.raises(OutboundError, match="http://a.example"):
        OutboundClient(provider).own_connection().token()


def test_a_provider_comes_from_the_settings() -> None:
    written = {"issuer": "https://a.example", "client_id": "me", "client_secret": "sesame"}
    with override_settings(OAUTHFLOWS={"OUTBOUND": {"calendar": written}}):
        assert OutboundClient("calendar").provider == Provider(name="calendar", **written)
        with pytest.raises(ImproperlyConfigured, match="'mail'"):
            OutboundClient("mail")
    with (
        override_settings(OAUTHFLOWS={"OUTBOUND": {"calendar": {**written, "isuer": ""}}}),
        pytest.raises(ImproperlyConfigured, match="isuer"),
    ):
        OutboundClient("calendar")
