"""The token endpoint (RFC 6749 §3.2)."""

from typing import Any

from django.http import HttpRequest

from django_oauthflows.protocol.answers import json_endpoint
from django_oauthflows.protocol.exchange import exchange


@json_endpoint("token")
def token(request: HttpRequest) -> dict[str, Any]:
    """Exchange what the client holds for tokens (RFC 6749 §5.1)."""
    issued = exchange(request)
    answer = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.expires_in,
        "scope": " ".join(sorted(issued.scopes)),
    }
    beside = {
        "refresh_token": issued.refresh_token,
        "id_token": issued.id_token,
        "issued_token_type": issued.issued_token_type,
    }
    return answer | {name: value for name, value in beside.items() if value}
