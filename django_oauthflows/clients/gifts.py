"""What a person may give a client they add. Adding is a permission; giving freely needs `CHANGE_POLICY`."""

from typing import Any

from django_oauthflows import dot, own_scopes
from django_oauthflows.clients import presets
from django_oauthflows.clients.access import Deed, may_to_all
from django_oauthflows.clients.presets import Preset


def may_give_freely(person: Any) -> bool:
    """May this person vouch for a client, and give it whatever there is?"""
    return may_to_all(person, Deed.CHANGE_POLICY)


def kinds_within_gift(person: Any) -> tuple[Preset, ...]:
    """The kinds of client this person may add: none with weaker rules than the standard's, and no API.

    An API looks at the tokens of other clients' people.
    """
    if may_give_freely(person):
        return presets.PRESETS
    return tuple(
        kind for kind in presets.PRESETS if kind.profile != "legacy" and not kind.is_resource_server
    )


def scopes_within_gift(person: Any) -> frozenset[str]:
    """The scopes this person may give: none over the server, or adding a client would be a way to them."""
    scopes = frozenset(dot.all_scopes())
    if may_give_freely(person):
        return scopes
    return own_scopes.without(scopes)
