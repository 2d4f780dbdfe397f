"""A dry run as a command prints it: lines for people, members for a program."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django_oauthflows.clients.dry_run.running import DryRun, Stopped
from django_oauthflows.clients.dry_run.telling import described


def lines_of(name: str, client_id: str, ran: DryRun) -> Iterator[str]:
    """One line for the client, and three for each rule that would have refused something."""
    yield (
        f"{name} ({client_id}): {ran.refused} of {ran.requests} requests of the last {ran.days} days "
        f"would have been refused{_recorded(ran)}"
    )
    for stopped in ran.stopped:
        refusal = stopped.refusal
        yield f"  {stopped.count} × {refusal.rule} ({refusal.spec}), the last {_at(stopped.last)}"
        yield f"      {refusal.sentence}"
        yield from (f"      {one.count} × {described(one)}" for one in stopped.requests)
    for unknown in ran.not_known:
        rule = unknown.rule or "any rule, since only their number was kept"
        yield f"  not known of {unknown.count}: {rule}"


def members_of(name: str, client_id: str, ran: DryRun) -> dict[str, Any]:
    return {
        "client_id": client_id,
        "name": name,
        "days": ran.days,
        "recorded_since": ran.since.isoformat() if ran.since else None,
        "is_complete": ran.since is not None and not ran.began_later,
        "requests": ran.requests,
        "would_be_refused": ran.refused,
        "refusals": [_refusal(stopped) for stopped in ran.stopped],
        "not_known": [{"rule": one.rule, "requests": one.count} for one in ran.not_known],
    }


def _recorded(ran: DryRun) -> str:
    if ran.since is None:
        return "; none of any client is recorded"
    return f"; they are recorded since {_at(ran.since)}" if ran.began_later else ""


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _refusal(stopped: Stopped) -> dict[str, Any]:
    refusal = stopped.refusal
    return {
        "rule": refusal.rule,
        "code": str(refusal.code),
        "spec": refusal.spec,
        "sentence": refusal.sentence,
        "why": refusal.fix,
        "requests": stopped.count,
        "last": stopped.last.isoformat(),
        "shapes": [
            {
                "endpoint": one.endpoint,
                "flow": one.flow,
                "requests": one.count,
                "last": one.last.isoformat(),
                "shape": one.shape,
            }
            for one in stopped.requests
        ],
    }
