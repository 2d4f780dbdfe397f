"""Fill the site of `before.py` as real clients do, through django-oauth-toolkit's own endpoints.

Prints one JSON object: the clients with their secrets, and for each the tokens it obtained.
"""

import json
import sys
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.test.utils import override_settings

VERIFIER = "a-verifier-of-legal-length-made-of-unreserved-characters"
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT_URI = "https://client.example/callback"
PASSWORD = "correct horse battery staple"
SCOPE = "notes:read profile"

CODE = {"authorization_grant_type": "authorization-code", "redirect_uris": REDIRECT_URI}
KINDS: dict[str, dict[str, Any]] = {
    "web": {"client_type": "confidential", **CODE},
    "unhashed": {"client_type": "confidential", "hash_client_secret": False, **CODE},
    "public": {"client_type": "public", **CODE},
    "leaving": {"client_type": "public", **CODE},
    "service": {
        "client_type": "confidential",
        "authorization_grant_type": "client-credentials",
    },
}
#: How many sets of tokens of each client wait for a test each, unless the command line says otherwise.
SETS = 8


def fill(sets: int) -> dict[str, Any]:
    browser = Client()
    browser.force_login(get_user_model().objects.create_user("ada", password=PASSWORD))
    clients = {kind: register(kind, **choices) for kind, choices in KINDS.items()}
    tokens: dict[str, list[Any]] = {}
    for storage, is_hashed in (("plain", False), ("hashed", True)):
        chosen = {
            **settings.OAUTH2_PROVIDER,
            "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": is_hashed,
        }
        with override_settings(OAUTH2_PROVIDER=chosen):
            for kind, client in clients.items():
                obtain = by_itself if kind == "service" else by_code
                tokens[f"{kind} {storage}"] = [obtain(client, browser) for _ in range(sets)]
            first = by_code(clients["web"], browser)
            tokens[f"rotated {storage}"] = [[first, refreshed(clients["web"], first)]]
    return {"clients": clients, "tokens": tokens}


def register(kind: str, **choices: Any) -> dict[str, str]:
    from oauth2_provider.models import Application

    is_public = choices["client_type"] == "public"
    application = Application(name=f"The {kind} client", **choices)
    secret = "" if is_public else application.client_secret
    application.save()
    return {"client_id": application.client_id, "client_secret": secret}


def by_code(client: dict[str, str], browser: Client) -> dict[str, Any]:
    asked = {
        "response_type": "code",
        "client_id": client["client_id"],
        "redirect_uri": REDIRECT_URI,
        "scope": SCOPE,
        "state": "a-state",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    answer = browser.post("/o/authorize/", {**asked, "allow": "Authorize"})
    code = parse_qs(urlsplit(answer["Location"]).query)["code"][0]
    return token(
        client,
        grant_type="authorization_code",
        code=code,
        redirect_uri=REDIRECT_URI,
        code_verifier=VERIFIER,
    )


def by_itself(client: dict[str, str], browser: Client) -> dict[str, Any]:
    return token(client, grant_type="client_credentials", scope="notes:read")


def refreshed(client: dict[str, str], earlier: dict[str, Any]) -> dict[str, Any]:
    return token(client, grant_type="refresh_token", refresh_token=earlier["refresh_token"])


def token(client: dict[str, str], **parameters: str) -> dict[str, Any]:
    answer = Client().post("/o/token/", {**client, **parameters})
    assert answer.status_code == 200, answer.content
    members: dict[str, Any] = answer.json()
    return members


if __name__ == "__main__":
    django.setup()
    settings.ALLOWED_HOSTS = ["testserver"]
    json.dump(fill(int(sys.argv[1]) if sys.argv[1:] else SETS), sys.stdout)
