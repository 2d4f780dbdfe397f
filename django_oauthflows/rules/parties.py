"""Who takes part in a token exchange, and what is asked, in frozen values for its rules (RFC 8693 §2.1)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class TokenType(StrEnum):
    """What a token is, or is to be (RFC 8693 §3)."""

    ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
    JWT = "urn:ietf:params:oauth:token-type:jwt"
    ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"
    REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token"


#: What a subject's or an actor's token may be.
ACCEPTED = frozenset({TokenType.ACCESS_TOKEN, TokenType.JWT, TokenType.ID_TOKEN})
#: What may be asked for; nothing is the first.
ISSUED = (TokenType.ACCESS_TOKEN, TokenType.JWT)

#: Who acts, and within it who acted before (RFC 8693 §4.1).
Act = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Whoever a live token stands for, and what it says of others.

    `subject` is what an `act` claim names them by: a person by what the asking client knows them by, a
    client by its id. `is_meant_for_client` holds for a token that names an API of the asking client's as its
    audience, and for one that names none where that client is this site's API. `bound_to` are the resources
    that whatever is made of the token must stay within; empty is no limit. `act` and `may_act` are the
    token's claims as they stand in it; `chain` is who acted by what the server itself wrote down, which a
    token of impersonation does not say.
    """

    subject: str
    is_person: bool
    was_issued_to_client: bool
    is_meant_for_client: bool = False
    bound_to: frozenset[str] = frozenset()
    act: Any = field(default=None, repr=False)
    may_act: Any = field(default=None, repr=False)
    chain: Act | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanging:
    """What a token exchange asks for, and for whom. A party without a live token is `None`.

    `resource` are the resources as they were sent, `targets` all that the new token is to be meant for:
    resources and audiences, or the client's only possible one.
    """

    subject_token_type: str = ""
    actor_token_type: str = ""
    requested_token_type: str = ""
    actor_token_was_sent: bool = False
    resource: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    subject: Party | None = None
    actor: Party | None = None


#: The same for every other request.
NO_EXCHANGE = Exchanging()


def actors_named_in(act: Any) -> list[str]:
    """Everybody a chain names, whoever acts now first."""
    names = []
    while isinstance(act, Mapping):
        names.append(str(act.get("sub", "")))
        act = act.get("act")
    return names
