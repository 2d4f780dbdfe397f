"""A client with which nothing is wrong, until a test changes something."""

from datetime import timedelta
from typing import Any

from django_oauthflows.clients.review.base import KeptSecret, Lifetimes, Reviewed
from tests.rules.facts import NOW, client

DAY = timedelta(days=1)
SERVER = Lifetimes(
    access_token=900, refresh_token_idle=30 * 86400, refresh_token_absolute=90 * 86400
)


def secret(**changes: Any) -> KeptSecret:
    """A secret made ten days ago, and used since."""
    return KeptSecret(
        **{"label": "a label", "created": NOW - 10 * DAY, "last_used": NOW - DAY, **changes}
    )


def reviewed(
    *,
    server: Lifetimes = SERVER,
    secrets: Any = None,
    use: Any = None,
    owner_is_active: bool = True,
    name_is_legible: bool = True,
    **changes: Any,
) -> Reviewed:
    """A web app with one secret; `changes` are those of its facts."""
    return Reviewed(
        client=client(**{"registration_source": "manual", **changes}),
        now=NOW,
        server=server,
        secrets=(secret(),) if secrets is None else tuple(secrets),
        owner_is_active=owner_is_active,
        name_is_legible=name_is_legible,
        use=use,
    )
