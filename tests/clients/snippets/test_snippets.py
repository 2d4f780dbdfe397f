"""Snippets: there are some for every kind of client, and nothing a client is called becomes a command."""

import ast
import shlex
import subprocess
from typing import Any

import pytest

from django_oauthflows.clients.presets import PRESETS, Preset
from django_oauthflows.clients.snippets.base import Server, Way
from django_oauthflows.clients.snippets.catalogue import LANGUAGES, TEMPLATES, snippets_for
from django_oauthflows.flows.base import Standing
from django_oauthflows.flows.catalogue import FLOWS
from django_oauthflows.rules.requests import AuthMethod, ClientFacts
from django_oauthflows.testing.assertions import client_key, key_set_of
from tests.marks import spec
from tests.rules.facts import CALLBACK, client

#: The kinds that get tokens.
BEGINNING = [preset for preset in PRESETS if preset.flows]
SERVER = Server(
    issuer="https://id.example/o",
    authorize_url="https://id.example/o/authorize/",
    token_url="https://id.example/o/token/",
    device_url="https://id.example/o/device-authorization/",
    resource="https://id.example",
)
#: What somebody who registers a client might hope for.
HOSTILE = "x'; touch /tmp/pwned; \"`$(id)` ${HOME} \\ \n{{ secret }} </pre><script>"


def of_kind(preset: Preset, **changes: Any) -> ClientFacts:
    """A client as its preset makes it."""
    return client(
        **{
            "preset": preset.slug,
            "profile": preset.profile,
            "is_confidential": preset.is_confidential,
            "flows": frozenset(preset.flows),
            "redirect_uris": (CALLBACK,) if preset.needs_redirect_uri else (),
            "authentication_method": preset.authentication_method,
            "jwks": key_set_of(client_key()) if preset.has_own_key else None,
            **changes,
        }
    )


def texts(ways: tuple[Way, ...], language: str) -> list[str]:
    return [
        snippet.text
        for way in ways
        for snippet in way.snippets
        if snippet.language.slug == language
    ]


@pytest.mark.parametrize("preset", BEGINNING, ids=lambda preset: preset.slug)
def test_every_kind_has_a_program_in_every_language(preset: Preset) -> None:
    ways = snippets_for(of_kind(preset), SERVER)
    assert ways[0].flow == next(slug for slug in preset.flows if slug in TEMPLATES)
    for way in ways:
        assert [snippet.language for snippet in way.snippets] == list(LANGUAGES)
        assert way.why
        for snippet in way.snippets:
            assert "a-client" in snippet.text
            assert "https://id.example/o" in snippet.text


def test_every_recommended_flow_that_begins_something_has_a_template() -> None:
    """A refresh and an exchange begin with a token that is there; without PKCE nobody should begin."""
    continued = {"refresh-token", "token-exchange", "authorization-code"}
    recommended = {flow.slug for flow in FLOWS if flow.standing is Standing.RECOMMENDED}
    assert recommended - continued <= TEMPLATES.keys()


@spec("RFC 8707 §2")
def test_an_agents_programs_name_the_server_in_both_requests() -> None:
    agent = next(preset for preset in PRESETS if preset.slug == "ai-agent")
    for resource, allowed in (
        ("https://id.example", frozenset[str]()),
        ("https://mcp.example/mcp", frozenset({"https://mcp.example/mcp"})),
    ):
        ways = snippets_for(of_kind(agent, allowed_resources=allowed), SERVER)
        (curl,) = texts(ways, "curl")
        assert curl.count("resource=") == 2
        for language in ("authlib", "openid-client"):
            (text,) = texts(ways, language)
            assert text.count(f'"{resource}"') == 2


@pytest.mark.parametrize("preset", BEGINNING, ids=lambda preset: preset.slug)
def test_nothing_is_said_of_http_where_the_server_has_https(preset: Preset) -> None:
    for text in texts(snippets_for(of_kind(preset), SERVER), "openid-client"):
        assert "allowInsecureRequests" not in text


@pytest.mark.parametrize(
    "method", [method for method in AuthMethod if method is not AuthMethod.NONE]
)
@pytest.mark.parametrize("preset", BEGINNING, ids=lambda preset: preset.slug)
def test_a_hostile_name_stays_a_value(preset: Preset, method: AuthMethod) -> None:
    """Whatever registered itself under whatever id, scopes and addresses: a program is no place for it."""
    hostile = of_kind(
        preset,
        is_confidential=True,
        authentication_method=method,
        client_id=HOSTILE,
        scopes=frozenset({HOSTILE}),
        redirect_uris=(HOSTILE,),
        allowed_resources=frozenset({HOSTILE}),
        jwks=_with_a_hostile_kid(),
    )
    ways = snippets_for(hostile, SERVER)
    for text in texts(ways, "authlib"):
        said = {node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)}
        assert HOSTILE in said
        assert not any(isinstance(node, ast.JoinedStr) for node in ast.walk(ast.parse(text)))
    for text in texts(ways, "curl"):
        subprocess.run(["bash", "-n"], input=text, text=True, check=True)
        lines = shlex.split(text, comments=True)
        assert "touch" not in lines
        assert "scope=" + HOSTILE in lines or "redirect_uri=" + HOSTILE in lines


def _with_a_hostile_kid() -> dict[str, Any]:
    keys = key_set_of(client_key())
    return {"keys": [{**keys["keys"][0], "kid": HOSTILE, "alg": 'ES256"; evil'}]}


def test_a_client_without_an_address_to_return_to_is_shown_no_code_flow() -> None:
    web = next(preset for preset in PRESETS if preset.slug == "web-app")
    assert snippets_for(of_kind(web, redirect_uris=()), SERVER) == ()


@pytest.mark.parametrize("preset", BEGINNING, ids=lambda preset: preset.slug)
def test_no_program_holds_a_secret_and_each_says_where_it_reads_it(preset: Preset) -> None:
    for way in snippets_for(of_kind(preset), SERVER):
        for snippet in way.snippets:
            reads = "CLIENT_SECRET" in snippet.text
            assert reads == (way.reads_secret and not preset.has_own_key)
