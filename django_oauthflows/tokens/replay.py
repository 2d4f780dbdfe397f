"""The answer to a rotation, kept for a few seconds for the client that never received it.

It is encrypted under the refresh token that was presented, which the server itself stores only as a
checksum: whoever reads the table learns nothing, and whoever presents the token again gets the same answer.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django_oauthflows import sealing


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a rotation answered: both new values, the access token's scope and its end."""

    access_token: str
    refresh_token: str
    scopes: frozenset[str]
    expires: datetime


def seal(answer: Answer, *, presented: str, family: UUID) -> str:
    """Encrypt an answer under the presented refresh token."""
    plain = json.dumps(
        {
            "access_token": answer.access_token,
            "refresh_token": answer.refresh_token,
            "scope": sorted(answer.scopes),
            "expires": answer.expires.isoformat(),
        }
    )
    return sealing.seal(plain, key=_key(presented, family), bound_to=family.bytes)


def unseal(sealed: str, *, presented: str, family: UUID) -> Answer:
    """Decrypt what `seal` made.

    Raises `sealing.Unopened` under any other token or family.
    """
    plain, _ = sealing.unseal(sealed, keys=[_key(presented, family)], bound_to=family.bytes)
    kept = json.loads(plain)
    return Answer(
        access_token=kept["access_token"],
        refresh_token=kept["refresh_token"],
        scopes=frozenset(kept["scope"]),
        expires=datetime.fromisoformat(kept["expires"]),
    )


def _key(presented: str, family: UUID) -> bytes:
    return sealing.key_of(presented, sealing.Use.ROTATION_REPLAY, salt=family.bytes)
