"""The headers every answer carries (RFC 6749 §5.1, RFC 9700 §4.2.4 and §4.16)."""

from collections.abc import Collection
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse


def no_store(response: HttpResponse) -> HttpResponse:
    """Nothing between the server and the client may keep the answer (RFC 6749 §5.1)."""
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response


def page(
    response: HttpResponse,
    *,
    leads_to: str = "",
    images_from: Collection[str] = (),
    runs_our_scripts: bool = False,
    frames_from: Collection[str] = (),
) -> HttpResponse:
    """Headers of a page: kept by nobody, framed by nobody, running nothing.

    `leads_to` is the redirect URI a form on the page may end at, `images_from` the logos of clients. The one
    page that does run something takes it from the site's static files, as its style. `frames_from` are the
    origins of pages that are shown within.
    """
    no_store(response)
    response["X-Frame-Options"] = "DENY"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    static = _sources(settings.STATIC_URL or "")
    response["Content-Security-Policy"] = "; ".join(
        (
            "default-src 'none'",
            *([f"script-src {static}"] if runs_our_scripts else []),
            *([f"frame-src {' '.join(dict.fromkeys(frames_from))}"] if frames_from else []),
            f"style-src {static}",
            f"img-src {_sources(settings.STATIC_URL or '', *images_from)}",
            f"form-action {_form_action(leads_to)}",
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
    parts = urlsplit(leads_to)
    named = f"{parts.scheme}://{parts.netloc}" if parts.scheme == "http" else f"{parts.scheme}:"
    return " ".join(dict.fromkeys(("'self'", "https:", named)))


def _sources(*urls: str) -> str:
    origins = [
        f"{parts.scheme}://{parts.netloc}"
        for parts in map(urlsplit, urls)
        if parts.netloc and parts.scheme
    ]
    return " ".join(dict.fromkeys(("'self'", *origins)))
