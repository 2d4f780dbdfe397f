"""Applications whose ID tokens django-oauth-toolkit signed by HS256, and that cannot be signed so here."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DatabaseError

from django_oauthflows import dot
from django_oauthflows.clients.secrets import SHORTEST_READABLE
from django_oauthflows.conf import conf

#: How many a message names.
_NAMED = 10


def check_signatures(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name applications whose ID tokens would be signed by another algorithm; it reads DOT's table alone."""
    try:
        rows = list(dot.applications().filter(algorithm="HS256").order_by("pk"))
    except DatabaseError:
        return []  # no tables yet, or no database here
    names = [str(row.client_id) for row in rows if _cannot_go_on(row)]
    if not names:
        return []
    shown = ", ".join([*names[:_NAMED], *(["and more"] if len(names) > _NAMED else [])])
    return [
        Error(
            f"ID tokens of these clients are signed by {conf.ID_TOKEN_SIGNING_ALGORITHM} and no longer by "
            f"HS256, which takes a confidential client with a long secret (RFC 7518 §3.2): {shown}.",
            hint=f"Give each a secret of {SHORTEST_READABLE} characters or more (hash_client_secret off), or "
            'write "RS256" into its algorithm and have its developer verify by the JWKS.',
            id="oauthflows.E167",
        )
    ]


def _cannot_go_on(application: Any) -> bool:
    """Return whether DOT could sign with its secret, and this app does not."""
    secret = dot.plain_secret(str(application.client_secret))
    is_confidential = application.client_type == "confidential"
    return bool(secret) and (not is_confidential or len(secret) < SHORTEST_READABLE)
