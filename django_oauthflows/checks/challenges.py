"""Views whose first authenticator has no challenge: their 401 becomes a 403 (RFC 6750 §3)."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

from django_oauthflows.core.url_patterns import url_patterns
from django_oauthflows.protected_views import protected_view_of

#: How many views a message names.
_NAMED = 5


def check_order_of_authenticators(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name protected views at which a client without a token, or with an old one, is not told to get one."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    found = [path for path, pattern in url_patterns() if _has_no_challenge(pattern.callback)]
    if not found:
        return []
    more = " and more" if len(found) > _NAMED else ""
    return [
        Warning(
            f"Requests without a good token get a 403 without a challenge, and no 401, at: "
            f"{', '.join(found[:_NAMED])}{more}. Django REST framework asks the first authenticator alone, "
            "and SessionAuthentication has no challenge (RFC 6750 §3).",
            hint="Put OAuth2TokenAuthentication first in authentication_classes, or in "
            'REST_FRAMEWORK["DEFAULT_AUTHENTICATION_CLASSES"].',
            id="oauthflows.W189",
        )
    ]


def _has_no_challenge(callback: Any) -> bool:
    from rest_framework.authentication import BaseAuthentication
    from rest_framework.views import APIView

    kind = getattr(callback, "cls", None)
    if not (isinstance(kind, type) and issubclass(kind, APIView)):
        return False
    if protected_view_of(callback) is None or "get_authenticators" in _overridden(kind, APIView):
        return False
    written = getattr(callback, "initkwargs", None) or {}
    first = next(iter(written.get("authentication_classes", kind.authentication_classes)), None)
    method = getattr(first, "authenticate_header", None)
    return method in (None, BaseAuthentication.authenticate_header)


def _overridden(kind: type, base: type) -> set[str]:
    """The names that a view class, or one between it and Django REST framework's, defines anew."""
    between = kind.__mro__[: kind.__mro__.index(base)]
    return {name for one in between for name in vars(one)}
