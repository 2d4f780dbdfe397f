"""Which clients may use flows of legacy standing: asked by the metadata, the checks and the admin."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

from django_oauthflows import dot
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.policy import SWITCHES, is_opened
from django_oauthflows.conf import conf
from django_oauthflows.core import text
from django_oauthflows.core.last_known import LastKnown
from django_oauthflows.flows import catalogue

#: What this worker knows, until when.
_remembered: list[tuple[float, frozenset[str]]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyClient:
    """A client that may use flows of legacy standing, named in the words of the catalogue."""

    name: str
    client_id: str
    flows: tuple[str, ...]


def legacy_flows_of(application: Any) -> tuple[str, ...]:
    """The names of the flows of legacy standing a client may really use, in the catalogue's order."""
    client = facts_of(application)
    if client.profile != "legacy":
        return ()
    may_use = catalogue.LEGACY & client.flows
    return tuple(flow.name for flow in catalogue.FLOWS if flow.slug in may_use)


def legacy_clients(at_most: int) -> list[LegacyClient]:
    """The first few enabled clients that may use a flow of legacy standing, oldest first."""
    found: list[LegacyClient] = []
    for application in _candidates().order_by("pk").iterator(chunk_size=100):
        if flows := legacy_flows_of(application):
            name = text.shown(application.name, application.client_id)
            found.append(LegacyClient(name=name, client_id=application.client_id, flows=flows))
        if len(found) == at_most:
            break
    return found


def legacy_flows_in_use() -> frozenset[str]:
    """The slugs of the legacy flows some enabled client may use; looked up as often as a client is."""
    now = monotonic()
    if not _remembered or _remembered[0][0] <= now:
        _remembered[:] = [(now + conf.CLIENT_CACHE_SECONDS, _last_in_use())]
    return _remembered[0][1]


def forget(**_: Any) -> None:
    """Drop what this worker remembers; called whenever a client or its policy changes here."""
    _remembered.clear()
    _last_in_use.forget()


def _in_use() -> Iterator[str]:
    """Two statements at most, with a handful of rows: each set of flows once."""
    policies = ClientPolicy.objects.filter(profile="legacy", is_enabled=True).order_by()
    for flows in policies.values_list("flows", flat=True).distinct():
        yield from catalogue.LEGACY.intersection(flows)
    if opened := _opened():
        applications = dot.application_model()._default_manager.filter(
            oauthflows_policy__isnull=True, authorization_grant_type__in=opened
        )
        kinds = applications.order_by().values_list("authorization_grant_type", flat=True)
        for kind in kinds.distinct():
            yield from catalogue.LEGACY & dot.FLOWS_OF_GRANT_TYPE[kind]


_last_in_use = LastKnown(lambda: frozenset(_in_use()))


def _candidates() -> Any:
    applications = dot.application_model()._default_manager.select_related(
        "oauthflows_policy", "user"
    )
    by_policy = applications.filter(
        oauthflows_policy__profile="legacy", oauthflows_policy__is_enabled=True
    )
    without = applications.filter(
        oauthflows_policy__isnull=True, authorization_grant_type__in=_opened()
    )
    return by_policy | without


def _opened() -> list[str]:
    return [grant_type for grant_type in SWITCHES if is_opened(grant_type)]
