"""The walks without a browser on the way: the client asks the token endpoint, and that is all."""

import json
import secrets
import time
from collections.abc import Mapping

from joserfc import jwt
from joserfc.jwk import ECKey

from django_oauthflows.flows.client_credentials import CLIENT_CREDENTIALS
from django_oauthflows.flows.jwt_bearer import JWT_BEARER
from django_oauthflows.flows.password import PASSWORD
from example_project.playground.walks.base import COUNT, NOTES, Road, Walk
from example_project.playground.walks.wire import accepted

LIFETIME = 60  # seconds


def ask_as_itself(road: Road, form: Mapping[str, str]) -> str:
    tokens = road.wire.tokens(
        "The client asks for itself", grant_type="client_credentials", scope="notes:read"
    )
    road.wire.call_api(COUNT, tokens.member("access_token"))
    return ""


def ask_with_an_assertion(road: Road, form: Mapping[str, str]) -> str:
    """Sign an assertion of a minute (RFC 7523 §3) and trade it."""
    client_id, now = road.wire.client.client_id, int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": road.wire.server["issuer"],
        "jti": secrets.token_urlsafe(16),
        "iat": now,
        "exp": now + LIFETIME,
    }
    key = ECKey.import_key(json.loads(road.wire.client.private_key))
    answer = road.wire.post(
        "The client signs an assertion and hands it in",
        "token_endpoint",
        {
            "grant_type": JWT_BEARER.grant_type,
            "assertion": jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key),
            "scope": "notes:read",
        },
        opened={"assertion": claims},
    )
    road.wire.call_api(COUNT, accepted(answer).member("access_token"))
    return ""


def ask_with_a_password(road: Road, form: Mapping[str, str]) -> str:
    tokens = road.wire.tokens(
        "The client hands the person's password on",
        grant_type="password",
        username=form.get("username", ""),
        password=form.get("password", ""),
        scope="notes:read",
    )
    road.wire.call_api(NOTES, tokens.member("access_token"))
    return ""


WALKS = (
    Walk(
        flow=CLIENT_CREDENTIALS,
        says="One request for a token, and one with it: how many notes there are. Nobody has to sign in.",
        client={
            "preset": "service",
            "name": "Client credentials",
            "scopes": ("notes:read",),
        },
        begin=ask_as_itself,
    ),
    Walk(
        flow=JWT_BEARER,
        says="The client signs with the key that was made for it when the demo was seeded; the provider "
        "knows the public half alone. Nobody has to sign in.",
        client={
            "preset": "service-account",
            "name": "JWT bearer",
            "flows": ("jwt-bearer",),
            "scopes": ("notes:read",),
        },
        begin=ask_with_an_assertion,
        has_own_key=True,
    ),
    Walk(
        flow=PASSWORD,
        says="Type a demo person's name and password here, into the client itself. No page of the provider "
        "is shown.",
        client={
            "preset": "legacy-app",
            "name": "Password",
            "flows": ("password",),
            "scopes": ("notes:read",),
        },
        begin=ask_with_a_password,
        asks_for_password=True,
    ),
)
