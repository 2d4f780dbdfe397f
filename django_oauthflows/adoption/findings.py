"""Findings of an adoption: what will be different for a site that ran django-oauth-toolkit, and for whom."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from django.core import checks

from django_oauthflows.adoption import contracts, left_applications, signatures


class Level(IntEnum):
    """How much somebody has to do: nothing, to know it, or to change something before the swap."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was found in a project.

    `where` is the setting, file, table or check id that shows it. `clients` are those it concerns, as
    "name (client_id)"; empty where it concerns all, or where nobody can know.
    """

    level: Level
    where: str
    sentence: str
    remedy: str = ""
    clients: tuple[str, ...] = ()


def of_checks() -> Iterator[Finding]:
    """Yield what the system checks say of the project's settings and code, as they will after the swap."""
    yield from _as_findings(contracts.check_contracts(None))


def of_row_checks() -> Iterator[Finding]:
    """Yield what the checks say that read tables of django-oauth-toolkit alone."""
    yield from _as_findings(signatures.check_signatures(None))
    yield from _as_findings(left_applications.check_tokens_of_nobody())


def _as_findings(messages: Iterable[checks.CheckMessage]) -> Iterator[Finding]:
    for message in messages:
        level = Level.ERROR if message.level >= checks.ERROR else Level.WARNING
        if not message.is_silenced():
            yield Finding(
                level=level,
                where=str(message.id),
                sentence=str(message.msg),
                remedy=str(message.hint or ""),
            )
