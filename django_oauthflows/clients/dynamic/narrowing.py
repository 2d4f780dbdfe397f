"""What a client may have of all that it says of itself (RFC 7591 §2, §3.2.1).

Agents list every grant type, response type and scope that they know. The server registers those that it gives
such a client, and its answer names them. A client of which nothing useful would be left is not narrowed: the
rules then say what is wrong. How it authenticates is never changed, as that would make it another client.
"""

from collections.abc import Collection
from dataclasses import replace

from django_oauthflows.rules.client_metadata import ClientMetadata, Offered
from django_oauthflows.rules.words import words_of

#: The grant types that a response type stands for, by the words of it (RFC 7591 §2.1).
_ANSWERED = {"authorization_code": {"code"}, "implicit": {"token", "id_token"}}


def narrowed(metadata: ClientMetadata, offered: Offered, *, is_introduced: bool) -> ClientMetadata:
    """Return the metadata with what such a client is given; unchanged where that would be of no use."""
    return _with_scopes(_with_flows(metadata, offered, is_introduced=is_introduced), offered)


def _with_flows(
    metadata: ClientMetadata, offered: Offered, *, is_introduced: bool
) -> ClientMetadata:
    may_act_alone = is_introduced and metadata.is_confidential
    given = offered.grant_types - (frozenset() if may_act_alone else offered.unattended)
    kinds = tuple(kind for kind in metadata.response_types if kind in offered.response_types)
    grants = tuple(
        name
        for name in metadata.grant_types
        if name in given and not _lost_its_answers(name, metadata.response_types, kinds)
    )
    if not set(grants) - {"refresh_token"}:
        return metadata
    return replace(metadata, response_types=kinds, grant_types=grants)


def _lost_its_answers(grant_type: str, said: Collection[str], left: Collection[str]) -> bool:
    """Was it named with response types of its own, of which none is left?"""
    words = _ANSWERED.get(grant_type, set())
    return _have_one_of(words, said) and not _have_one_of(words, left)


def _have_one_of(words: set[str], kinds: Collection[str]) -> bool:
    return any(words.intersection(words_of(kind)) for kind in kinds)


def _with_scopes(metadata: ClientMetadata, offered: Offered) -> ClientMetadata:
    """Scopes that no part of the server knows are no choice: a client that named no others named none."""
    if metadata.scope is None:
        return metadata
    known = metadata.scope & offered.known_scopes
    left = known & offered.scopes
    if known and not left:
        return metadata
    return replace(metadata, scope=left or None)
