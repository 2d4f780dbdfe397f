"""What a client was given when it registered, remembered beside what it said of itself.

The difference to what its policy holds is what an administrator decided, which stays: what they took does
not come back when the client changes its registration, and what they added does not go (RFC 7592 §2.2).
"""

from collections.abc import Collection, Mapping
from typing import Any

from django_oauthflows.clients.dynamic.members import plain
from django_oauthflows.clients.dynamic.models import ClientRegistration
from django_oauthflows.rules.client_metadata import ClientMetadata
from django_oauthflows.rules.words import words_of

#: Under which the stored metadata has it; no member of a registration bears the name.
_KEY = "given"

#: Lists of a policy, by column.
Lists = Mapping[str, Collection[str]]


def stored(metadata: ClientMetadata, given: Lists) -> dict[str, Any]:
    """Return what is written down of a registration."""
    return {**plain(metadata), _KEY: {name: sorted(values) for name, values in given.items()}}


def said_in(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the client said, of what was written down."""
    return {name: value for name, value in kept.items() if name != _KEY}


def given_in(kept: Mapping[str, Any]) -> Lists | None:
    """Return what the client was given; `None` for one that registered before that was remembered."""
    return kept.get(_KEY)


def carried_over(given: Lists, current: Lists, gives: Lists) -> dict[str, list[str]]:
    """Return what a policy holds from now on: what the client is given now, as an administrator decided."""
    return {
        name: sorted(
            (set(gives[name]) - (set(given[name]) - set(current[name])))
            | (set(current[name]) - set(given[name]))
        )
        for name in gives
    }


def remembered(given: Lists, current: Lists, gives: Lists) -> dict[str, list[str]]:
    """Return what is remembered as given: what is given now, and what an administrator took at any time."""
    return {
        name: sorted(set(gives[name]) | (set(given[name]) - set(current[name]))) for name in gives
    }


def registered_scopes(registration: ClientRegistration) -> list[str]:
    """Return the scopes a client registered that it still has, with those an administrator added.

    It may ask people for more (`records.scopes_within_reach`).
    """
    current = frozenset(registration.application.oauthflows_policy.scopes)
    given = given_in(registration.metadata)
    named = registration.metadata.get("scope")
    if given is None or named is None:
        return sorted(current)
    return sorted(current & frozenset(words_of(named)) | current - frozenset(given["scopes"]))
