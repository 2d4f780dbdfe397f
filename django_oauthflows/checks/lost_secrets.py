"""Keys and secrets that nobody can open any more, since SECRET_KEY was changed without a fallback."""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import DatabaseError

from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.clients.secrets import can_be_read
from django_oauthflows.keys import sealing
from django_oauthflows.keys.models import SigningKey

#: How many a message names.
_NAMED = 10


def check_lost_secrets(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name what was encrypted under another SECRET_KEY, with the two ways out."""
    try:
        return [*_signing_keys(), *_client_secrets()]
    except DatabaseError:
        return []  # no tables yet, or no database here


def _signing_keys() -> Iterator[CheckMessage]:
    sealed = SigningKey.objects.exclude(sealed="").order_by("pk")
    lost = [key for key in sealed if not sealing.can_be_opened(key.sealed, kid=key.kid)]
    if lost:
        names = ", ".join(str(key) for key in lost[:_NAMED])
        yield Error(
            f"Nothing can be signed with keys that were encrypted under another secret: {names}.",
            hint=(
                "Put the former SECRET_KEY (or KEY_ENCRYPTION_SECRET) into SECRET_KEY_FALLBACKS and run "
                "manage.py oauthflows_rotate_keys. If it is lost, run "
                "manage.py oauthflows_rotate_keys --now: new keys sign, and what was signed before can be "
                "verified for a while yet."
            ),
            id="oauthflows.E142",
        )


def _client_secrets() -> Iterator[CheckMessage]:
    sealed = ClientSecret.objects.live().exclude(sealed="").select_related("application")
    lost = [secret for secret in sealed.order_by("pk") if not can_be_read(secret)]
    if lost:
        clients = dict.fromkeys(str(secret.application.client_id) for secret in lost)
        names = ", ".join(
            [*list(clients)[:_NAMED], *(["and more"] if len(clients) > _NAMED else [])]
        )
        yield Error(
            "Clients sign with secrets that were encrypted under another SECRET_KEY, so that none of them "
            f"can authenticate by client_secret_jwt: {names}.",
            hint=(
                "Put the former SECRET_KEY into SECRET_KEY_FALLBACKS and run "
                "manage.py oauthflows_rotate_keys. If it is lost, add a new readable secret to each of these "
                "clients and tell its developer."
            ),
            id="oauthflows.E143",
        )
