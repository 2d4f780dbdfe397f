"""Limits on wrong user codes (RFC 8628 §5.1): by person and by network.

A right code is never counted in the end, so that somebody may connect as many devices as they have.
"""

from django.http import HttpRequest

from django_oauthflows import limits
from django_oauthflows.audit.actors import network_of
from django_oauthflows.tokens import lifetimes

#: Attempts while a code lives. RFC 8628 §5.1 counts five for eight letters out of twenty; a network may be a
#: whole school.
AT_MOST_BY_PERSON, AT_MOST_BY_NETWORK = 5, 50
_NAME = "user-code"


def count(http: HttpRequest) -> int | None:
    """Count an attempt before it is looked at; the seconds to wait where there were too many."""
    lifetime = lifetimes.device_code_lifetime()
    waits = [
        limits.spend(_NAME, key, at_most=at_most, per_seconds=lifetime)
        for key, at_most in _counters(http)
    ]
    return max((wait for wait in waits if wait is not None), default=None)


def give_back(http: HttpRequest) -> None:
    """Take the attempt back: the code was right."""
    for key, _ in _counters(http):
        limits.give_back(_NAME, key, per_seconds=lifetimes.device_code_lifetime())


def _counters(http: HttpRequest) -> tuple[tuple[str, int], ...]:
    """Who is counted, and how many attempts each has."""
    return (
        (f"person:{http.user.pk}", AT_MOST_BY_PERSON),
        (f"network:{network_of(http)}", AT_MOST_BY_NETWORK),
    )
