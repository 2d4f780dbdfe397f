"""The configuration of a known program, filled in and ready to paste."""

import re
from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

from django.template.loader import render_to_string

from django_oauthflows.clients.programs.base import KnownProgram
from django_oauthflows.issuer import path_of

#: What ends no text in any of the formats. Ids that were chosen by hand may hold more.
_PLAIN = re.compile(r"[A-Za-z0-9 ._~:/?&=%+@,\[\]-]*\Z")
#: Stands where the secret belongs, on pages that do not know it.
NO_SECRET = "SECRET"


def configuration_of(
    program: KnownProgram,
    issuer: str,
    *,
    client_id: str,
    client_secret: str = "",
    redirect_uris: Sequence[str],
    scopes: Collection[str],
) -> str:
    """Return the text; empty where a value could not stand in it as it is."""
    parts = urlsplit(issuer)
    urls = {
        f"{name}_url": f"{parts.scheme}://{parts.netloc}{path_of(name)}"
        for name in ("authorize", "token", "userinfo", "jwks", "logout")
    }
    values = {
        **urls,
        "issuer": issuer,
        # Stands on the button that people press there: "Sign in with id.example.com".
        "site": parts.hostname or "",
        "client_id": client_id,
        "client_secret": client_secret or NO_SECRET,
        "address": program.address_of(redirect_uris),
        "redirect_uri": redirect_uris[0] if redirect_uris else "",
        "scope": " ".join(sorted(scopes, key=_openid_first)),
        "scopes_beside_openid": ",".join(sorted(set(scopes) - {"openid"})),
    }
    if not all(map(_PLAIN.match, values.values())):
        return ""
    return render_to_string(program.template, values)


def _openid_first(scope: str) -> tuple[bool, str]:
    return scope != "openid", scope
