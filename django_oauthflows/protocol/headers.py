"""The headers every answer carries (RFC 6749 §5.1, RFC 9700 §4.2.4 and §4.16)."""

import re
from collections.abc import Collection, Mapping

from django.conf import settings
from django.http import HttpResponse

from django_oauthflows.core import hosts

#: A scheme of an app's own (RFC 3986 §3.1).
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")


def no_store(response: HttpResponse) -> HttpResponse:
    """Nothing between the server and the client may keep the answer (RFC 6749 §5.1)."""
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response


def challenge(members: Mapping[str, str], *, basic_was_tried: bool = False) -> str:
    """Return the value of `WWW-Authenticate` for a 401 (RFC 9110 §15.5.2).

    `Basic` stands only where the client tried it (RFC 6749 §5.2): a browser that meets it asks its user for a
    password. No browser asks for `Bearer`. `members` say why the request was refused.
    """
    if basic_was_tried:
        return 'Basic realm="oauth", charset="UTF-8"'
    told = {"realm": "oauth", **members}
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in told.items())


def page(
    response: HttpResponse,
    *,
    leads_to: str = "",
    images_from: Collection[str] = (),
    runs_our_scripts: bool = False,
    frames_from: Collection[str] = (),
    forms_lead_anywhere: bool = False,
) -> HttpResponse:
    """Headers of a page: kept by nobody, framed by nobody, running nothing.

    `leads_to` is the redirect URI a form on the page may end at, `images_from` the logos of clients. The one
    page that does run something takes it from the site's static files, as its style. `frames_from` are the
    origins of pages that are shown within. A form that `forms_lead_anywhere` has no `form-action`.
    """
    no_store(response)
    response["X-Frame-Options"] = "DENY"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    static = _sources(settings.STATIC_URL or "")
    frames = _origins(*frames_from)
    response["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            *([f"script-src {static}"] if runs_our_scripts else []),
            *([f"frame-src {' '.join(frames)}"] if frames else []),
            f"style-src {static}",
            f"img-src {_sources(settings.STATIC_URL or '', *images_from)}",
            *([] if forms_lead_anywhere else [f"form-action {_form_action(leads_to)}"]),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )
    return response


def _form_action(leads_to: str) -> str:
    """Where a form may end up, redirects included.

    Browsers hold every redirect after a form against this list, those of the client's own site as well. Any
    https address is therefore let through; a client on a loopback address or with a scheme of its own is
    named.
    """
    if not leads_to:
        return "'self'"
    return " ".join(dict.fromkeys(("'self'", "https:", *_named(leads_to))))


def _named(uri: str) -> list[str]:
    """A redirect URI as a source: the origin of a plain http one, the scheme of an app's own."""
    found = _SCHEME.match(uri)
    if found is None:
        return []
    scheme = found[1].lower()
    return _origins(uri) if scheme == "http" else [f"{scheme}:"]


def _sources(*urls: str) -> str:
    return " ".join(dict.fromkeys(("'self'", *_origins(*urls))))


def _origins(*urls: str) -> list[str]:
    """The origins of URLs, each once. Anything else would end its directive, or begin another one."""
    return [origin for origin in dict.fromkeys(map(hosts.origin_of, urls)) if origin]
