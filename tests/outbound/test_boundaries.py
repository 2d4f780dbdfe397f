"""A provider leads nowhere else, is not waited for without end, and gets no settings of others."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from django_oauthflows.core import clock
from django_oauthflows.outbound.client import PENDING_SECONDS, OutboundClient
from django_oauthflows.outbound.discovery import endpoint, metadata_of
from django_oauthflows.outbound.errors import OutboundError, ProviderUnreachable, UnexpectedAnswer
from django_oauthflows.outbound.provider import Provider
from tests.marks import spec
from tests.outbound.conftest import Opened, signed_in
from tests.outbound.scripted import Scripted, scripted_provider

CALLBACK = "https://app.example/callback"
PLACE = "/.well-known/oauth-authorization-server"


# Discovery ----------------------------------------------------------------------------------------


@spec("RFC 8414 §3.1")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_discovery_follows_no_redirect_to_another_host(
    script: Scripted, provider: Provider, status: int
) -> None:
    with scripted_provider() as other:
        other.documents[PLACE] = script.metadata(token_endpoint=f"{other.url}/token")
        script.redirects[PLACE] = (status, f"{other.url}{PLACE}")
        with pytest.raises(ProviderUnreachable):
            metadata_of(provider)
        assert other.gotten == []


@spec("RFC 8414 §3.1")
def test_another_name_or_scheme_of_the_same_machine_is_another_host(
    script: Scripted, provider: Provider
) -> None:
    for elsewhere in (
        script.url.replace("127.0.0.1", "localhost"),
        script.url.replace("http:", "https:"),
        "//localhost",
        "file:///etc",
    ):
        script.redirects[PLACE] = (302, elsewhere + PLACE)
        with pytest.raises(ProviderUnreachable):
            metadata_of(provider)


@spec("RFC 8414 §3.1")
def test_discovery_follows_a_few_redirects_of_the_host_itself(
    script: Scripted, provider: Provider
) -> None:
    script.documents["/moved"] = script.metadata()
    script.redirects[PLACE] = (302, "/on")
    script.redirects["/on"] = (302, f"{script.url}/moved")
    assert metadata_of(provider)["issuer"] == script.url


@spec("RFC 8414 §3.1", "RFC 9110 §10.2.2")
@pytest.mark.parametrize("place", ["https://[", "//[", "http://[::1", "http://[x]/", "http://a]b/"])
def test_discovery_follows_no_redirect_to_what_is_no_address(
    script: Scripted, provider: Provider, place: str
) -> None:
    script.redirects[PLACE] = (302, place)
    with pytest.raises(ProviderUnreachable):
        metadata_of(provider)


@spec("RFC 8414 §2")
@pytest.mark.parametrize(
    "address", ["https://[", "http://[::1/token", "//[/token", "https:///token"]
)
def test_an_endpoint_that_is_no_address_gets_no_secret(
    script: Scripted, provider: Provider, address: str
) -> None:
    script.documents[PLACE] = script.metadata(token_endpoint=address)
    with pytest.raises(OutboundError):
        endpoint(provider, "token_endpoint")


@spec("RFC 8414 §3.1")
def test_discovery_does_not_run_in_a_circle(script: Scripted, provider: Provider) -> None:
    script.redirects[PLACE] = (302, PLACE)
    with pytest.raises(ProviderUnreachable):
        metadata_of(provider)
    assert len(script.gotten) < 8


# Sign-ins that wait -------------------------------------------------------------------------------


@spec("RFC 6749 §10.12")
@pytest.mark.django_db
def test_a_sign_in_that_nobody_finished_ends(provider: Provider, script: Scripted) -> None:
    client = OutboundClient(provider)
    started = client.start(redirect_uri=CALLBACK)
    callback = f"{CALLBACK}?code=c&state={started.state}"
    with clock.ahead(timedelta(seconds=PENDING_SECONDS + 2)):
        with pytest.raises(UnexpectedAnswer, match="long ago"):
            client.finish(callback, started.pending, key="ada")
        assert script.grants() == []
    with clock.ahead(timedelta(seconds=PENDING_SECONDS - 10)):
        assert client.finish(callback, started.pending, key="ada").stored() is not None


@spec("RFC 6749 §10.12")
@pytest.mark.parametrize("started_at", ["", "never", "-1", "99999999999999"])
def test_a_sign_in_of_no_known_time_has_ended(provider: Provider, started_at: str) -> None:
    client = OutboundClient(provider)
    started = client.start(redirect_uri=CALLBACK)
    pending = {**started.pending, "started": started_at}
    with pytest.raises(UnexpectedAnswer):
        client.finish(f"{CALLBACK}?code=c&state={started.state}", pending, key="ada")


# The environment ----------------------------------------------------------------------------------


@pytest.fixture
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A proxy that is not there, and a password for the provider's host that is somebody else's."""
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login admin password hunter2\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.django_db
@pytest.mark.usefixtures("surroundings")
def test_proxies_and_netrc_of_the_environment_are_not_used(
    provider: Provider, script: Scripted, opened: Opened
) -> None:
    connection = signed_in(OutboundClient(provider))
    session = opened(connection.session())
    assert session.get(f"{script.url}/api").status_code == 200
    connection.disconnect()
    assert [path for path, _ in script.asked] == ["/token", "/revoke"]
    assert [authorization for _, authorization in script.gotten if "Basic" in authorization] == []


@pytest.mark.usefixtures("surroundings")
def test_a_project_may_ask_for_its_environment(provider: Provider) -> None:
    with pytest.raises(ProviderUnreachable):
        metadata_of(replace(provider, uses_environment=True))
