"""The public keys of clients: registered with them, or published at an address of theirs (RFC 7591 §2).

What is published is kept in the cache for as long as its publisher says, within bounds, and fetched again
when a signature names a key that is not among them: that is how a client rotates its keys. How often one
address is asked is limited, so that invented names make this server knock at nobody's door. No client without
keys pays for any of this.
"""

import logging
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from time import time
from typing import Any

from joserfc.jwk import Key, KeySet

from django_oauthflows.clients.fetching import (
    Document,
    LimitReached,
    NotFetched,
    fetch,
    fetch_now,
    parsed_json,
)
from django_oauthflows.clients.key_sets import keys_of
from django_oauthflows.core.guarded_cache import cache
from django_oauthflows.core.outage import CacheUnavailable, TooManyFetches
from django_oauthflows.rules.requests import ClientFacts

logger = logging.getLogger("django_oauthflows.keys")

#: Seconds a published set is believed: at least, at most, and where its publisher does not say.
FRESH_AT_LEAST, FRESH_AT_MOST, FRESH_USUALLY = 60, 86_400, 3600
#: How long a set is kept for when its address does not answer, in seconds.
_KEPT = 7 * 86_400
#: One address is asked at most so many times within so many seconds, by all workers together.
LOOKS, LOOKS_SECONDS = 5, 60

_ACCEPT = "application/jwk-set+json, application/json"
#: What a key for each way of wrapping a content key must be (RFC 7518 §4.1).
_WRAPPING = {"RSA": ("RSA",), "ECDH": ("EC", "OKP")}


class NoKeys(Exception):
    """There is no key for what is asked: none registered, none that fits, or none that could be fetched."""


def verifying_keys(client: ClientFacts, *, kid: str = "", network: str | None = None) -> KeySet:
    """Return the keys that may have signed for a client. Raises `NoKeys` or `Outage`.

    `kid` is the one a signature names, `network` where the signature came from, as for `fetching.fetch`.
    """
    return verifying_keys_of(client.jwks, client.jwks_uri, kid=kid, network=network)


def verifying_keys_of(
    jwks: Mapping[str, Any] | None, jwks_uri: str, *, kid: str = "", network: str | None = None
) -> KeySet:
    """The same for anybody who has keys: a set, or else an address of one. Raises `NoKeys`."""
    known = _for_signatures(_key_set(jwks, jwks_uri, network=network))
    if kid and jwks is None and jwks_uri and not any(key.kid == kid for key in known):
        known = _for_signatures(_key_set(jwks, jwks_uri, network=network, is_unknown=True))
    if not known:
        raise NoKeys
    return known


def encryption_key(client: ClientFacts, alg: str) -> Key:
    """The key to encrypt to a client with, by `alg` (RFC 7518 §4.1). Raises `NoKeys`."""
    key_types = _WRAPPING.get(alg.partition("-")[0], ())
    for key in _key_set(client.jwks, client.jwks_uri):
        fits = key.get("use", "enc") == "enc" and key.get("alg", alg) == alg
        can = getattr(key, "curve_name", "") not in ("Ed25519", "Ed448")
        if fits and can and key.key_type in key_types:
            return key
    raise NoKeys


def has_keys(client: ClientFacts) -> bool:
    """Is anything registered that could verify a signature of the client's?"""
    return client.jwks is not None or bool(client.jwks_uri)


def _for_signatures(keys: KeySet) -> KeySet:
    return KeySet([key for key in keys if key.get("use", "sig") == "sig"])


def _key_set(
    jwks: Mapping[str, Any] | None,
    jwks_uri: str,
    *,
    network: str | None = None,
    is_unknown: bool = False,
) -> KeySet:
    if jwks is not None:
        return keys_of(jwks)
    if not jwks_uri:
        raise NoKeys
    try:
        published = _published(jwks_uri, network=network, is_unknown=is_unknown)
    except LimitReached as error:
        raise TooManyFetches from error
    except NotFetched as error:
        logger.warning("keys of a client could not be fetched: %s", error)
        raise NoKeys from error
    return keys_of(published)


def _published(uri: str, *, network: str | None, is_unknown: bool) -> Any:
    """The set at an address; from the cache, unless it is old or is known to lack a key.

    A set that is old is better than none while its address does not answer. Raises `NotFetched`.
    """
    name = _name_of(uri)
    kept: tuple[float, Any] | None = cache.get(name)
    if kept is not None and kept[0] > time() and not is_unknown:
        return kept[1]
    try:
        return _fetched(name, uri, partial(fetch, network=network))
    except LimitReached:
        # The key that is named may be a new one, if each of those that are known has another name.
        if kept is None or (is_unknown and all(key.kid for key in keys_of(kept[1]))):
            raise
        return kept[1]
    except NotFetched:
        if kept is None:
            raise
        return kept[1]


def look_now(uri: str) -> Any:
    """Fetch the set at an address whatever is known of it, and keep it. Raises `NotFetched`."""
    try:
        return _fetched(_name_of(uri), uri, fetch_now)
    except CacheUnavailable as error:
        raise NotFetched("The cache does not answer.") from error


def last_seen(uri: str) -> Any:
    """The set that was last fetched from an address; `None` before the first time, or without a cache."""
    try:
        kept: tuple[float, Any] | None = cache.get(_name_of(uri))
    except CacheUnavailable:
        return None
    return kept[1] if kept is not None else None


def _fetched(name: str, uri: str, ask: Callable[..., Document]) -> Any:
    if not _may_look(name):
        raise LimitReached("This address was asked too often.")
    document = ask(uri, accept=_ACCEPT)
    published = parsed_json(document)
    if not keys_of(published):
        raise NotFetched("There are no usable keys at this address.")
    age = FRESH_USUALLY if document.max_age is None else document.max_age
    if document.must_not_be_kept:
        age = 0  # kept for the least all the same: each signature would ask its publisher otherwise
    fresh = min(max(age, FRESH_AT_LEAST), FRESH_AT_MOST)
    cache.set(name, (time() + fresh, published), timeout=_KEPT)
    return published


def _name_of(uri: str) -> str:
    return f"oauthflows:jwks:{sha256(uri.encode()).hexdigest()[:40]}"


def _may_look(name: str) -> bool:
    counter = f"{name}:{int(time()) // LOOKS_SECONDS}"
    return cache.count(counter, timeout=LOOKS_SECONDS) <= LOOKS
