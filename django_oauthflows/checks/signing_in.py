"""Mistakes in what a project says of signing people in."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning
from django.db import DatabaseError
from django.utils.module_loading import import_string

from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.conf import conf
from django_oauthflows.protocol import site_pages as pages
from django_oauthflows.protocol.popups import allows_popups

#: What sends the header.
_SENDER = "django.middleware.security.SecurityMiddleware"
#: The project's own pages that people are sent to and come back from.
_PAGES = ("REAUTHENTICATION_URL", "REGISTRATION_URL", "ACCOUNT_CHOOSER_URL", "STEP_UP_URL")


def check_signing_in(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Pages that are not there, and a sign-in whose strength nobody could tell."""
    messages: list[CheckMessage] = [
        Error(
            f"OAUTHFLOWS[{name!r}] leads nowhere: people who are sent there could not go on.",
            hint="As LOGIN_URL: a path, a URL or a URL name of a page that goes on to `next`.",
            id="oauthflows.E050",
        )
        for name in _PAGES
        if getattr(conf, name) and not pages.leads_somewhere(getattr(conf, name))
    ]
    if conf.AUTHENTICATION_CONTEXT and not _is_function(conf.AUTHENTICATION_CONTEXT):
        messages.append(
            Error(
                f"AUTHENTICATION_CONTEXT names no function: {conf.AUTHENTICATION_CONTEXT!r}.",
                hint='As "accounts.mfa.context", a function of the request that returns '
                '{"acr": ..., "amr": [...]}.',
                id="oauthflows.E051",
            )
        )
    messages += _wrong_ladder()
    reachable = len(conf.ACR_LADDER) > 1 or conf.ACR_VALUES_SUPPORTED
    if conf.STEP_UP_URL and not (conf.AUTHENTICATION_CONTEXT and reachable):
        messages.append(
            Warning(
                "Nobody is ever sent to STEP_UP_URL: nobody knows how people signed in, or could.",
                hint="Set AUTHENTICATION_CONTEXT too, and ACR_LADDER or ACR_VALUES_SUPPORTED.",
                id="oauthflows.W052",
            )
        )
    return messages


def _wrong_ladder() -> list[CheckMessage]:
    """A ladder whose order nobody knows would let a weak sign-in stand for a strong one."""
    ladder = conf.ACR_LADDER
    is_list = isinstance(ladder, list | tuple) and len({*map(str, ladder)}) == len(ladder)
    if is_list and all(isinstance(acr, str) and acr.split() == [acr] for acr in ladder):
        return []
    return [
        Error(
            "ACR_LADDER is no list of different names, from the weakest to the strongest.",
            hint='As ["0", "urn:example:two-factors"]: a list or tuple of texts without blanks.',
            id="oauthflows.E159",
        )
    ]


def check_popups(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A sign-in page that cuts the pop-up of a client off from the window that opened it."""
    policy = settings.SECURE_CROSS_ORIGIN_OPENER_POLICY
    is_sent = _SENDER in settings.MIDDLEWARE and policy not in (None, "unsafe-none")
    view = pages.view_of(settings.LOGIN_URL)
    if not (conf.ALLOW_POPUPS and is_sent and view) or allows_popups(view):
        return []
    return [
        Info(
            "Clients that sign people in within a pop-up window (Swagger UI, single-page apps) hang at "
            f"LOGIN_URL, which is sent with Cross-Origin-Opener-Policy: {policy}.",
            hint='In urls.py: path("accounts/login/", allow_popups(LoginView.as_view()), name="login"), with '
            "allow_popups of django_oauthflows.protocol.popups. It changes nothing for other visitors. Or "
            'write OAUTHFLOWS = {"ALLOW_POPUPS": False}.',
            id="oauthflows.I153",
        )
    ]


def check_cookies(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A session cookie that browsers drop, or that does not come along to a silent sign-in."""
    same_site = str(settings.SESSION_COOKIE_SAMESITE).lower()
    if same_site == "none" and not settings.SESSION_COOKIE_SECURE:
        return [
            Warning(
                "Browsers drop the session's cookie, and nobody stays signed in: SESSION_COOKIE_SAMESITE is "
                '"None" without SESSION_COOKIE_SECURE (RFC 6265bis §5.7).',
                hint="Write SESSION_COOKIE_SECURE = True.",
                id="oauthflows.W191",
            )
        ]
    if same_site != "strict" or not _has_single_page_apps():
        return []
    return [
        Warning(
            'SESSION_COOKIE_SAMESITE is "Strict": single-page apps of other sites that renew a sign-in '
            "silently (prompt=none) lead people over one more page, and get nowhere in a frame.",
            hint='Write SESSION_COOKIE_SAMESITE = "Lax", which is the default of Django.',
            id="oauthflows.W190",
        )
    ]


def _has_single_page_apps() -> bool:
    try:
        return ClientPolicy.objects.filter(preset="single-page-app", is_enabled=True).exists()
    except DatabaseError:
        return False  # no tables yet, or no database here


def _is_function(path: str) -> bool:
    try:
        return callable(import_string(path))
    except ImportError:
        return False
