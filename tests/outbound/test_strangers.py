"""Against oidc-provider, a server that nobody here wrote."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import requests

from django_oauthflows.outbound.client import OutboundClient
from django_oauthflows.outbound.discovery import endpoint, metadata_of
from django_oauthflows.outbound.errors import SignInNeeded
from django_oauthflows.outbound.provider import Provider
from tests.browsing import Person, forms
from tests.clients_real.conftest import REDIRECT_URI, installed
from tests.marks import spec
from tests.outbound.conftest import Opened, run_out
from tests.servers import free_port, serving

HERE = Path(__file__).parent / "oidc_provider"

pytestmark = [pytest.mark.real_client, pytest.mark.django_db]


@dataclass(frozen=True, kw_only=True)
class Stranger:
    web: OutboundClient
    service: OutboundClient


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        pytest.skip("oidc-provider needs node and npm")
    folder, port = tmp_path_factory.mktemp("oidc_provider"), free_port()
    shutil.copy(HERE / "server.mjs", folder)
    (folder / "node_modules").symlink_to(installed(HERE / "package.json") / "node_modules")
    choices = json.dumps({"port": port, "redirectUri": REDIRECT_URI})
    command = [node, str(folder / "server.mjs"), choices]
    with serving(command, os.environ, port, folder / "log"):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def stranger(issuer: str) -> Stranger:
    web = Provider(
        name="stranger",
        issuer=issuer,
        client_id="web",
        client_secret="a secret of the web client that is long enough",
        authentication_method="client_secret_post",
        scope="openid offline_access",
    )
    service = Provider(
        name="stranger-service",
        issuer=issuer,
        client_id="service",
        client_secret="a-secret-of-the-service-that-is-long-enough",
        scope="api:read",
    )
    return Stranger(web=OutboundClient(web), service=OutboundClient(service))


def agree(person: Person, url: str, *, until: str = "") -> requests.Response:
    """Press what its pages offer until there is no more to press, or the way back is reached."""
    page = person.open(url, until=until)
    while not page.is_redirect and (offered := forms(page)):
        named = [("login", "ada"), ("password", "any")] if offered[0].asks_for("login") else []
        page = person.press(page, offered[0], *named, until=until)
    return page


@pytest.fixture
def person() -> Iterator[Person]:
    person = Person(username="ada", password="any")
    yield person
    person.browser.close()


@spec("RFC 6749 §4.4", "RFC 8414 §3")
def test_client_credentials(stranger: Stranger) -> None:
    connection = stranger.service.own_connection()

    token = connection.token()

    assert token.scope == "api:read"
    assert connection.token() == token
    introspected = requests.post(
        endpoint(stranger.service.provider, "introspection_endpoint"),
        {"token": token.access_token},
        auth=("service", stranger.service.provider.client_secret),
        timeout=30,
    )
    assert introspected.json()["active"] is True
    connection.disconnect()
    assert connection.token().access_token != token.access_token


@spec("RFC 6749 §4.1", "RFC 7636 §4", "RFC 9207 §2.4", "RFC 6749 §6", "RFC 7009 §2")
def test_code_with_pkce_refresh_and_sign_out(
    stranger: Stranger, person: Person, opened: Opened
) -> None:
    client = stranger.web
    assert metadata_of(client.provider)["authorization_response_iss_parameter_supported"] is True
    started = client.start(redirect_uri=REDIRECT_URI, prompt="consent")
    callback = agree(person, started.url, until=REDIRECT_URI).headers["Location"]
    connection = client.finish(callback, started.pending, key="ada")
    userinfo = endpoint(client.provider, "userinfo_endpoint")
    session = opened(connection.session())
    assert session.get(userinfo).json()["sub"] == "ada"

    # Its time is over.
    first = connection.token()
    run_out(connection)
    assert session.get(userinfo).status_code == 200
    second = connection.token()
    assert second.access_token != first.access_token
    assert second.refresh_token != first.refresh_token

    # It is refused before its time.
    connection.keep(replace(second, access_token="nobody-knows-this-one"))
    answer = session.get(userinfo)
    assert answer.status_code == 200
    assert [before.status_code for before in answer.history] == [401]

    # It is given back.
    last = connection.token()
    connection.disconnect()
    connection.keep(last)
    with pytest.raises(SignInNeeded):
        session.get(userinfo)
    assert connection.stored() is None


@spec("RFC 8628 §3.1", "RFC 8628 §3.5")
def test_a_device_is_paired(stranger: Stranger, person: Person, opened: Opened) -> None:
    device = stranger.web.start_device("openid")
    pauses: list[float] = []

    def pair(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:  # the first question is too early
            agree(person, device.verification_uri_complete)

    connection = stranger.web.finish_device(device, key="television", sleep=pair)

    assert pauses == [5, 5]
    userinfo = endpoint(stranger.web.provider, "userinfo_endpoint")
    assert opened(connection.session()).get(userinfo).json()["sub"] == "ada"
