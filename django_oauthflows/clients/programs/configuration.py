"""The configuration of a known program, filled in and ready to paste."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from django_oauthflows.clients.programs.base import KnownProgram
from django_oauthflows.issuer import path_of, path_of_site, path_within_site

#: What ends no text in any of the formats.
_PLAIN = re.compile(r"[A-Za-z0-9 ._~:/?&=%+@,\[\]-]*\Z")
#: What needs no quotes, in a shell neither. Ids that were chosen by hand may hold more.
_WORD = re.compile(r"[A-Za-z0-9._~:/=%+@,-]*\Z")
#: Stands where the secret belongs, on pages that do not know it.
NO_SECRET = "SECRET"
#: Stands where the host of this site belongs, where nobody told it.
NO_HOST = "YOUR-SITE"
_ENDPOINTS = ("authorize", "token", "userinfo", "jwks", "logout")


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
    origin = f"{parts.scheme}://{parts.netloc}"
    values = _values(
        program,
        issuer,
        {f"{name}_url": origin + path_of(name) for name in _ENDPOINTS},
        client_id=client_id,
        client_secret=client_secret or NO_SECRET,
        redirect_uris=redirect_uris,
        scopes=scopes,
    )
    words = (values["client_id"], values["client_secret"])
    if not all(map(_PLAIN.match, values.values())) or not all(map(_WORD.match, words)):
        return ""
    return render_to_string(program.template, values)


def issuer_without_host() -> str:
    """Return the issuer as it stands in a configuration where the project named none."""
    return f"https://{NO_HOST}{path_of_site()}{path_within_site()}"


def registration_of(
    program: KnownProgram, *, name: str, address: str, scopes: Sequence[str]
) -> dict[str, Any]:
    """Return the arguments of `register_client` for a program whose configuration can be written.

    Its secret is shown once, together with that configuration: what fails has to fail before the client is
    there. Raises `ValidationError`, keyed by field.
    """
    arguments = program.registration(name=name, address=address, scopes=scopes)
    try:
        configuration_of(
            program,
            issuer_without_host(),
            client_id="CLIENT_ID",
            redirect_uris=arguments["redirect_uris"],
            scopes=scopes,
        )
    except Exception as error:  # noqa: BLE001 - a template of the project may do anything
        said = _("Its configuration cannot be written: %(error)s") % {"error": error}
        raise ValidationError({"program": said}) from None
    return arguments


def template_fault(program: KnownProgram) -> str:
    """Return what hinders its template from being filled in; empty where nothing does."""
    issuer = f"https://{NO_HOST}"
    values = _values(
        program,
        issuer,
        {f"{name}_url": issuer for name in _ENDPOINTS},
        client_id="CLIENT_ID",
        client_secret=NO_SECRET,
        redirect_uris=(),
        scopes=program.scopes,
    )
    try:
        render_to_string(program.template, values)
    except Exception as error:  # noqa: BLE001 - a template of the project may do anything
        return f"{type(error).__name__}: {error}"
    return ""


def _values(
    program: KnownProgram,
    issuer: str,
    urls: Mapping[str, str],
    *,
    client_id: str,
    client_secret: str,
    redirect_uris: Sequence[str],
    scopes: Collection[str],
) -> dict[str, str]:
    parts = urlsplit(issuer)
    return {
        **urls,
        "issuer": issuer,
        # Stands on the button that people press there: "Sign in with id.example.com".
        "site": NO_HOST if parts.netloc == NO_HOST else parts.hostname or "",
        "client_id": client_id,
        "client_secret": client_secret,
        "address": program.address_of(redirect_uris),
        "redirect_uri": redirect_uris[0] if redirect_uris else "",
        "scope": " ".join(sorted(scopes, key=_openid_first)),
        "scopes_beside_openid": ",".join(sorted(set(scopes) - {"openid"})),
    }


def _openid_first(scope: str) -> tuple[bool, str]:
    return scope != "openid", scope
