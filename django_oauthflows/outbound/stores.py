"""Where tokens are kept, and who may renew one.

A store keeps sealed text by place and gives a *lease* on a place to one caller at a time, by one atomic
operation that any number of hosts may try. It is a lease and not a lock held open: no transaction and no
connection waits while the provider is asked, and a holder that crashed stands in the way no longer than
`LEASE` seconds. Hosts need clocks that agree to within a few seconds.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import NamedTuple, Protocol

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Q

from django_oauthflows.core import clock
from django_oauthflows.core.guarded_cache import GuardedCache, guarded
from django_oauthflows.outbound.models import StoredToken

#: Seconds; longer than a provider may take to answer.
LEASE = 30


class Place(NamedTuple):
    """Which token: a provider's name, and whose it is."""

    provider: str
    key: str


class Store(Protocol):
    """`claim` answers the name of a lease, or None while somebody else has it."""

    def read(self, place: Place) -> str | None: ...
    def write(self, place: Place, sealed: str) -> None: ...
    def forget(self, place: Place) -> None: ...
    def claim(self, place: Place) -> str | None: ...
    def release(self, place: Place, lease: str) -> None: ...


class DatabaseStore:
    """The table of `StoredToken`.

    Within a transaction of the caller's (`ATOMIC_REQUESTS`) what is written lives and dies with it: a
    rotated refresh token would be lost with a rollback. Call providers outside, or use the cache.
    """

    def read(self, place: Place) -> str | None:
        rows = StoredToken.objects.filter(provider=place.provider, key=place.key)
        return rows.values_list("sealed", flat=True).first() or None

    def write(self, place: Place, sealed: str) -> None:
        values = {"sealed": sealed, "updated": clock.now()}
        rows = StoredToken.objects.filter(provider=place.provider, key=place.key)
        if not rows.update(**values):
            StoredToken.objects.update_or_create(
                provider=place.provider, key=place.key, defaults=values
            )

    def forget(self, place: Place) -> None:
        """Empty the row and leave it: a lease on it may be somebody's."""
        StoredToken.objects.filter(provider=place.provider, key=place.key).update(sealed="")

    def claim(self, place: Place) -> str | None:
        row, _ = StoredToken.objects.get_or_create(provider=place.provider, key=place.key)
        now, lease = clock.now(), secrets.token_hex(16)
        is_free = Q(lease_expires__isnull=True) | Q(lease_expires__lte=now)
        claimed = StoredToken.objects.filter(is_free, pk=row.pk).update(
            lease=lease, lease_expires=now + timedelta(seconds=LEASE)
        )
        return lease if claimed else None

    def release(self, place: Place, lease: str) -> None:
        """Let the next one in; a row that holds no token any more goes."""
        rows = StoredToken.objects.filter(provider=place.provider, key=place.key, lease=lease)
        if not rows.filter(sealed="").delete()[0]:
            rows.update(lease="", lease_expires=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheStore:
    """Django's cache, for tokens whose loss costs no more than one sign-in.

    It has to be one that all processes share, as Redis: the default memory cache is one process's own.
    """

    alias: str = "default"

    @property
    def cache(self) -> GuardedCache:
        return guarded(self.alias)

    def read(self, place: Place) -> str | None:
        sealed: str | None = self.cache.get(_name("token", place))
        return sealed

    def write(self, place: Place, sealed: str) -> None:
        self.cache.set(_name("token", place), sealed, timeout=None)

    def forget(self, place: Place) -> None:
        self.cache.delete(_name("token", place))

    def claim(self, place: Place) -> str | None:
        lease = secrets.token_hex(16)
        return lease if self.cache.add(_name("lease", place), lease, timeout=LEASE) else None

    def release(self, place: Place, lease: str) -> None:
        # A lease that ran out may be another's by now.
        if self.cache.get(_name("lease", place)) == lease:
            self.cache.delete(_name("lease", place))


def store_named(name: str) -> Store:
    if name == "database":
        return DatabaseStore()
    if name == "cache":
        return CacheStore()
    raise ImproperlyConfigured(f"A store is 'database' or 'cache', not {name!r}.")


def _name(kind: str, place: Place) -> str:
    """A cache key: any text may stand in a place, and not in a key."""
    digest = sha256(f"{place.provider}\0{place.key}".encode()).hexdigest()
    return f"oauthflows:outbound:{kind}:{digest}"
