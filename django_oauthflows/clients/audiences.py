"""What the access tokens of a client say as their audience, told to whoever registers it (RFC 9068 §3)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from django_oauthflows.clients import presets


class HasResources(Protocol):
    """A client's facts, or its policy."""

    @property
    def preset(self) -> str: ...
    @property
    def resources(self) -> Collection[str]: ...
    @property
    def allowed_resources(self) -> Collection[str]: ...
    @property
    def may_introspect_all(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """The names an API looks for in `aud`. `may_be_another`: the client may ask for any other resource."""

    names: tuple[str, ...]
    may_be_another: bool = False


def audience_of(client: HasResources | None, own_resource: str) -> Audience:
    """Return the audience of a client's tokens, or of those that an API is called with.

    `own_resource` is this site's, empty where it is not known. `None` stands for a client without a policy.
    """
    if client is None:
        return Audience(names=(own_resource,) if own_resource else (), may_be_another=True)
    kind = presets.BY_SLUG.get(client.preset)
    if kind is not None and kind.is_resource_server:
        return Audience(
            names=tuple(sorted(client.resources)), may_be_another=client.may_introspect_all
        )
    if client.allowed_resources:
        return Audience(names=tuple(sorted(client.allowed_resources)))
    return Audience(names=(own_resource,) if own_resource else (), may_be_another=True)
