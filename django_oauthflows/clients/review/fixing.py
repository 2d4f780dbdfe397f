"""One click: what it would change, shown first, and changed only as it was shown."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from django_oauthflows.clients import proposals
from django_oauthflows.clients.proposals import NothingToChange, Proposal
from django_oauthflows.clients.review.base import Finding
from django_oauthflows.clients.review.gathering import review_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A finding, and what its fix would change."""

    finding: Finding
    proposal: Proposal


def preview(application: Any, name: str) -> Preview:
    """What the fix of a finding would change now. Raises `NothingToChange`."""
    finding = next((one for one in review_of(application).findings if one.name == name), None)
    if finding is None or not finding.changes:
        raise NothingToChange
    proposal = proposals.propose(application.oauthflows_policy, name, finding.changes)
    return Preview(finding=finding, proposal=proposal)


def fix(key: Any, name: str, *, seal: str, request: HttpRequest) -> Proposal:
    """Change what was shown, and nothing else. Raises `NothingToChange` or `NotAsShown`."""
    return proposals.change(
        key,
        lambda application: preview(application, name).proposal,
        seal=seal,
        request=request,
        reason={"finding": name},
    )
