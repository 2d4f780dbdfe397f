"""What a rehearsal is asked, and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise

from django_oauthflows.audit.explaining import Paragraph
from django_oauthflows.flows.base import Flow
from django_oauthflows.rules.requests import ClientFacts

Text = str | Promise

#: Stands where a value is made anew for each answer, or is known to the client alone.
MADE_THEN = "(made for each answer)"
#: The claims it stands for.
MADE_FOR_EACH = frozenset({"at_hash", "c_hash", "jti", "nonce", "sid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """How the person is supposed to have signed in; `ago` is seconds."""

    ago: int = 0
    acr: str = ""
    amr: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A request as a client could make it, and who would be in front of the browser.

    `scopes` is `None` for a request that names none, `left_out` what the person would untick. `parameters`
    are further ones of OpenID Connect by name. Without `signed_in` the person comes to sign in.
    """

    client: ClientFacts
    flow: Flow
    person: Any = None
    scopes: frozenset[str] | None = None
    left_out: frozenset[str] = frozenset()
    resource: tuple[str, ...] = ()
    redirect_uri: str = ""
    response_type: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    signed_in: SignedIn | None = SignedIn()


class Told(StrEnum):
    """How a refusal is told, as far as the request came."""

    PAGE = "page"
    REDIRECT = "redirect"
    JSON = "json"


class Mark(StrEnum):
    """What a step is to whoever reads them."""

    PASSES = "passes"
    PERSON = "person"
    SUPPOSED = "supposed"
    STOPS = "stops"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that would happen, and why."""

    mark: Mark
    title: Text
    why: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A refusal in the words of the explainer, and how whoever asked is told."""

    code: str
    sentence: str
    rule: str
    why: Text
    means: Text
    fix: Text
    paragraphs: tuple[Paragraph, ...]
    told: Told
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentPage:
    """The page the person would see: the template of the real one, and all it says."""

    template: str
    context: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeTold:
    """What becomes of one scope."""

    name: str
    description: str
    is_given: bool
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class JWT:
    """What a JWT would say. It has no signature, and is no token."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    is_encrypted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What the client would be given at once. Lifetimes are seconds, `None` for no end of its own.

    `where` names the road; without `has_access_token` only an ID token or a code goes it. `access_jwt` is
    `None` for an opaque access token. `no_refresh` and `no_userinfo` say why there is none.
    """

    where: Text
    scopes: frozenset[str]
    has_code: bool = False
    has_access_token: bool = False
    access_jwt: JWT | None = None
    expires_in: int = 0
    audience: tuple[str, ...] = ()
    introspection: Mapping[str, Any] = field(default_factory=dict)
    has_refresh_token: bool = False
    no_refresh: Text = ""
    refresh_idle: int | None = None
    refresh_absolute: int | None = None
    id_token: JWT | None = None
    userinfo: Mapping[str, Any] | None = None
    no_userinfo: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What would happen, from the first step to the last."""

    question: Question
    steps: tuple[Step, ...]
    refused: Refused | None
    page: ConsentPage | None
    deliveries: tuple[Delivery, ...]
    scopes: tuple[ScopeTold, ...]


class DeadEnd(Exception):
    """It goes no further, and nobody refused anything: the person would be left where the last step says."""


@dataclass(slots=True, kw_only=True)
class Notes:
    """What is written down while a rehearsal goes on; `agreed` is what the person allows on the page."""

    steps: list[Step] = field(default_factory=list)
    page: ConsentPage | None = None
    deliveries: list[Delivery] = field(default_factory=list)
    agreed: frozenset[str] | None = None
    told: Told = Told.JSON

    def add(self, mark: Mark, title: Text, why: Text = "") -> None:
        self.steps.append(Step(mark=mark, title=title, why=why))


def masked(claims: Mapping[str, Any]) -> dict[str, Any]:
    """The claims without what is another each time."""
    return {name: MADE_THEN if name in MADE_FOR_EACH else told for name, told in claims.items()}
