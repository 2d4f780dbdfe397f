"""Findings of an adoption: what will be different for a site that ran django-oauth-toolkit, and for whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from django.core import checks

from django_oauthflows.adoption import contracts


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
    for message in contracts.check_contracts(None):
        level = Level.ERROR if message.level >= checks.ERROR else Level.WARNING
        if not message.is_silenced():
            yield Finding(
                level=level,
                where=str(message.id),
                sentence=str(message.msg),
                remedy=str(message.hint or ""),
            )
