"""Clients that may use this package's own API: what they hold is worth more than any other scope."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_oauthflows import own_scopes
from django_oauthflows.clients.review.base import Reviewed, Severity, few, question

_FIX = gettext_lazy("Take these scopes away, or give them to a confidential client you know.")


def _without_them(reviewed: Reviewed) -> Mapping[str, Any]:
    """Take the scopes of the API away, unless the client has no others."""
    left = own_scopes.without(reviewed.client.scopes)
    required = own_scopes.without(reviewed.client.required_scopes)
    return {"scopes": sorted(left), "required_scopes": sorted(required)} if left else {}


@question(Severity.HIGH, spec="RFC 6749 §2.1", fix=_FIX, changes=_without_them)
def management_should_be_by_confidential_clients(reviewed: Reviewed) -> str | None:
    """Any program can pose as a public client, and whoever reads its name on the consent page may agree."""
    held = own_scopes.management_among(reviewed.client.scopes)
    if not held or reviewed.client.is_confidential:
        return None
    return _("It is public, and may manage this server: %s.") % few(sorted(held))


@question(
    Severity.MEDIUM,
    spec="RFC 6749 §10.2",
    fix=gettext_lazy("Mark it verified once you know who runs it, or take these scopes away."),
    changes=_without_them,
)
def management_should_be_by_verified_clients(reviewed: Reviewed) -> str | None:
    """What it holds reaches other people's clients and grants, so somebody has to know who runs it."""
    held = own_scopes.management_among(reviewed.client.scopes)
    if not held or reviewed.client.is_verified:
        return None
    return _("Nobody has verified it, and it may manage this server: %s.") % few(sorted(held))


@question(
    Severity.LOW,
    spec="RFC 6749 §10.2",
    fix=gettext_lazy("Mark it verified once you know who runs it, or take these scopes away."),
    changes=_without_them,
)
def peoples_own_pages_should_be_by_verified_clients(reviewed: Reviewed) -> str | None:
    """It sees which apps people use and where they are signed in, and can end all of that."""
    client = reviewed.client
    held = client.scopes & own_scopes.SELF.keys()
    if not held or client.is_verified:
        return None
    return _("Nobody has verified it, and it may be given: %s.") % few(sorted(held))


QUESTIONS = (
    management_should_be_by_confidential_clients,
    management_should_be_by_verified_clients,
    peoples_own_pages_should_be_by_verified_clients,
)
