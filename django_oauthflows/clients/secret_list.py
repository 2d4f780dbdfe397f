"""A client's secrets as its owner sees them: which is the newest, and which older one is still in use."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef

from django_oauthflows.clients.models import ClientSecret


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One secret. `is_older` where a newer one is live, `is_still_used` where it was used since then."""

    secret: ClientSecret
    is_older: bool
    is_still_used: bool

    @property
    def may_be_replaced(self) -> bool:
        """Not where that was done already, and the end is set."""
        return self.secret.is_live and not (self.is_older and self.secret.expires is not None)


def listed(application: Any) -> Sequence[Listed]:
    """The client's secrets, the newest first."""
    found = () if application is None else application.oauthflows_secrets.all()
    rows = sorted(found, key=lambda secret: (secret.created, secret.pk), reverse=True)
    return [_listed(secret, rows[:place]) for place, secret in enumerate(rows)]


def _listed(secret: ClientSecret, newer: Sequence[ClientSecret]) -> Listed:
    since = [other.created for other in newer if other.is_live]
    is_older = secret.is_live and bool(since)
    last_used = secret.last_used
    return Listed(
        secret=secret,
        is_older=is_older,
        is_still_used=is_older and last_used is not None and last_used > min(since),
    )


def still_using_an_old_one() -> Any:
    """Live secrets that were used after a newer one of the same client was added."""
    newer = ClientSecret.objects.live().filter(
        application=OuterRef("application"),
        created__gt=OuterRef("created"),
        created__lt=OuterRef("last_used"),
    )
    return ClientSecret.objects.live().filter(Exists(newer.order_by()), last_used__gt=F("created"))
