"""Mistakes in what a project says of signing people in."""

from typing import Any
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error, Warning
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve
from django.utils.module_loading import import_string

from django_oauthflows.conf import conf

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
        if getattr(conf, name) and not _leads_somewhere(getattr(conf, name))
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
    if conf.STEP_UP_URL and not (conf.AUTHENTICATION_CONTEXT and conf.ACR_VALUES_SUPPORTED):
        messages.append(
            Warning(
                "Nobody is ever sent to STEP_UP_URL: nobody knows how people signed in, or could.",
                hint="Set AUTHENTICATION_CONTEXT and ACR_VALUES_SUPPORTED too.",
                id="oauthflows.W052",
            )
        )
    return messages


def _leads_somewhere(page: str) -> bool:
    try:
        address = urlsplit(resolve_url(page))
        if not address.netloc:  # of this site, and not a central one elsewhere
            resolve(address.path)
    except (Resolver404, NoReverseMatch):
        return False
    return True


def _is_function(path: str) -> bool:
    try:
        return callable(import_string(path))
    except ImportError:
        return False
