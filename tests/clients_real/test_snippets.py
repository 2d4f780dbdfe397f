"""The snippets of the admin, run as they are shown: each of them gets a token that opens the API."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from django_oauthflows.clients.presets import BY_SLUG
from django_oauthflows.clients.snippets.base import Server
from django_oauthflows.clients.snippets.catalogue import LANGUAGES, snippets_for
from django_oauthflows.rules.requests import AuthMethod, ClientFacts
from tests.browsing import Person
from tests.clients_real.conftest import REDIRECT_URI
from tests.clients_real.libraries import Demo
from tests.marks import spec
from tests.rules.facts import client
from tests.servers import run
from tests.snippets import run_snippet

pytestmark = pytest.mark.real_client

#: A kind of client, what is registered beside that, and the key it signs with.
CASES: dict[str, tuple[str, dict[str, Any], str]] = {
    "web-app": ("web-app", {}, ""),
    "web-app-by-post": ("web-app", {"authentication_method": "client_secret_post"}, ""),
    "web-app-by-key": ("web-app", {"authentication_method": "private_key_jwt"}, "ES256"),
    "single-page-app": ("single-page-app", {}, ""),
    "native-app": ("native-app", {}, ""),
    "ai-agent": ("ai-agent", {}, ""),
    "service": ("service", {}, ""),
    "service-by-signed-secret": ("service", {"authentication_method": "client_secret_jwt"}, ""),
    "service-account-ES256": ("service-account", {}, "ES256"),
    "service-account-ES384": ("service-account", {}, "ES384"),
    "service-account-RS256": ("service-account", {}, "RS256"),
    "service-account-PS256": ("service-account", {}, "PS256"),
    "service-account-EdDSA": ("service-account", {}, "EdDSA"),
    "legacy-app": ("legacy-app", {}, ""),
    "device": ("device", {}, ""),
}


@dataclass(frozen=True, kw_only=True)
class Registered:
    """A client of the running demo, with what its programs read from the environment."""

    facts: ClientFacts
    variables: dict[str, str]


def new_key(alg: str) -> Key:
    parameters = {"kid": "a key", "alg": alg, "use": "sig"}
    if alg.startswith("ES"):
        curve = {"ES256": "P-256", "ES384": "P-384"}[alg]
        return ECKey.generate_key(curve, parameters)
    if alg == "EdDSA":
        return OKPKey.generate_key("Ed25519", parameters)
    return RSAKey.generate_key(2048, parameters)


def manage(demo: Demo, *arguments: str) -> str:
    """What a command of the demo prints."""
    return run([sys.executable, "example_project/manage.py", *arguments], demo.environment)


#: One process for all of them, since starting it takes longer than registering.
REGISTER = """
from django.core.management import call_command
for options in {!r}:
    call_command("oauthflows_register_client", *options)
"""


@pytest.fixture(scope="session")
def clients(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Registered]:
    """A client for each case."""
    folders = {name: tmp_path_factory.mktemp(name) for name in CASES}
    options = [options_for(name, folder) for name, folder in folders.items()]
    printed = manage(demo, "shell", "--no-imports", "-c", REGISTER.format(options))
    made = map(json.loads, printed.splitlines())
    return {
        name: registered(name, members, folder)
        for (name, folder), members in zip(folders.items(), made, strict=True)
    }


def options_for(name: str, folder: Path) -> list[str]:
    preset, changes, alg = CASES[name]
    options = [f"--preset={preset}", f"--name={name}", "--scope=notes:read", "--json"]
    if BY_SLUG[preset].needs_redirect_uri:
        options.append(f"--redirect-uri={REDIRECT_URI}")
    if changes:
        options.append(f"--authentication-method={changes['authentication_method']}")
    if method_of(name) == AuthMethod.SECRET_JWT:
        options.append("--keep-secret-readable")
    if alg:
        keep_key(alg, folder)
        options.append(f"--jwks={folder / 'keys.json'}")
    return options


def method_of(name: str) -> AuthMethod:
    preset, changes, _ = CASES[name]
    return AuthMethod(changes.get("authentication_method", BY_SLUG[preset].authentication_method))


def registered(name: str, made: dict[str, Any], folder: Path) -> Registered:
    preset, _, alg = CASES[name]
    kind = BY_SLUG[preset]
    return Registered(
        facts=client(
            client_id=made["client_id"],
            preset=preset,
            profile=made["profile"],
            is_confidential=kind.is_confidential,
            flows=frozenset(kind.flows),
            scopes=frozenset(made["scopes"]),
            redirect_uris=tuple(made["redirect_uris"]),
            authentication_method=method_of(name),
            jwks=json.loads((folder / "keys.json").read_text()) if alg else None,
        ),
        variables={
            "CLIENT_SECRET": made["client_secret"],
            "PRIVATE_KEY_FILE": str(folder / "private-key.pem"),
            "LOGIN_NAME": "ada",
            "LOGIN_PASSWORD": "demo-ada-2026",
        },
    )


def keep_key(alg: str, folder: Path) -> None:
    key = new_key(alg)
    (folder / "private-key.pem").write_bytes(key.as_pem(private=True))
    (folder / "keys.json").write_text(json.dumps({"keys": [key.as_dict(private=False)]}))


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where the programs stand; with npm's packages for those that need some."""
    if request.node.callspec.params["language"] == "openid-client":
        installed = request.getfixturevalue("openid_client")
        (tmp_path / "node_modules").symlink_to((installed / "node_modules").resolve())
    return tmp_path


def server_of(demo: Demo) -> Server:
    return Server(
        issuer=demo.issuer,
        authorize_url=f"{demo.issuer}/authorize/",
        token_url=f"{demo.issuer}/token/",
        device_url=f"{demo.issuer}/device-authorization/",
        resource=demo.url,
    )


@spec(
    "RFC 6749 §4.1", "RFC 6749 §4.4", "RFC 7523 §2.1", "RFC 7523 §2.2", "RFC 8628 §3", "RFC 8707 §2"
)
@pytest.mark.parametrize("language", [language.slug for language in LANGUAGES])
@pytest.mark.parametrize("name", CASES)
def test_a_copied_program_gets_a_token(
    name: str,
    language: str,
    demo: Demo,
    clients: dict[str, Registered],
    folder: Path,
    person: Person,
) -> None:
    registered = clients[name]

    def answer(address: str) -> str | None:
        if address.startswith(f"{demo.issuer}/device/"):
            assert "Your device is connected" in person.pair(address)
            return None
        return person.allow(address, REDIRECT_URI)

    ways = snippets_for(registered.facts, server_of(demo))
    assert ways
    for way in ways:
        (snippet,) = (one for one in way.snippets if one.language.slug == language)
        token = run_snippet(
            snippet.language.file_name,
            snippet.text,
            folder=folder,
            variables=registered.variables,
            answer=answer,
        )
        called = requests.get(
            f"{demo.url}/api/notes/", headers={"Authorization": f"Bearer {token}"}, timeout=30
        )
        # The demo's API is for people: one that acts for itself is known there, and has no notes.
        assert called.status_code == (200 if way.flow not in OWN else 403), called.text


OWN = {"client-credentials", "jwt-bearer"}
