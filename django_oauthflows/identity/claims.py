"""What may be told of a person, and where it comes from: the place to map claims (OpenID Connect Core §5).

Each claim belongs to a scope and has a source, a function of the person. The standard claims come from
Django's user model: its names and address, and any field of a project's own model that bears a claim's name,
such as `birthdate`. A project adds claims, or other sources, by a mapping of its own:

    # myproject/claims.py
    CLAIMS = {
        "picture": Claim(scope="profile", source=lambda person: person.avatar.url),
        "department": Claim(scope="work", source=lambda person: person.employee.department.name),
    }

    # settings.py
    OAUTHFLOWS = {"CLAIMS": "myproject.claims.CLAIMS"}

A source answers `None` for what is not known, and that claim is left out (§5.3.2).

The claims `groups` and `roles` are ready too, each of the scope of its name: a project that lists the scope
in `SCOPES` offers them (`identity/memberships.py`).
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.module_loading import import_string

from django_oauthflows.conf import conf
from django_oauthflows.core import users
from django_oauthflows.identity.memberships import GROUPS, ROLES, groups_of, roles_of
from django_oauthflows.identity.postal_addresses import address_claim
from django_oauthflows.identity.verified_email import email_of, email_verified, is_same
from django_oauthflows.rules.requests import ClientFacts, NamedClaim


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One fact about a person.

    `scope` is the scope that stands for it. `source` gets the person, and with `is_for_client` the client as
    well; `translated` the person and a language tag (RFC 5646), and answers with the value in that
    language, or `None` (§5.2).
    """

    scope: str
    source: Callable[..., Any]
    translated: Callable[[Any, str], Any] | None = None
    is_for_client: bool = False

    def value(self, person: Any, client: ClientFacts) -> Any:
        """Return what this client is told of the person, or `None`."""
        return self.source(person, client) if self.is_for_client else self.source(person)


def field_of(name: str) -> Callable[[Any], Any]:
    """The value of the person's own field of this name; `None` where their model has none."""

    def source(person: Any) -> Any:
        try:
            person._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        value = getattr(person, name)
        return value.isoformat() if hasattr(value, "isoformat") else value

    return source


def _address(person: Any) -> dict[str, str] | None:
    """An address is an object (§5.1.1), whatever the field of the model is."""
    return address_claim(field_of("address")(person))


def _phone_verified(person: Any) -> bool | None:
    """Return whether the number is verified; `None` where the model does not say so (§5.1)."""
    verified = field_of("phone_number_verified")(person)
    is_known = verified is not None and field_of("phone_number")(person)
    return bool(verified) if is_known else None


#: The claims of OpenID Connect Core §5.1 under the scopes of §5.4, and two that many programs read.
STANDARD_CLAIMS: Mapping[str, Claim] = {
    "name": Claim(scope="profile", source=users.full_name_of),
    "given_name": Claim(scope="profile", source=field_of("first_name")),
    "family_name": Claim(scope="profile", source=field_of("last_name")),
    "preferred_username": Claim(scope="profile", source=users.username_of),
    **{
        name: Claim(scope="profile", source=field_of(name))
        for name in (
            "middle_name",
            "nickname",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
        )
    },
    "updated_at": Claim(scope="profile", source=lambda person: _seconds(person, "updated_at")),
    "email": Claim(scope="email", source=email_of),
    "email_verified": Claim(scope="email", source=email_verified),
    "address": Claim(scope="address", source=_address),
    "phone_number": Claim(scope="phone", source=field_of("phone_number")),
    "phone_number_verified": Claim(scope="phone", source=_phone_verified),
    GROUPS: Claim(scope=GROUPS, source=groups_of, is_for_client=True),
    ROLES: Claim(scope=ROLES, source=roles_of, is_for_client=True),
}

#: Claims that say that another one was verified, and which one that is.
_VERIFIED = {"email_verified": "email", "phone_number_verified": "phone_number"}


def _seconds(person: Any, name: str) -> int | None:
    """A moment as the number of seconds that §5.1 wants."""
    moment = getattr(person, name, None)
    return int(moment.timestamp()) if isinstance(moment, datetime) else None


def all_claims() -> Mapping[str, Claim]:
    """Every claim by name: the standard ones, and the project's own in their place or beside them."""
    return _with_own(conf.CLAIMS)


@lru_cache(maxsize=8)
def _with_own(path: str) -> Mapping[str, Claim]:
    own: Mapping[str, Claim] = import_string(path) if path else {}
    return {**STANDARD_CLAIMS, **own}


def named_claims(names: Collection[str]) -> frozenset[NamedClaim]:
    """Return the claims of these names that the site knows, each with the scope that stands for it."""
    known = all_claims()
    bare = {name.partition("#")[0] for name in names}
    return frozenset(
        NamedClaim(scope=known[name].scope, name=name) for name in bare if name in known
    )


def names_of(scopes: Collection[str]) -> frozenset[str]:
    """The claims that scopes stand for (§5.4)."""
    return frozenset(name for name, claim in all_claims().items() if claim.scope in scopes)


def told(
    person: Any,
    names: Collection[str],
    *,
    client: ClientFacts,
    scopes: Collection[str],
    asked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The claims of these names that are known of a person and may be told to the client.

    A claim is told where its scope was granted, with the others or for the sake of this claim (`scopes` of
    what was `asked`), and where the client's own limit allows it. One that was asked in a language
    (`name#de`), or has a translation into one of the `locales` that were asked, is told under a name that
    says which.
    """
    asked = asked or {}
    granted = frozenset(scopes) | (frozenset(asked.get("scopes") or ()) & client.scopes)
    locales = asked.get("locales") or ()
    return dict(_told(person, names, client=client, scopes=granted, locales=locales))


def _told(
    person: Any,
    names: Collection[str],
    *,
    client: ClientFacts,
    scopes: Collection[str],
    locales: Collection[str],
) -> Iterator[tuple[str, Any]]:
    known, limit = all_claims(), client.openid.allowed_claims
    for asked in sorted(names):
        name, _, language = asked.partition("#")
        claim = known.get(name)
        if claim is None or claim.scope not in scopes or (limit is not None and name not in limit):
            continue
        if not _is_of_told_value(name, person, client):
            continue
        if not language and _is_known(value := claim.value(person, client)):
            yield name, value
        for tag in (language,) if language else locales:
            if claim.translated and _is_known(value := claim.translated(person, tag)):
                yield f"{name}#{tag}", value


def _is_of_told_value(name: str, person: Any, client: ClientFacts) -> bool:
    """Return whether a claim that something was verified is about the very value that is told (§5.1).

    What the person's own model has was verified, and no other value that a project tells in its place. A
    project that maps the claim itself answers for it.
    """
    known, about = all_claims(), _VERIFIED.get(name)
    if about is None or known[name] is not STANDARD_CLAIMS[name]:
        return True
    if known[about] is STANDARD_CLAIMS[about]:
        return True
    own = str(STANDARD_CLAIMS[about].value(person, client) or "")
    return is_same(own, str(known[about].value(person, client) or ""))


def _is_known(value: Any) -> bool:
    return value is not None and value != ""
