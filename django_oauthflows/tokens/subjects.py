"""What a client knows a person by (OpenID Connect Core §8)."""

from typing import Any

from django_oauthflows.rules.requests import ClientFacts


def subject_of(client: ClientFacts, person: Any) -> str:
    """The subject a client knows the person of this key by: at most 255 ASCII characters (Core §2)."""
    return str(person)
