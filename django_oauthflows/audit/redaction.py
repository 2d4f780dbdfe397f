"""What of a request may be written down: names of parameters, and the few values that are no secret."""

import re
from collections.abc import Mapping

#: Parameters whose values are public, or were shown to everyone already.
_PLAIN = frozenset(
    {
        "audience",
        "client_id",
        "code_challenge_method",
        "grant_type",
        "post_logout_redirect_uri",
        "prompt",
        "redirect_uri",
        "resource",
        "response_mode",
        "response_type",
        "scope",
        "token_type_hint",
    }
)
#: Parameters that keep their names only. A name in neither set may itself be part of a secret, which was sent
#: with an ampersand in it and not encoded: those are counted.
_NAMED = frozenset(
    {
        "access_token",
        "acr_values",
        "actor_token",
        "actor_token_type",
        "assertion",
        "claims",
        "claims_locales",
        "client_assertion",
        "client_assertion_type",
        "client_secret",
        "code",
        "code_challenge",
        "code_verifier",
        "device_code",
        "display",
        "id_token_hint",
        "login_hint",
        "logout_hint",
        "max_age",
        "nonce",
        "password",
        "refresh_token",
        "registration",
        "request",
        "request_uri",
        "requested_token_type",
        "state",
        "subject_token",
        "subject_token_type",
        "token",
        "ui_locales",
        "user_code",
        "username",
    }
)
#: Every parameter that an endpoint of this server reads.
KNOWN = _PLAIN | _NAMED
#: A user name or password within an address.
_USER_INFORMATION = re.compile(r"//[^/?#]*@")
_LONGEST = 500


def redacted(parameters: Mapping[str, str | tuple[str, ...]]) -> dict[str, str]:
    """The parameters as they may be kept: plain values cut to length, known names, a count of the rest."""
    kept = {}
    for name in parameters.keys() & KNOWN:
        value = parameters[name]
        text = value if isinstance(value, str) else " ".join(value)
        kept[name] = _plain(text) if name in _PLAIN else "(not recorded)"
    if unknown := len(parameters) - len(kept):
        kept["(unknown)"] = str(unknown)
    return dict(sorted(kept.items()))


def _plain(text: str) -> str:
    """Return the text as it may be kept, without the credentials in an address (RFC 3986 §3.2.1)."""
    return _USER_INFORMATION.sub("//(not recorded)@", text)[:_LONGEST]
