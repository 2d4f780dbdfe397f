"""What a rule is, and how a list of them is enforced."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import cleandoc
from typing import Generic, TypeVar

from django_oauthflows.errors import Code, Refusal

#: Contravariant: a rule about any request also holds for a particular one.
Request = TypeVar("Request", contravariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Generic[Request]):
    """One question about a request; its name is the reason the audit log records."""

    name: str
    note: str
    spec: str
    refuses_with: Code
    status: int
    question: Callable[[Request], str | None]

    def __call__(self, request: Request) -> str | None:
        return self.question(request)

    def refusal(self, sentence: str) -> Refusal:
        return Refusal(
            self.refuses_with,
            sentence,
            rule=self.name,
            spec=self.spec,
            status=self.status,
            fix=self.note,
        )


def rule(
    *, spec: str, refuses_with: Code, status: int = 400
) -> Callable[[Callable[[Request], str | None]], Rule[Request]]:
    """Make a rule of a function: its name is the reason, its docstring the security note."""

    def decorate(question: Callable[[Request], str | None]) -> Rule[Request]:
        return Rule(
            name=question.__name__,
            note=cleandoc(question.__doc__ or ""),
            spec=spec,
            refuses_with=refuses_with,
            status=status,
            question=question,
        )

    return decorate


def enforce(rules: Iterable[Rule[Request]], request: Request) -> None:
    """Ask each rule in order; the first that says no raises its `Refusal`."""
    for asked in rules:
        sentence = asked(request)
        if sentence is not None:
            raise asked.refusal(sentence)
