"""Clients that register themselves: the scopes that they could be given."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from django_oauthflows import dot
from django_oauthflows.clients.dynamic.offered import is_on, offered
from django_oauthflows.conf import conf
from django_oauthflows.core.text import for_terminal

_LISTS = ("REGISTRATION_SCOPES", "SENSITIVE_SCOPES")


def check_registration(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Look at the scopes of such clients, where there can be any."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    if wrong := [name for name in _LISTS if isinstance(getattr(conf, name), str)]:
        return [
            Error(
                f"OAUTHFLOWS[{name!r}] is a text, and each of its letters would be a scope.",
                hint=f'Write a list, as "{name}": ["notes:read"], in OAUTHFLOWS.',
                id="oauthflows.E161",
            )
            for name in wrong
        ]
    if not (is_on() or dot.takes_client_documents()):
        return []
    if not offered().scopes:
        return [
            Warning(
                "Clients may register themselves, but there is no scope that they could be given: every "
                "registration is refused.",
                hint='Write "REGISTRATION_SCOPES": [...] in OAUTHFLOWS, offer the scope openid, or give the '
                "views that are made for such clients a resource (OAuth2TokenAuthentication.resource).",
                id="oauthflows.W161",
            )
        ]
    return _sensitive_ones()


def _sensitive_ones() -> list[CheckMessage]:
    given = frozenset(conf.REGISTRATION_SCOPES or ()) & frozenset(conf.SENSITIVE_SCOPES)
    if not given:
        return []
    named = for_terminal(", ".join(sorted(given)))
    return [
        Warning(
            f"Clients that registered themselves may ask people for sensitive scopes: {named}.",
            hint="Take them out of REGISTRATION_SCOPES, and give them to clients that you know.",
            id="oauthflows.W162",
        )
    ]
