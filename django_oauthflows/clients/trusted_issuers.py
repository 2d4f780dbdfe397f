"""The issuers whose assertions are taken for tokens (RFC 7523 §3): `OAUTHFLOWS["TRUSTED_ISSUERS"]`.

An issuer speaks for one client, or for whichever authenticates beside the assertion; of people only where the
project says who is meant. What the setting leaves out is not given.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.module_loading import import_string

from django_oauthflows.clients.methods import wrong_keys
from django_oauthflows.conf import conf
from django_oauthflows.keys.foreign import ASYMMETRIC

_KNOWN = ("jwks", "jwks_uri", "client_id", "person", "algorithms", "scopes")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedIssuer:
    """One issuer. Without `client_id` the client authenticates; `scopes` is the most it may ask for."""

    name: str
    client_id: str
    jwks: Mapping[str, Any] | None = field(repr=False)
    jwks_uri: str
    algorithms: frozenset[str]
    scopes: frozenset[str] | None
    person: str

    def person_of(self, claims: Mapping[str, Any]) -> Any:
        """Whom the project's function says is meant; None for nobody."""
        function: Callable[[Mapping[str, Any]], Any] = import_string(self.person)
        return function(claims)


def named(name: str) -> TrustedIssuer | None:
    """The issuer of this name, if it is trusted."""
    written = conf.TRUSTED_ISSUERS.get(name) if name else None
    if written is None:
        return None
    scopes = written.get("scopes")
    return TrustedIssuer(
        name=name,
        client_id=written.get("client_id", ""),
        jwks=written.get("jwks"),
        jwks_uri=written.get("jwks_uri", ""),
        # Never a shared secret's: a public key could be passed off as one.
        algorithms=frozenset(written.get("algorithms", ASYMMETRIC)) & frozenset(ASYMMETRIC),
        scopes=None if scopes is None else frozenset(scopes),
        person=written.get("person", ""),
    )


def mistakes() -> list[str]:
    """What is wrong with the setting, one sentence each."""
    trusted: Any = conf.TRUSTED_ISSUERS
    if not isinstance(trusted, Mapping):
        return ["it is a dictionary, by issuer."]
    return [
        f"{name!r}: {mistake}"
        for name, written in trusted.items()
        for mistake in _mistakes_of(name, written)
    ]


def _mistakes_of(name: Any, written: Any) -> list[str]:
    if not isinstance(name, str) or not name or not isinstance(written, Mapping):
        return ["an issuer is a name, and a dictionary of what is known of it."]
    found = [f"there is no {key!r}." for key in sorted(set(written) - set(_KNOWN))]
    found += [
        f"{key} is a list of names."
        for key in ("algorithms", "scopes")
        if not isinstance(written.get(key, []), list | tuple | set | frozenset)
    ]
    found += [
        f"{key} is text."
        for key in ("client_id", "jwks_uri", "person")
        if not isinstance(written.get(key, ""), str)
    ]
    if found:
        return found
    if unknown := sorted(set(written.get("algorithms", ())) - set(ASYMMETRIC)):
        found.append(f"algorithms that are not supported: {', '.join(unknown)}.")
    return found + _mistakes_of_keys(written) + _mistakes_of_person(written.get("person", ""))


def _mistakes_of_keys(written: Mapping[str, Any]) -> list[str]:
    wrong = wrong_keys(written.get("jwks"), written.get("jwks_uri", ""), are_needed=True)
    return [message for messages in wrong.values() for message in messages]


def _mistakes_of_person(path: str) -> list[str]:
    if not path:
        return []
    try:
        is_function = callable(import_string(path))
    except ImportError:
        is_function = False
    return [] if is_function else [f"person names no function: {path!r}."]
