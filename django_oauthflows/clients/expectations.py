"""What a client is registered for, beside what it sent: to see at a glance why it was refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django_oauthflows.clients import uris
from django_oauthflows.flows import catalogue
from django_oauthflows.flows.base import Flow
from django_oauthflows.rules.authorization import RESPONSE_MODES
from django_oauthflows.rules.requests import ClientFacts

#: What stands in a row's detail in the place of a value that is not kept.
_NOT_KEPT = "(not recorded)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One parameter: what came, what the client may send, and whether the two disagree."""

    name: str
    received: str
    expected: tuple[str, ...] = ()
    differs: bool = False


def compare(
    detail: Mapping[str, object], rule: str, client: ClientFacts | None
) -> tuple[Compared, ...]:
    """What a refused request held beside the client's registration as it is now.

    A parameter that the rule misses is a row too. Values that are secret were never recorded.
    """
    expected = expected_of(client) if client else {}
    rows = [_compared(name, str(value), expected, client) for name, value in detail.items()]
    missing = rule.removesuffix("_must_be_sent")
    if missing != rule and missing not in detail:
        rows.append(
            Compared(name=missing, received="", expected=expected.get(missing, ()), differs=True)
        )
    return tuple(sorted(rows, key=lambda row: (not row.differs, row.name)))


def expected_of(client: ClientFacts) -> dict[str, tuple[str, ...]]:
    """The values a client may send, by parameter; without the parameters that anybody may set freely."""
    flows = [flow for flow in catalogue.FLOWS if flow.slug in client.flows]
    resources = client.exchange_targets or client.allowed_resources
    expected: dict[str, tuple[str, ...]] = {
        "client_id": (client.client_id,),
        "grant_type": _of(flows, lambda flow: (flow.grant_type,)),
        "response_type": _of(flows, lambda flow: flow.response_types),
        "response_mode": tuple(RESPONSE_MODES),
        "redirect_uri": client.redirect_uris,
        "post_logout_redirect_uri": client.post_logout_redirect_uris,
        "scope": tuple(sorted(client.scopes)),
        "resource": tuple(sorted(resources)),
        # Of a token that it introspected.
        "meant_for": tuple(sorted(client.resources)),
        "code_challenge_method": ("S256",) if client.profile != "legacy" else ("S256", "plain"),
    }
    return {name: values for name, values in expected.items() if values}


def _of(flows: list[Flow], values: Callable[[Flow], tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for flow in flows for value in values(flow) if value))


def _compared(
    name: str,
    received: str,
    expected: Mapping[str, tuple[str, ...]],
    client: ClientFacts | None,
) -> Compared:
    allowed = expected.get(name, ())
    differs = (
        bool(allowed) and received != _NOT_KEPT and not _agrees(name, received, allowed, client)
    )
    return Compared(name=name, received=received, expected=allowed, differs=differs)


def _agrees(name: str, received: str, allowed: tuple[str, ...], client: ClientFacts | None) -> bool:
    if name == "redirect_uri" and client is not None:
        return uris.belongs_to(client, received)
    if name in ("scope", "resource", "meant_for"):
        return set(received.split()) <= set(allowed)
    if name == "response_type":
        return sorted(received.split()) in [sorted(value.split()) for value in allowed]
    return received in allowed
