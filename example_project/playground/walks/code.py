"""The walks that begin with a code: both code flows, and what can be done with the tokens they earn."""

from collections.abc import Mapping

from django_oauthflows.flows.authorization_code import AUTHORIZATION_CODE
from django_oauthflows.flows.authorization_code_pkce import AUTHORIZATION_CODE_PKCE
from django_oauthflows.flows.refresh_token import REFRESH_TOKEN
from django_oauthflows.flows.token_exchange import TOKEN_EXCHANGE
from example_project.playground.walks.base import NOTES, Road, Walk
from example_project.playground.walks.browser import (
    redeem,
    returned,
    send,
    with_challenge,
    with_challenge_on_a_device,
    with_nonce,
)
from example_project.playground.walks.wire import Answer

ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"


def begin_with_nonce(road: Road, form: Mapping[str, str]) -> str:
    proofs = with_nonce(road) | with_challenge_on_a_device(road)
    return send(road, response_type="code", scope="openid notes:read", **proofs)


def begin_with_challenge(road: Road, form: Mapping[str, str]) -> str:
    return send(road, response_type="code", scope="notes:read", **with_challenge(road))


def begin_with_more_scopes(road: Road, form: Mapping[str, str]) -> str:
    """Ask for more than the exchanged token will have."""
    scope = "notes:read notes:write"
    return send(road, response_type="code", scope=scope, **with_challenge(road))


def redeem_and_call(road: Road, answer: Mapping[str, str]) -> Answer:
    returned(road, answer)
    tokens = redeem(road, answer.get("code", ""))
    road.wire.call_api(NOTES, tokens.member("access_token"))
    return tokens


def finish(road: Road, answer: Mapping[str, str]) -> None:
    redeem_and_call(road, answer)


def finish_and_refresh(road: Road, answer: Mapping[str, str]) -> None:
    """Refresh at once, and call the API with each access token."""
    tokens = redeem_and_call(road, answer)
    fresh = road.wire.tokens(
        "The tokens are refreshed, and nobody is asked",
        grant_type="refresh_token",
        refresh_token=tokens.member("refresh_token"),
    )
    road.wire.call_api(NOTES, fresh.member("access_token"), "The API is called with the new token")


def finish_and_exchange(road: Road, answer: Mapping[str, str]) -> None:
    """Get a narrower token for the API, which says in `act` who calls."""
    returned(road, answer)
    tokens = redeem(road, answer.get("code", ""))
    exchanged = road.wire.tokens(
        "The person's token is exchanged for one that is meant for the API alone",
        grant_type=TOKEN_EXCHANGE.grant_type,
        subject_token=tokens.member("access_token"),
        subject_token_type=ACCESS_TOKEN_TYPE,
        requested_token_type=JWT_TYPE,
        resource=f"{road.wire.origin}/",
        scope="notes:read",
    )
    road.wire.call_api(NOTES, exchanged.member("access_token"), "The API is called with that one")


WALKS = (
    Walk(
        flow=AUTHORIZATION_CODE,
        says="Sign in at the provider and agree. The client has a secret and asks by OpenID Connect, so "
        "that a nonce can stand where PKCE is missing. Only while the demo runs on your own device both are "
        "sent: any program there could wait for the answer.",
        client={
            "preset": "web-app",
            "name": "Code without PKCE",
            "flows": ("authorization-code",),
            "scopes": ("openid", "notes:read"),
        },
        begin=begin_with_nonce,
        go_on=finish,
        comes_back=True,
    ),
    Walk(
        flow=AUTHORIZATION_CODE_PKCE,
        says="Sign in at the provider and agree. The client has no secret: it shows the verifier instead.",
        client={
            "preset": "single-page-app",
            "name": "Code with PKCE",
            "flows": ("authorization-code-pkce",),
            "scopes": ("notes:read",),
        },
        begin=begin_with_challenge,
        go_on=finish,
        comes_back=True,
    ),
    Walk(
        flow=REFRESH_TOKEN,
        says="Sign in and agree once. The client then refreshes its tokens as if an hour had passed.",
        client={
            "preset": "web-app",
            "name": "Refreshing",
            "flows": ("authorization-code-pkce", "refresh-token"),
            "scopes": ("notes:read",),
        },
        begin=begin_with_challenge,
        go_on=finish_and_refresh,
        comes_back=True,
    ),
    Walk(
        flow=TOKEN_EXCHANGE,
        says="Sign in and agree once. The client trades the token it got for one that reads notes at the API "
        "and does nothing else, signed, with the client's own name in it.",
        client={
            "preset": "web-app",
            "name": "Exchanging",
            "flows": ("authorization-code-pkce", "token-exchange"),
            "scopes": ("notes:read", "notes:write"),
        },
        begin=begin_with_more_scopes,
        go_on=finish_and_exchange,
        comes_back=True,
        exchanges_tokens=True,
    ),
)
