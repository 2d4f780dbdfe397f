"""What was said in a run, and what of it was secret: written by a walk, read at its end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.urls import reverse

from tests.secrecy.places import Place

#: What a client sends by mistake, or a thief by guessing: it is as secret as the real thing.
WRONG = {
    "wrong secret": "marked-wrong-secret",
    "wrong code": "marked-wrong-code",
    "wrong token": "marked-wrong-token",
    "wrong refresh token": "marked-wrong-refresh-token",
    "wrong password": "marked-wrong-password",
    "wrong verifier": "marked-wrong-verifier-of-legal-length-it-is-long",
    "assertion": "marked-assertion",
    "hint": "marked-hint",
    "name": "marked-name-of-somebody",
}


@dataclass
class Diary:
    """Every answer of a run, and every secret in it."""

    answers: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=lambda: dict(WRONG))
    #: What was told outside an answer: exports, and what commands print.
    told: list[str] = field(default_factory=list)
    #: What the cache held when the walk was over.
    cached: list[Place] = field(default_factory=list)

    def hear(self, response: Any, *, delivers: tuple[str, ...] = ()) -> Any:
        """Keep an answer; `delivers` are the secrets it hands to the one they are for."""
        body = b"".join(response) if response.streaming else response.content
        self.answers.append((f"{response.headers}\n{body!r}", frozenset(delivers)))
        return response

    def learn(self, name: str, value: str) -> str:
        self.secrets[name] = value
        return value

    def members(self, response: Any, **names: str) -> dict[str, Any]:
        """A JSON answer that hands out secrets: member → what the secret is called."""
        members: dict[str, Any] = response.json()
        for member, name in names.items():
            self.learn(name, members[member])
        self.hear(response, delivers=tuple(names.values()))
        return members

    def run(self, name: str, *arguments: str) -> str:
        """What a command prints for others; what it hands to whoever called it is left out by the walk."""
        out = StringIO()
        call_command(name, *arguments, stdout=out, stderr=out)
        self.told.append(out.getvalue())
        return out.getvalue()


Walk = Callable[[Diary, Any], None]

#: Every walk by its name, with the flows of the catalogue it goes through.
WALKS: dict[str, tuple[Walk, frozenset[str]]] = {}


def walk(*flows: str) -> Callable[[Walk], Walk]:
    def keep(way: Walk) -> Walk:
        WALKS[way.__name__] = (way, frozenset(flows))
        return way

    return keep


def url(name: str, *arguments: Any) -> str:
    return reverse(f"oauthflows:{name}", args=arguments)
