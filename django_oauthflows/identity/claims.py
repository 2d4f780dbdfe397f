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
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.module_loading import import_string

from django_oauthflows.conf import conf
from django_oauthflows.rules.requests import ClientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One fact about a person.

    `scope` is the scope that stands for it. `source` gets the person; `translated` the person and a language
    tag (RFC 5646), and answers with the value in that language, or `None` (§5.2).
    """

    scope: str
    source: Callable[[Any], Any]
    translated: Callable[[Any, str], Any] | None = None


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


def _email(person: Any) -> Any:
    return getattr(person, person.get_email_field_name(), None)


def _email_verified(person: Any) -> bool | None:
    """Django never asked anybody to prove an address: unless the model says so, it is not (§5.1)."""
    return bool(field_of("email_verified")(person)) if _email(person) else None


def _phone_verified(person: Any) -> bool | None:
    verified = field_of("phone_number_verified")(person)
    return bool(verified) if field_of("phone_number")(person) else None


#: The claims of OpenID Connect Core §5.1 under the scopes of §5.4.
STANDARD_CLAIMS: Mapping[str, Claim] = {
    "name": Claim(scope="profile", source=lambda person: person.get_full_name()),
    "given_name": Claim(scope="profile", source=field_of("first_name")),
    "family_name": Claim(scope="profile", source=field_of("last_name")),
    "preferred_username": Claim(scope="profile", source=lambda person: person.get_username()),
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
    "email": Claim(scope="email", source=_email),
    "email_verified": Claim(scope="email", source=_email_verified),
    "address": Claim(scope="address", source=field_of("address")),
    "phone_number": Claim(scope="phone", source=field_of("phone_number")),
    "phone_number_verified": Claim(scope="phone", source=_phone_verified),
}


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


def scopes_of(names: Collection[str]) -> frozenset[str]:
    """The scopes that stand for claims; a client that asks for a claim by name asks the person for these."""
    known = all_claims()
    bare = {name.partition("#")[0] for name in names}
    return frozenset(known[name].scope for name in bare if name in known)


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
        if not language and _is_known(value := claim.source(person)):
            yield name, value
        for tag in (language,) if language else locales:
            if claim.translated and _is_known(value := claim.translated(person, tag)):
                yield f"{name}#{tag}", value


def _is_known(value: Any) -> bool:
    return value is not None and value != ""
