"""One token as this client holds it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django_oauthflows.outbound.errors import OutboundError

#: No more of a token's life than this is given away to the leeway: a token of 30 seconds is used too.
LARGEST_LEEWAY = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token, and what renews it. Times are seconds since 1970; neither value is ever shown."""

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    scope: str = ""
    obtained: float
    expires: float | None = None

    def is_fresh(self, now: float, leeway: float) -> bool:
        """May it be used? One without a known end may, until an API refuses it."""
        if self.expires is None:
            return True
        return now < self.expires - min(leeway, LARGEST_LEEWAY * (self.expires - self.obtained))

    def has_ended(self, now: float) -> bool:
        return self.expires is not None and now >= self.expires

    def dumps(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str) -> "Token":
        return cls(**json.loads(text))


def read_answer(
    answer: Mapping[str, Any], *, now: float, scope: str, before: Token | None = None
) -> Token:
    """The token in an answer of the token endpoint (RFC 6749 §5.1).

    A scope the answer leaves out is the one that was asked for; a refresh token it leaves out goes on being
    the one `before` (RFC 6749 §6). `OutboundError` where it holds no token that can be used.
    """
    access_token = answer.get("access_token")
    # RFC 6749 §7.1: a client must not use a token whose type it does not understand.
    if not isinstance(access_token, str) or str(answer.get("token_type")).lower() != "bearer":
        raise OutboundError("The provider answered without a bearer token.")
    lifetime = answer.get("expires_in")
    try:
        expires = None if lifetime is None else now + float(lifetime)
    except (TypeError, ValueError):
        expires = None
    return Token(
        access_token=access_token,
        refresh_token=str(answer.get("refresh_token") or (before.refresh_token if before else "")),
        scope=str(answer.get("scope") or (before.scope if before else scope)),
        obtained=now,
        expires=expires,
    )
