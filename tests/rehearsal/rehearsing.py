"""Rehearsals as they are asked for on a command line, beside the real thing."""

import json
from contextlib import suppress
from io import StringIO
from typing import Any

from django.core.management import CommandError, call_command

from tests.stories import Story

#: As Django's test client calls this site.
SITE = "http://testserver"
#: What is another in each answer, or is the sign-in's own.
ANOTHER_EACH_TIME = frozenset(
    {"at_hash", "auth_time", "c_hash", "exp", "iat", "jti", "nonce", "sid"}
)


def rehearsed(story: Story, flow: str = "", **options: Any) -> dict[str, Any]:
    """What `oauthflows_rehearse` prints of the story's client and person; a scope is text."""
    said = {"person": story.person.username, "url": SITE, **options}
    if said["person"] is None:
        del said["person"]
    out = StringIO()
    # It ends with 1 where something is refused; of another mistake nothing is printed to read.
    with suppress(CommandError):
        call_command(
            "oauthflows_rehearse",
            story.registered.client_id,
            flow=flow,
            json=True,
            stdout=out,
            **said,
        )
    members: dict[str, Any] = json.loads(out.getvalue())
    return members


def last(rehearsal: dict[str, Any]) -> dict[str, Any]:
    """What comes from the token endpoint, or is all that comes."""
    assert rehearsal["deliveries"], rehearsal["steps"]
    delivery: dict[str, Any] = rehearsal["deliveries"][-1]
    return delivery


def stable(claims: dict[str, Any]) -> dict[str, Any]:
    """Claims with a name, and no value, for those that are another each time."""
    return {name: None if name in ANOTHER_EACH_TIME else told for name, told in claims.items()}


def titles(rehearsal: dict[str, Any]) -> list[str]:
    return [step["title"] for step in rehearsal["steps"]]
