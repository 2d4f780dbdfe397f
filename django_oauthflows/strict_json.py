"""JSON as a JWT may hold it: no member twice (RFC 7519 §4), and every number is one."""

import json
from base64 import urlsafe_b64decode
from math import isfinite
from typing import Any

#: How deep values may lie within each other; a key set needs four levels.
_DEEPEST = 12


class Strict(json.JSONDecoder):
    """Refuses what two readers could understand differently, with a `ValueError`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{**kwargs, "object_pairs_hook": _members, "parse_constant": _refuse_constant}
        )


def decoded(segment: str) -> Any:
    """What one part of a compact JWS says. Raises `ValueError` or, deeply nested, `RecursionError`."""
    raw = urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    return json.loads(raw, cls=Strict)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member comes twice")
    return members


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def is_storable(value: Any, depth: int = 0) -> bool:
    """Can a value that was JSON be stored as it is, in every database, and is it nested with an end?"""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= one <= "\udfff" for one in value)
    if isinstance(value, float):
        return isfinite(value)  # 1e999 is a number to read, and none to write
    if depth > _DEEPEST:
        return False
    if isinstance(value, dict):
        return all(is_storable(one, depth + 1) for pair in value.items() for one in pair)
    if isinstance(value, list):
        return all(is_storable(one, depth + 1) for one in value)
    return True
