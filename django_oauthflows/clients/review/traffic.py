"""What a change would have refused: the client's recent grants that came by what is taken away.

A grant remembers the flow it came by, so nothing more has to be recorded. It does not remember which method
a code challenge was made with, and one that has ended is cleaned up: there were so many at least.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from django_oauthflows.flows import catalogue

#: How far back to look, in days.
DAYS = 30


_WITHOUT_PKCE = Q(flow="authorization-code")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Grants by one flow that would have been refused: how many, and when the last was given."""

    flow: str
    grants: int
    last: datetime


def stopped_by(application: Any, changes: Mapping[str, Any]) -> tuple[Stopped, ...] | None:
    """The grants of the last 30 days that `changes` would have refused; `None` where they never do."""
    refused = _refused(application.oauthflows_policy, changes)
    if refused is None:
        return None
    found = _recent(application).filter(refused).order_by("flow").values_list("flow")
    return tuple(
        Stopped(flow=_name_of(flow), grants=grants, last=last)
        for flow, grants, last in found.annotate(Count("pk"), Max("created"))
    )


def _refused(policy: Any, changes: Mapping[str, Any]) -> Q | None:
    """Which grants the changed policy would not have allowed."""
    if "flows" in changes:
        return Q(flow__in=set(policy.flows) - set(changes["flows"]))
    if changes.get("profile") == "standard":
        # OAuth 2.1 §4.1.1 leaves a confidential client's OpenID request with a nonce without PKCE.
        with_nonce = Q(scope__regex=r"(^| )openid( |$)") & ~Q(nonce="")
        is_confidential = policy.application.client_type == "confidential"
        return _WITHOUT_PKCE & ~with_nonce if is_confidential else _WITHOUT_PKCE
    if changes.get("profile") == "mcp":
        return _WITHOUT_PKCE | Q(resource=[])
    return None


def _recent(application: Any) -> "QuerySet[Any]":
    # The table of grants stands above this part; the application leads to it.
    since = timezone.now() - timedelta(days=DAYS)
    grants: QuerySet[Any] = application.oauthflows_authorizations.filter(created__gte=since)
    return grants


def _name_of(slug: str) -> str:
    flow = catalogue.BY_SLUG.get(slug)
    return str(flow.name) if flow else slug
