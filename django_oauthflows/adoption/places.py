"""URLs of a project that lead to django-oauth-toolkit's views, and receivers of its signal."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from django_oauthflows import dot
from django_oauthflows.adoption.findings import Finding, Level
from django_oauthflows.conf import conf
from django_oauthflows.core.url_patterns import url_patterns

_URLS = "ROOT_URLCONF"


def of_urls() -> Iterator[Finding]:
    """Yield where the endpoints stand today, and the project's own views that are derived from them."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return
    yield from _prefix()
    yield from _issuer()
    for path, pattern in url_patterns():
        own, theirs = dot.view_of_dot(pattern.callback)
        if own and not dot.is_written_by_dot(own):
            yield Finding(
                level=Level.ERROR,
                where=f"{_URLS}: {path}",
                sentence=f"{own} is derived from {theirs} of django-oauth-toolkit. It goes on working where "
                "its URL comes first, by that package's rules and without those of django_oauthflows.",
                remedy="Remove the URL, and see which setting or policy does the same "
                "(docs/how-to/migrate-from-dot.md).",
            )


def _prefix() -> Iterator[Finding]:
    """Clients have the addresses of the endpoints in their settings: these must not move."""
    try:
        token = reverse("oauth2_provider:token")
    except NoReverseMatch:
        yield Finding(
            level=Level.ERROR,
            where=_URLS,
            sentence="No URL is called oauth2_provider:token, so nobody can say where the endpoints stand.",
            remedy='Include django_oauthflows.urls at the root: path("", include("django_oauthflows.urls")).',
        )
        return
    prefix = token.strip("/").removesuffix("token").strip("/")
    wanted = f"{prefix}/" if prefix else ""
    if wanted != conf.URL_PREFIX:
        yield Finding(
            level=Level.ERROR,
            where=_URLS,
            sentence=f"The endpoints stand below /{wanted}, and would stand below /{conf.URL_PREFIX}.",
            remedy=f'Write OAUTHFLOWS = {{"URL_PREFIX": "{wanted}"}}.',
        )


def _issuer() -> Iterator[Finding]:
    """An ID token's `iss` is what relying parties compare (OpenID Connect Core §3.1.3.7)."""
    issuer = str(dot.setting("OIDC_ISS_ENDPOINT") or "").rstrip("/")
    if issuer and issuer != conf.ISSUER and not conf.ISSUER:
        yield Finding(
            level=Level.NOTE,
            where="OAUTH2_PROVIDER['OIDC_ISS_ENDPOINT']",
            sentence=f"The issuer stays {issuer}.",
            remedy=f'OAUTHFLOWS = {{"ISSUER": "{issuer}"}} says the same.',
        )
    elif issuer and issuer != conf.ISSUER:
        yield Finding(
            level=Level.ERROR,
            where="OAUTHFLOWS['ISSUER']",
            sentence=f"The issuer changes from {issuer} to {conf.ISSUER}: relying parties refuse its ID "
            "tokens (OpenID Connect Core §3.1.3.7).",
            remedy=f'Write "ISSUER": "{issuer}".',
        )
    elif dot.is_switched_on("OIDC_ENABLED") and not urlsplit(conf.ISSUER).netloc:
        yield Finding(
            level=Level.WARNING,
            where="OAUTHFLOWS['ISSUER']",
            sentence="No setting names an issuer: ID tokens name the host of each request, as before.",
            remedy='Write OAUTHFLOWS = {"ISSUER": "https://…"}, as the ID tokens of today have it.',
        )


def of_receivers() -> Iterator[Finding]:
    """Yield the receivers of `app_authorized`, which go on being called."""
    for receiver in dot.receivers_of_app_authorized():
        yield Finding(
            level=Level.NOTE,
            where=receiver,
            sentence="It receives the signal app_authorized and goes on being called, after the tokens were "
            "saved.",
        )
