"""Every question there is, and what a client's answers come to.

To add one: write it in the file of its subject and list it there. The admin, `oauthflows_doctor` and the
tests read this list.
"""

from dataclasses import dataclass

from django_oauthflows.clients.review import (
    addresses,
    appearance,
    credentials,
    managing,
    rights,
    standing,
)
from django_oauthflows.clients.review.base import Finding, Question, Reviewed, Severity

QUESTIONS: tuple[Question, ...] = (
    *rights.QUESTIONS,
    *managing.QUESTIONS,
    *addresses.QUESTIONS,
    *appearance.QUESTIONS,
    *credentials.QUESTIONS,
    *standing.QUESTIONS,
)

#: What a finding costs of the hundred points a client begins with.
COSTS: dict[Severity, int] = {
    Severity.HIGH: 40,
    Severity.MEDIUM: 15,
    Severity.LOW: 5,
    Severity.NOTE: 0,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What was found about one client, the worst first. `score` goes from 0 to 100, which is best."""

    client_id: str
    name: str
    key: int
    score: int
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Severity:
        return max((finding.severity for finding in self.findings), default=Severity.NOTE)

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity that costs something, the worst first."""
        found = [finding.severity for finding in self.findings]
        return {kind.word: found.count(kind) for kind in COSTS if kind and kind in found}


def review(reviewed: Reviewed) -> Review:
    """Ask every question."""
    found = [finding for asked in QUESTIONS if (finding := asked(reviewed)) is not None]
    findings = tuple(sorted(found, key=lambda finding: -finding.severity))
    return Review(
        client_id=reviewed.client.client_id,
        name=reviewed.client.name,
        key=reviewed.client.key,
        score=score(findings),
        findings=findings,
    )


def score(findings: tuple[Finding, ...]) -> int:
    """A hundred points, less what each finding costs, and never below 0."""
    return max(0, 100 - sum(COSTS[finding.severity] for finding in findings))
