"""Limits on registrations (RFC 7591 §5).

Each attempt counts for its network, and only a registration that passed every rule counts in all: nobody
can shut registration for others by sending what is refused.
"""

from hashlib import sha256

from django_oauthflows import limits
from django_oauthflows.conf import conf
from django_oauthflows.core.guarded_cache import cache
from django_oauthflows.errors import Code, Refusal


def may_look_at(client_id: str, network: str) -> bool:
    """Return whether a network may name a metadata document that is new; count each document once.

    Many people of one network may meet the same new client at once. Only what may be looked at is remembered,
    so that invented addresses take no memory.
    """
    mark = f"oauthflows:counted:{sha256(f'{network} {client_id}'.encode()).hexdigest()}"
    if cache.get(mark):
        return True
    if _wait(network, conf.REGISTRATIONS_PER_NETWORK) is not None:
        return False
    cache.set(mark, 1, timeout=conf.REGISTRATIONS_WINDOW)
    return True


def count_attempt(key: str) -> None:
    """Count an attempt of a network, or of a client that is known. Raises `Refusal`."""
    _must_not_wait(_wait(key, conf.REGISTRATIONS_PER_NETWORK))


def count_passed() -> None:
    """Count a registration that passed the rules. Raises `Refusal`."""
    _must_not_wait(_wait("all", conf.REGISTRATIONS_IN_ALL))


def _wait(key: str, at_most: int) -> int | None:
    seconds = conf.REGISTRATIONS_WINDOW
    return limits.spend("registration", key, at_most=at_most, per_seconds=seconds)


def _must_not_wait(seconds: int | None) -> None:
    if seconds is not None:
        raise Refusal(
            Code.INVALID_REQUEST,
            "Too many registrations: try again later.",
            rule="registrations_must_not_be_too_many",
            spec="RFC 7591 §5",
            status=429,
            retry_after=seconds,
        )
