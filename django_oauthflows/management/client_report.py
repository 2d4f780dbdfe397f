"""The lines that `oauthflows_register_client` prints about the client it registered."""

import shlex
from collections.abc import Iterator
from typing import Any

from django.urls import NoReverseMatch

from django_oauthflows import dot
from django_oauthflows.clients import presets
from django_oauthflows.clients.programs.base import KnownProgram
from django_oauthflows.clients.programs.configuration import issuer_without_host
from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.clients.registration_text import (
    NO_ISSUER,
    audience_for,
    audience_in_words,
    configuration_for,
    lines_for_an_api,
    program_of,
    should_switch_on_pkce,
)
from django_oauthflows.core.text import for_terminal
from django_oauthflows.flows import catalogue
from django_oauthflows.issuer import configured_issuer, path_of
from django_oauthflows.rules.pkce_switches import SWITCHES
from django_oauthflows.rules.requests import AuthMethod

PKCE = "Switch on PKCE (S256) at the client's side."
KEEP_SECRET = "Keep the secret now: it is not stored and not shown again."
#: The next step, by what the client begins with.
_NEXT_OF_CODE = "Next: put these into the client, and open it in a browser to sign in."
_NEXT_OF_DEVICE = "Next: put these into the device; it asks for a code, and shows it to the person."
_NEXT_OF_SERVICE = "Next: get a token:"
_NEXT_OF_KEY = (
    "Next: have it sign an assertion with its key (RFC 7523), and send it to the token endpoint."
)
_NEXT_OF_API = "Next: put these into the API, and have it ask about each token it is called with."


def credentials_of(registered: RegisteredClient) -> Iterator[str]:
    """Yield what the client is known by, and how it proves that it is the one."""
    yield f"client_id:     {for_terminal(registered.client_id)}"
    if registered.client_secret:
        yield f"client_secret: {registered.client_secret}"
        yield KEEP_SECRET
    elif registered.policy.authentication_method == AuthMethod.PRIVATE_KEY_JWT:
        yield "It has no secret: it signs with its own key."
    else:
        proof = " and uses PKCE" if registered.redirect_uris else ""
        yield f"This is a public client: it has no secret{proof}."
    if not registered.policy.program:
        yield f"audience:      {for_terminal(audience_in_words(audience_for(registered)))}"
    if should_switch_on_pkce(registered):
        yield f"{PKCE} In known programs:"
        yield from (f"  {program}: {setting}" for program, setting in SWITCHES)


def surroundings_of(registered: RegisteredClient) -> Iterator[str]:
    """Yield the issuer, the endpoints that the client needs, and the next step."""
    program = program_of(registered)
    if program is not None:
        yield from _configuration(registered, program)
        return
    found = endpoints_of(registered)
    if found:
        yield f"issuer:        {for_terminal(configured_issuer() or issuer_without_host())}"
    if presets.BY_SLUG[registered.preset].is_resource_server:
        yield from map(for_terminal, lines_for_an_api(registered))
    else:
        yield from (f"{name + ':':<14} {for_terminal(url)}" for name, url in found.items())
        if found and not configured_issuer():
            yield NO_ISSUER
    yield from map(for_terminal, _next_step(registered, found))


def endpoints_of(registered: RegisteredClient) -> dict[str, str]:
    """Return the URLs that a client of its flows needs, by their names in the metadata (RFC 8414 §2).

    Empty where the endpoints are not in the project's URLs.
    """
    flows = [catalogue.BY_SLUG[slug] for slug in registered.policy.flows]
    names = {
        "authorization": any(flow.response_types for flow in flows),
        "device": any(flow.slug == "device-code" for flow in flows),
        "token": any(flow.grant_type for flow in flows),
        "userinfo": dot.is_openid_provider()
        and "openid" in registered.scopes
        and any(flow.has_person for flow in flows),
        "introspection": presets.BY_SLUG[registered.preset].is_resource_server,
    }
    urls = {
        "authorization": "authorize",
        "device": "device-authorization",
        "introspection": "introspect",
    }
    host = "/".join((configured_issuer() or issuer_without_host()).split("/")[:3])
    try:
        return {
            name: host + path_of(urls.get(name, name))
            for name, is_needed in names.items()
            if is_needed
        }
    except NoReverseMatch:
        return {}


def members_of(registered: RegisteredClient) -> dict[str, Any]:
    """Return the same as one JSON object has it."""
    program = program_of(registered)
    configuration = (
        {} if program is None else {"configuration": configuration_for(registered, program)}
    )
    return {
        "client_id": registered.client_id,
        "client_secret": registered.client_secret,
        "redirect_uris": list(registered.redirect_uris),
        "scopes": list(registered.scopes),
        "default_scopes": list(registered.policy.default_scopes),
        "preset": registered.preset,
        "profile": registered.profile,
        "audience": list(audience_for(registered).names),
        "issuer": configured_issuer(),
        "endpoints": endpoints_of(registered) if configured_issuer() else {},
        **configuration,
    }


def _configuration(registered: RegisteredClient, program: KnownProgram) -> Iterator[str]:
    if program.note:
        yield f"\n{program.note}"
    text = configuration_for(registered, program)
    if not text:
        yield f"\nIts configuration: {program.documentation}"
        return
    if not configured_issuer():
        yield f"\n{NO_ISSUER}"
    yield f"\n{program.file_name}:\n"
    yield text


def _next_step(registered: RegisteredClient, endpoints: dict[str, str]) -> list[str]:
    """Return what can be done now: what needs another step first is not named."""
    if not endpoints:
        return ['Next: add path("", include("django_oauthflows.urls")) to the URLs of the site.']
    if "introspection" in endpoints:
        return [_NEXT_OF_API]
    if "authorization" in endpoints:
        return [_NEXT_OF_CODE]
    if "device" in endpoints:
        return [_NEXT_OF_DEVICE]
    if not registered.client_secret:
        return [_NEXT_OF_KEY]
    if "client-credentials" not in registered.policy.flows:
        return []
    return [_NEXT_OF_SERVICE, "  " + shlex.join(_curl(registered, endpoints["token"]))]


def _curl(registered: RegisteredClient, url: str) -> Iterator[str]:
    """Yield the words of a token request (RFC 6749 §4.4.2); a client without default scopes names one."""
    yield from ("curl", "-u", f"{registered.client_id}:{registered.client_secret}")
    yield from ("-d", "grant_type=client_credentials")
    if not registered.policy.default_scopes:
        yield from ("-d", f"scope={registered.scopes[0]}")
    yield url
