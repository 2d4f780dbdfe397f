"""Why an introspected token is not active, for the people who run the site alone (RFC 7662 §2.2).

The client gets a reference with each `active: false`, whatever the reason is. All reasons are counted
together: else it could tell from a reference that comes again, or from the time that a row takes, whether the
server knows a token that is no business of its own (RFC 7662 §4). So a reference may be that of another
token; its row says of which one, and how often each reason has been met.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from django_oauthflows.audit import actors, recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.rules.base import Rule
from django_oauthflows.rules.introspection import INTROSPECTED_RULES

#: A budget of its own: what is refused to strangers of the same network takes no row from an API, nor the
#: other way round.
_BUDGET = ":inactive"


def record(
    reason: Rule[Any],
    request: HttpRequest,
    *,
    application_key: Any,
    client_id: str,
    detail: Mapping[str, Any],
) -> str:
    """Write down, in bounded number, why the answer was `active: false`; return the client's reference."""
    network = actors.network_of(request)
    row = AuditEvent(
        reference=recorder.new_reference(),
        event=Event.TOKEN_FOUND_INACTIVE,
        application_id=application_key,
        client_id=client_id,
        actor=actors.client(client_id),
        network=network,
        endpoint="introspect",
        rule=reason.name,
        specification=reason.spec,
        detail=dict(detail),
    )
    counter = recorder.counter_of(Event.TOKEN_FOUND_INACTIVE, application_key, network)
    recorder.count(f"{counter}:{reason.name}")
    recorder.save_some(row, counter, budget=_BUDGET, more=lambda: _reasons_of(counter))
    recorder.announce(row)
    return row.reference


def _reasons_of(counter: str) -> dict[str, int]:
    """How often each reason has been met within the window."""
    met = {asked.name: recorder.counted(f"{counter}:{asked.name}") for asked in INTROSPECTED_RULES}
    return {name: times for name, times in met.items() if times}
