"""The scopes of this package's own API: what each opens, and when they exist at all.

A token that holds one may change what every other token is worth. So they exist only where a project serves
the API, below its `ROOT_URLCONF`; no client has them unless an administrator writes them on that client; and
no document offers them: many clients ask for whatever is offered.
"""

from collections.abc import Collection, Mapping

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: No scope of a project's own begins so.
PREFIX = "oauthflows:"
#: The namespace of `api/urls.py`, and a name in it.
_SERVED = "oauthflows-api:clients"

#: What a token opens for the person who granted it, and for nobody else.
SELF: Mapping[str, Promise] = {
    "oauthflows:self:read": _("See which apps you connected and where you are signed in"),
    "oauthflows:self:write": _("Disconnect your apps and sign you out elsewhere"),
}
#: What a token opens of everybody's.
MANAGEMENT: Mapping[str, Promise] = {
    "oauthflows:clients:read": _("See the apps that are registered at this site"),
    "oauthflows:clients:write": _("Add, change and remove apps of this site"),
    "oauthflows:secrets:write": _("Give apps of this site new secrets and end old ones"),
    "oauthflows:consents:read": _("See what people agreed to for apps of this site"),
    "oauthflows:consents:write": _("Withdraw what people agreed to for apps of this site"),
    "oauthflows:authorizations:read": _("See which apps are signed in for whom at this site"),
    "oauthflows:authorizations:write": _("End the access of apps to people's accounts"),
    "oauthflows:audit:read": _("Read the security log of this site"),
    "oauthflows:keys:read": _("See the signing keys of this site"),
    "oauthflows:keys:write": _("Replace the signing keys of this site"),
}
DESCRIPTIONS: Mapping[str, Promise] = {**MANAGEMENT, **SELF}


def is_served() -> bool:
    """Does the project include the API's URLs?"""
    try:
        reverse(_SERVED, urlconf=settings.ROOT_URLCONF)
    except NoReverseMatch:
        return False
    return True


def offered() -> dict[str, str]:
    """The scopes with their descriptions, where the API is served; else none."""
    return {name: str(text) for name, text in DESCRIPTIONS.items()} if is_served() else {}


def without(scopes: Collection[str]) -> frozenset[str]:
    """The scopes that anybody may be given."""
    return frozenset(name for name in scopes if not name.startswith(PREFIX))


def management_among(scopes: Collection[str]) -> frozenset[str]:
    """The scopes that reach beyond whoever granted them."""
    return frozenset(name for name in scopes if name.startswith(PREFIX) and name not in SELF)
