"""What a finding is, what it is found in, and how a question makes one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from inspect import cleandoc
from typing import Any

from django.utils.functional import Promise

from django_oauthflows.rules.requests import ClientFacts


class Severity(IntEnum):
    """How bad it is, best first, so that severities compare. A note costs nothing."""

    NOTE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSecret:
    """A live secret of a client: all but the secret."""

    label: str
    created: datetime
    expires: datetime | None = None
    last_used: datetime | None = None
    is_readable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a client was seen to do: tokens that live, and the scopes of its grants since the oldest kept."""

    live_tokens: int = 0
    scopes: frozenset[str] = frozenset()
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """The server's own, in seconds; `None` is no end."""

    access_token: int
    refresh_token_idle: int | None
    refresh_token_absolute: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A client and what stands around it. `use` is `None` where nobody looked."""

    client: ClientFacts
    now: datetime
    server: Lifetimes
    secrets: tuple[KeptSecret, ...] = ()
    owner_is_active: bool = True
    name_is_legible: bool = True
    use: Use | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that could be safer: what it is, why it matters, and what to do.

    `changes` are the columns of the client's policy that one click may change, with their new values; empty
    where it takes a person's hand.
    """

    name: str
    severity: Severity
    spec: str
    sentence: str
    why: str
    fix: str
    changes: Mapping[str, Any] = field(default_factory=dict)


#: What a question may change in a policy: column → new value, or nothing where one click cannot do it.
Changes = Callable[[Reviewed], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question about a client; its name says how it should be, its docstring why."""

    name: str
    why: str
    severity: Severity
    spec: str
    fix: str | Promise
    asked: Callable[[Reviewed], str | None]
    changes: Changes | None = None

    def __call__(self, reviewed: Reviewed) -> Finding | None:
        sentence = self.asked(reviewed)
        if sentence is None:
            return None
        may_change = self.changes is not None and reviewed.client.has_policy
        return Finding(
            name=self.name,
            severity=self.severity,
            spec=self.spec,
            sentence=sentence,
            why=self.why,
            fix=str(self.fix),
            changes=self.changes(reviewed) if self.changes and may_change else {},
        )


def question(
    severity: Severity, *, spec: str, fix: str | Promise, changes: Changes | None = None
) -> Callable[[Callable[[Reviewed], str | None]], Question]:
    """Make a question of a function that answers `None`, or one sentence about what was found."""

    def decorate(asked: Callable[[Reviewed], str | None]) -> Question:
        return Question(
            name=asked.__name__,
            why=" ".join(cleandoc(asked.__doc__ or "").split()),
            severity=severity,
            spec=spec,
            fix=fix,
            asked=asked,
            changes=changes,
        )

    return decorate


def few(names: Sequence[str], at_most: int = 3) -> str:
    """The first names, and how many more there are."""
    more = f" (+{len(names) - at_most})" if len(names) > at_most else ""
    return ", ".join(names[:at_most]) + more
