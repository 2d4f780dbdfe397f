"""Mistakes in installing the app, with the line that puts them right."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from django.conf import global_settings, settings
from django.core.checks import CheckMessage, Error, Warning
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse
from django.utils import translation
from django.utils.module_loading import import_string

from django_oauthflows import dot
from django_oauthflows.audit.references import PLACES
from django_oauthflows.clients import trusted_issuers
from django_oauthflows.clients.profiles import BY_SLUG
from django_oauthflows.conf import NAMES, conf, project_settings
from django_oauthflows.core.url_patterns import ways_to
from django_oauthflows.identity import couriers
from django_oauthflows.issuer import path_within_site
from django_oauthflows.keys.algorithms import ALGORITHMS
from django_oauthflows.protocol import site_pages as pages
from django_oauthflows.rules.resource_uris import is_resource_uri


def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Settings nobody reads, and values that cannot be right."""
    messages: list[CheckMessage] = []
    for name in sorted(set(project_settings()) - NAMES):
        near = get_close_matches(name, NAMES, n=1)
        hint = (
            f"Did you mean {near[0]}?" if near else f"The settings are: {', '.join(sorted(NAMES))}."
        )
        messages.append(
            Error(f"OAUTHFLOWS has no setting {name!r}.", hint=hint, id="oauthflows.E001")
        )
    if conf.PASSWORD_MFA_CHECK and not _is_function(conf.PASSWORD_MFA_CHECK):
        messages.append(
            Error(
                f"PASSWORD_MFA_CHECK names no function: {conf.PASSWORD_MFA_CHECK!r}.",
                hint='As "accounts.mfa.has_second_factor", a function of request and person.',
                id="oauthflows.E020",
            )
        )
    issuer = urlsplit(conf.ISSUER)
    if conf.ISSUER and (
        not issuer.netloc or issuer.query or issuer.fragment or conf.ISSUER.endswith("/")
    ):
        messages.append(
            Error(
                "OAUTHFLOWS['ISSUER'] must be a URL without a query, a fragment or a slash at its end.",
                hint='As "https://id.example.com/o" (RFC 8414 §2).',
                id="oauthflows.E002",
            )
        )
    if (
        not conf.URL_PREFIX.endswith("/")
        or conf.URL_PREFIX.startswith("/")
        or conf.URL_PREFIX == "/"
    ):
        messages.append(
            Error(
                "OAUTHFLOWS['URL_PREFIX'] must end with a slash and not begin with one.",
                hint='As "o/".',
                id="oauthflows.E004",
            )
        )
    messages += _wrong_keys()
    messages += [
        Error(
            f"OAUTHFLOWS['TRUSTED_ISSUERS'] holds a mistake: {mistake}",
            hint='As {"https://id.example": {"jwks_uri": "https://id.example/jwks", "client_id": "…"}}.',
            id="oauthflows.E040",
        )
        for mistake in trusted_issuers.mistakes()
    ]
    messages += _wrong_registration()
    if conf.REFERENCE_IN not in PLACES:
        messages.append(
            Error(
                f"OAUTHFLOWS['REFERENCE_IN'] is {conf.REFERENCE_IN!r}.",
                hint=f"It is one of: {', '.join(PLACES)}.",
                id="oauthflows.E080",
            )
        )
    return messages


def _wrong_registration() -> list[CheckMessage]:
    """What clients that register themselves would be given, where it is a word nobody knows."""
    chosen: tuple[tuple[str, Any, Collection[str], str], ...] = (
        ("REGISTRATION", conf.REGISTRATION, ("off", "token", "open"), "oauthflows.E060"),
        ("REGISTRATION_PROFILE", conf.REGISTRATION_PROFILE, BY_SLUG, "oauthflows.E061"),
    )
    messages: list[CheckMessage] = [
        Error(
            f"OAUTHFLOWS[{name!r}] is {value!r}.",
            hint=f"It is one of: {', '.join(known)}.",
            id=check_id,
        )
        for name, value, known, check_id in chosen
        if value not in known
    ]
    if dot.setting("DCR_ENABLED") and project_settings().get("REGISTRATION") == "off":
        messages.append(
            Warning(
                "OAUTH2_PROVIDER['DCR_ENABLED'] lets nobody register at the endpoints of django_oauthflows.",
                hint='Write OAUTHFLOWS = {"REGISTRATION": "token"}, or "open".',
                id="oauthflows.W062",
            )
        )
    return messages


def _wrong_keys() -> list[CheckMessage]:
    """Settings of the signing keys with which something could not be signed or verified."""
    messages: list[CheckMessage] = []
    if conf.SIGNING_ALGORITHM not in ALGORITHMS:
        messages.append(
            Error(
                f"OAUTHFLOWS['SIGNING_ALGORITHM'] is {conf.SIGNING_ALGORITHM!r}.",
                hint=f"One of: {', '.join(ALGORITHMS)}.",
                id="oauthflows.E030",
            )
        )
    for resource, algorithm in conf.RESOURCE_SIGNING_ALGORITHMS.items():
        if algorithm not in ALGORITHMS or not is_resource_uri(resource):
            messages.append(
                Error(
                    f"OAUTHFLOWS['RESOURCE_SIGNING_ALGORITHMS'] has {resource!r}: {algorithm!r}.",
                    hint=f"A whole URI as clients send it, and one of: {', '.join(ALGORITHMS)}.",
                    id="oauthflows.E157",
                )
            )
    if not conf.KEYS_CACHE_SECONDS < conf.KEY_ANNOUNCED_SECONDS < conf.KEY_SIGNING_SECONDS:
        messages.append(
            Error(
                "A signing key must be announced for longer than workers remember the keys, and for less "
                "long than it signs.",
                hint="KEYS_CACHE_SECONDS < KEY_ANNOUNCED_SECONDS < KEY_SIGNING_SECONDS.",
                id="oauthflows.E031",
            )
        )
    if conf.JWKS is not None and not (conf.ISSUER and conf.RESOURCE):
        messages.append(
            Error(
                "OAUTHFLOWS['JWKS'] is set, and not whose tokens are taken, and for whom.",
                hint="Set ISSUER to the server's issuer and RESOURCE to this API's own identifier.",
                id="oauthflows.E032",
            )
        )
    return messages


def check_deliveries(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Somebody makes the deliveries that tell clients of a sign-out."""
    way = conf.BACKCHANNEL_DELIVERY
    if way in couriers.WAYS and (way != couriers.TASK or couriers.has_tasks()):
        return []
    ways = couriers.WAYS if couriers.has_tasks() else (couriers.THREAD, couriers.COMMAND)
    return [
        Error(
            f"OAUTHFLOWS['BACKCHANNEL_DELIVERY'] is {way!r}, which nothing here does.",
            hint=f"Write one of: {', '.join(ways)}. Tasks need Django 6.0.",
            id="oauthflows.E070",
        )
    ]


def check_urls(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The include is there, at the root, alone, and people can be sent to a sign-in page."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    try:
        authorize = reverse("oauthflows:authorize")
    except NoReverseMatch:
        return [
            Error(
                "The URLs of django_oauthflows are not included.",
                hint='Add to the root urls.py: path("", include("django_oauthflows.urls")).',
                id="oauthflows.E005",
            )
        ]
    if by_language := _below_a_language():
        return [by_language]
    within_site = pages.without_script(authorize)
    found = (
        _issuer_elsewhere(),
        _not_at_root(within_site),
        _shadowed(within_site),
        _sign_in_is_missing(),
    )
    return [message for message in found if message]


def _below_a_language() -> CheckMessage | None:
    """One server has one issuer, whatever language somebody reads (RFC 8414 §2)."""
    ways = list(ways_to("oauthflows"))
    paths = set()
    for language, _ in settings.LANGUAGES if settings.USE_I18N else ():
        with translation.override(language):
            paths.add(tuple("".join(map(str, way)) for way in ways))
    if len(paths) < 2:
        return None
    return Error(
        "django_oauthflows.urls is included below a language: the server would be another one in each.",
        hint='Move path("", include("django_oauthflows.urls")) out of i18n_patterns(...). Its pages are '
        "shown in each person's language all the same.",
        id="oauthflows.E147",
    )


def _issuer_elsewhere() -> CheckMessage | None:
    """The issuer's path ends as the endpoints' do; a server may have taken away what stands before it."""
    path, within = urlsplit(conf.ISSUER).path.rstrip("/"), path_within_site()
    if not conf.ISSUER or path.endswith(within) or path in ("", get_script_prefix().rstrip("/")):
        return None
    return Error(
        "The path of OAUTHFLOWS['ISSUER'] must be that of the endpoints, or none: clients look for the "
        "metadata below it.",
        hint=f"End the issuer with {within}, or set OAUTHFLOWS['URL_PREFIX'].",
        id="oauthflows.E003",
    )


def _not_at_root(authorize: str) -> CheckMessage | None:
    if authorize == f"/{conf.URL_PREFIX}authorize/":
        return None
    return Warning(
        "django_oauthflows.urls is not included at the site's root, where clients look for /.well-known/.",
        hint='Write path("", include("django_oauthflows.urls")) and set OAUTHFLOWS["URL_PREFIX"].',
        id="oauthflows.W002",
    )


def _shadowed(authorize: str) -> CheckMessage | None:
    try:
        module = resolve(authorize).func.__module__
    except Resolver404:
        return None
    if not module.startswith("oauth2_provider"):
        return None
    return Error(
        "django-oauth-toolkit's own views answer before those of django_oauthflows.",
        hint='Remove include("oauth2_provider.urls") from urls.py: the same paths and names are kept.',
        id="oauthflows.E006",
    )


def _sign_in_is_missing() -> CheckMessage | None:
    if not pages.leads_somewhere(settings.LOGIN_URL):
        if global_settings.LOGIN_URL == settings.LOGIN_URL:
            return None  # Nobody said where: users sign in at the package's own page.
        return Warning(
            "LOGIN_URL leads nowhere: pages of yours that need a sign-in send users to a 404.",
            hint='Write LOGIN_URL = "oauthflows:sign-in" for the page of this package, or add your own.',
            id="oauthflows.W003",
        )
    if pages.lacks_prefix(settings.LOGIN_URL):
        return Warning(
            f"LOGIN_URL leads outside of this site, whose pages are all below {get_script_prefix()}.",
            hint=f"Write {get_script_prefix()[:-1]}{settings.LOGIN_URL}, or the name of the page.",
            id="oauthflows.W152",
        )
    return None


def _is_function(path: str) -> bool:
    try:
        return callable(import_string(path))
    except ImportError:
        return False
