"""What the templates of snippets are filled in with, quoted as each language wants it.

Ids, scopes and addresses may come from a client that registered itself. Each one is a quoted literal in the
program it goes into, so that none of them is ever a command.
"""

import json
import shlex
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from django_oauthflows.clients.snippets.base import Server
from django_oauthflows.clients.snippets.signing import Signing
from django_oauthflows.rules.requests import AuthMethod, ClientFacts

_PROOFS = {
    AuthMethod.ANY_SECRET: "basic",
    AuthMethod.BASIC: "basic",
    AuthMethod.POST: "post",
    AuthMethod.NONE: "nothing",
}


def proof_of(client: ClientFacts) -> str:
    """How it says who it is: `basic`, `post`, `nothing`, or the name of the method it signs by."""
    return _PROOFS.get(client.authentication_method, client.authentication_method.value)


def resource_of_choice(client: ClientFacts, server: Server) -> str:
    """The API a snippet asks a token for: one the client is held to, or this site's for an agent."""
    if client.allowed_resources:
        return min(client.allowed_resources)
    return server.resource if client.profile == "mcp" else ""


def values_for(
    language: str, flow: str, client: ClientFacts, server: Server, signing: Signing | None
) -> dict[str, Any]:
    """The context of a template: literals of its language, and what to write at all."""
    quoted = _QUOTING[language]
    resource = resource_of_choice(client, server)
    literals = {
        "issuer": server.issuer,
        "authorize_url": server.authorize_url,
        "token_url": server.token_url,
        "device_url": server.device_url,
        "client_id": client.client_id,
        "client_id_encoded": quote(client.client_id, safe=""),
        "redirect_uri": client.redirect_uris[0] if client.redirect_uris else "",
        "scope": " ".join(sorted(client.scopes)),
        "resource": resource,
        "kid": signing.kid if signing else "",
        "jwt_header": _header(signing),
        "jwt_claims": _claims(client, server),
        "authorization_request": _authorization_request(client, server, resource),
    }
    return {
        **{name: quoted(value) if value else "" for name, value in literals.items()},
        **_choices(flow, client, server, signing),
    }


def _choices(
    flow: str, client: ClientFacts, server: Server, signing: Signing | None
) -> dict[str, Any]:
    proves = proof_of(client)
    is_keyed = signing is not None and signing.is_by_key
    return {
        "proves": proves,
        # Authlib's own default: a secret in the Basic header.
        "method": client.authentication_method.value or AuthMethod.BASIC.value,
        "signs": signing is not None,
        "keyed": is_keyed,
        "alg": signing.alg if signing else "",
        "alg_family": signing.family if signing else "",
        "alg_bits": signing.bits if signing else "",
        "hex_digits": signing.hex_digits if signing else 0,
        "key_class": signing.key_class if signing else "",
        "reads_environment": proves != "nothing" or flow == "password",
        "takes_time": signing is not None or flow == "device-code",
        "is_plain_http": server.issuer.startswith("http://"),
    }


def _header(signing: Signing | None) -> str:
    if signing is None:
        return ""
    named = {"kid": signing.kid} if signing.kid else {}
    return json.dumps({"alg": signing.alg, **named, "typ": "JWT"})


def _claims(client: ClientFacts, server: Server) -> str:
    """A JSON object that is still open: what is new each time is written behind it."""
    who = {"iss": client.client_id, "sub": client.client_id, "aud": server.issuer}
    return json.dumps(who).removesuffix("}")


def _authorization_request(client: ClientFacts, server: Server, resource: str) -> str:
    if not client.redirect_uris:
        return ""
    parameters = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uris[0],
        "scope": " ".join(sorted(client.scopes)),
        **({"resource": resource} if resource else {}),
    }
    return f"{server.authorize_url}?{urlencode(parameters)}"


def _literal(value: str) -> str:
    """A string of Python or JavaScript: JSON's is one of both."""
    return json.dumps(value, ensure_ascii=False)


_QUOTING: dict[str, Callable[[str], str]] = {
    "curl": shlex.quote,
    "authlib": _literal,
    "openid-client": _literal,
}
