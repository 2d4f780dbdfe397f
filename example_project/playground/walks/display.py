"""What of a request or an answer may be shown: all of it but the secrets, of which the beginning."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

#: Parameters whose value lets somebody in. A `user_code` is meant to be read from a screen.
SECRET = re.compile(r"(^|_)(code|token|secret|verifier|assertion|password)$")
MEANT_TO_BE_READ = {"user_code"}

#: Characters of a secret that tell it from the next one and open nothing, and of anything else.
BEGINNING, LONGEST = 6, 400
HIDDEN = "•" * 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, as a page shows them; `opened` are the claims of JWTs, by name."""

    title: str
    request: str = ""
    answer: str = ""
    opened: dict[str, str] = field(default_factory=dict)
    is_refused: bool = False


def shortened(secret: str) -> str:
    """Enough of a secret to see whether it is the same one again; nothing of one that is guessable."""
    if len(secret) < 4 * BEGINNING:
        return HIDDEN
    return f"{secret[:BEGINNING]}… ({len(secret)} characters)"


def shown(name: str, value: Any) -> Any:
    """A parameter's or member's value as it may be shown."""
    if isinstance(value, dict):
        return {key: shown(key, each) for key, each in value.items()}
    if isinstance(value, list):
        return [shown(name, each) for each in value]
    if not isinstance(value, str):
        return value
    if SECRET.search(name) and name not in MEANT_TO_BE_READ:
        return shortened(value)
    return value if len(value) <= LONGEST else f"{value[:LONGEST]}…"


def as_json(value: Any) -> str:
    return json.dumps(shown("", value), indent=2, ensure_ascii=False)


def as_lines(first: str, parameters: Iterable[tuple[str, str]], *headers: str) -> str:
    """A request: its first line, its headers, and one parameter a line."""
    body = [f"{name}={shown(name, value)}" for name, value in parameters]
    return "\n".join([first, *headers, *(["", *body] if body else [])])
