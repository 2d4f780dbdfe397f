"""JSON as a JWT may hold it: no member twice (RFC 7519 §4), and every number is one."""

import json
from base64 import urlsafe_b64decode
from typing import Any


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
