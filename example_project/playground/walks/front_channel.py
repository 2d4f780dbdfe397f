"""The walks of legacy standing whose tokens come back in the fragment of an address."""

from collections.abc import Mapping
from typing import Any

from django_oauthflows.flows.hybrid import HYBRID
from django_oauthflows.flows.implicit import IMPLICIT
from example_project.playground.walks.base import NOTES, Road, Walk
from example_project.playground.walks.browser import (
    believe,
    redeem,
    returned,
    send,
    with_challenge_on_a_device,
    with_nonce,
)
from example_project.playground.walks.display import as_json
from example_project.playground.walks.wire import Stopped

SCOPE = "openid notes:read"


def begin_implicit(road: Road, form: Mapping[str, str]) -> str:
    return send(road, response_type="id_token token", scope=SCOPE, **with_nonce(road))


def begin_hybrid(road: Road, form: Mapping[str, str]) -> str:
    proofs = with_nonce(road) | with_challenge_on_a_device(road)
    return send(road, response_type="code id_token token", scope=SCOPE, **proofs)


def call_with_what_came(road: Road, answer: Mapping[str, str]) -> None:
    """Open the ID token and call the API with the access token beside it."""
    returned(road, answer, in_fragment=True)
    if not {"access_token", "id_token"} <= set(answer):
        raise Stopped("The fragment holds no tokens.")
    claims: dict[str, Any] = road.wire.opened(answer["id_token"])
    code = {"c_hash": answer["code"]} if "code" in answer else {}
    believe(road, claims, at_hash=answer["access_token"], **code)
    road.wire.write_down(
        "The ID token is opened and believed",
        request="iss, aud, exp, nonce, the hashes and the signature are what they should be.",
        opened={"id_token": as_json(claims)},
    )
    road.wire.call_api(
        NOTES, answer["access_token"], "The API is called with the token of the fragment"
    )


def call_and_redeem(road: Road, answer: Mapping[str, str]) -> None:
    call_with_what_came(road, answer)
    tokens = redeem(road, answer.get("code", ""))
    road.wire.call_api(
        NOTES, tokens.member("access_token"), "The API is called with the server's token"
    )


WALKS = (
    Walk(
        flow=IMPLICIT,
        says="Sign in at the provider and agree. The tokens come back behind the # of an address, where a "
        "script of this page reads them, and so could any other.",
        client={
            "preset": "single-page-app",
            "name": "Implicit",
            "profile": "legacy",
            "flows": ("implicit",),
            "scopes": ("openid", "notes:read"),
        },
        begin=begin_implicit,
        go_on=call_with_what_came,
        comes_back=True,
        reads_fragment=True,
    ),
    Walk(
        flow=HYBRID,
        says="Sign in at the provider and agree. One token comes back behind the # of an address, and with "
        "it a code that the client's server redeems for another.",
        client={
            "preset": "web-app",
            "name": "Hybrid",
            "profile": "legacy",
            "flows": ("hybrid",),
            "scopes": ("openid", "notes:read"),
        },
        begin=begin_hybrid,
        go_on=call_and_redeem,
        comes_back=True,
        reads_fragment=True,
    ),
)
