"""What a flow is."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

from django_oauthflows.rules.base import Rule
from django_oauthflows.rules.clients import flow_must_be_allowed_by_profile
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest


class Standing(StrEnum):
    """What the field thinks of a flow today."""

    RECOMMENDED = "recommended"
    LEGACY = "legacy"


class Actor(StrEnum):
    """Who takes a step."""

    PERSON = "person"
    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a flow, so that a page can draw it."""

    actor: Actor
    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One way for a client to get a token.

    `authorization_rules` are asked at the authorization endpoint, `token_rules` at the token endpoint once
    the client is authenticated and what it presents has been looked up; the client's profile adds its own.
    `uses_pkce` tells apart the two flows that share `response_type=code`. A flow without a `grant_type` is
    answered at the authorization endpoint alone. `why` tells whoever adds a client what it is given the flow
    for. One of legacy standing asks first, at both endpoints,
    whether the client's profile allows it; none can forget to.
    """

    slug: str
    name: str
    serves: str
    standing: Standing
    specification: str
    person_sees: str
    why: str | Promise
    steps: tuple[Step, ...]
    security_notes: tuple[str, ...]
    grant_type: str
    response_types: tuple[str, ...] = ()
    uses_pkce: bool = False
    has_person: bool = True
    may_be_refreshed: bool = False
    authorization_rules: tuple[Rule[AuthorizationRequest], ...] = ()
    token_rules: tuple[Rule[TokenRequest], ...] = ()

    def __post_init__(self) -> None:
        first = self.rules_of_standing
        object.__setattr__(self, "authorization_rules", (*first, *self.authorization_rules))
        object.__setattr__(self, "token_rules", (*first, *self.token_rules))

    @property
    def rules_of_standing(self) -> tuple[Rule[AuthorizationRequest | TokenRequest], ...]:
        """What is asked because of the flow's standing alone."""
        return (flow_must_be_allowed_by_profile,) if self.standing is Standing.LEGACY else ()
