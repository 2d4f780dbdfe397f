"""A kind of client as somebody chooses it: in plain words, with what follows and why."""

from dataclasses import dataclass

from django_oauthflows.clients.presets import Preset
from django_oauthflows.clients.profiles import BY_SLUG, Profile
from django_oauthflows.flows import catalogue
from django_oauthflows.flows.base import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One card of the page that asks what kind of client it is, and the head of the page after it."""

    kind: Preset
    flows: tuple[Flow, ...]
    profile: Profile

    @property
    def url(self) -> str:
        return f"?preset={self.kind.slug}"

    @property
    def has_secret(self) -> bool:
        return self.kind.is_confidential and not self.kind.has_own_key

    @property
    def legacy_text(self) -> str:
        """Its flows of legacy standing, by name."""
        return ", ".join(flow.name for flow in self.flows if flow.slug in catalogue.LEGACY)


def scenario_of(kind: Preset) -> Scenario:
    return Scenario(
        kind=kind,
        flows=tuple(catalogue.BY_SLUG[slug] for slug in kind.flows),
        profile=BY_SLUG[kind.profile],
    )
