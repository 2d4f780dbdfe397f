"""The clients whose tokens an exchanged token was made of, from the first one to the nearest (RFC 8693).

An exchanged token is good for no longer than any of them. They are looked at each time that the token is
used, so that no moment lies between the end of a client and the end of what was made of its tokens.
"""

from collections.abc import Collection
from typing import Any

from django_oauthflows import dot
from django_oauthflows.tokens.models import Authorization


def origins_of(parent: Authorization | None, client_key: object) -> list[str]:
    """Return the keys for a grant that is made of a token of `client_key`, which came of `parent`."""
    before = parent.origins if parent is not None else []
    return list(dict.fromkeys([*before, str(client_key)]))


def is_usable(token_checksum: str, request: Any) -> bool:
    """Return whether the clients behind an access token let it be used; true for one of no exchange."""
    using = dot.token_database()
    rows = Authorization.objects.using(using).filter(exchanged_checksum=token_checksum)
    keys: list[str] = rows.values_list("origins", flat=True).first() or []
    return are_usable(keys, using, request)


def are_usable(keys: Collection[str], using: str, request: Any) -> bool:
    """Return whether all of these clients are still there, and none is disabled; no statement for none.

    A swapped application model that has its own `is_usable` is asked too, as for the token's own client.
    """
    if not keys:
        return True
    rows = dot.application_model()._default_manager.using(using).filter(pk__in=keys)
    enabled = rows.exclude(oauthflows_policy__is_enabled=False)
    if not dot.applications_ask_their_own_model():
        return bool(enabled.count() == len(keys))
    found: list[Any] = list(enabled)
    return len(found) == len(keys) and all(one.is_usable(request) for one in found)
