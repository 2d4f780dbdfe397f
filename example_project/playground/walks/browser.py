"""The part of a walk that goes through the person's browser: there with a request, back with an answer."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hmac import compare_digest
from urllib.parse import urlencode, urlsplit

from django_oauthflows.rules.uri_origins import leads_to_device
from example_project.playground.walks.base import Road
from example_project.playground.walks.display import as_lines
from example_project.playground.walks.tokens import Untrusted, must_be_for, must_name
from example_project.playground.walks.wire import Answer, Stopped


def send(road: Road, **parameters: str) -> str:
    """The address of an authorization request, which nobody else can answer: it has a `state`."""
    road.kept["state"] = secrets.token_urlsafe(16)
    query = {
        "client_id": road.wire.client.client_id,
        "redirect_uri": road.redirect_uri,
        **parameters,
        "state": road.kept["state"],
    }
    endpoint = road.wire.endpoint("authorization_endpoint")
    road.wire.write_down(
        "The browser is sent to the provider",
        request=as_lines(f"GET {urlsplit(endpoint).path}", query.items()),
    )
    return f"{endpoint}?{urlencode(query)}"


def with_nonce(road: Road) -> dict[str, str]:
    """What binds an ID token to this request (OpenID Connect Core §3.1.2.1)."""
    road.kept["nonce"] = secrets.token_urlsafe(16)
    return {"nonce": road.kept["nonce"]}


def with_challenge(road: Road) -> dict[str, str]:
    """The hash of a verifier that stays here (RFC 7636 §4.2)."""
    road.kept["code_verifier"] = secrets.token_urlsafe(32)
    digest = hashlib.sha256(road.kept["code_verifier"].encode()).digest()
    challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
    return {"code_challenge": challenge, "code_challenge_method": "S256"}


def with_challenge_on_a_device(road: Road) -> dict[str, str]:
    """A challenge where the answer goes to the person's own device, as this server then asks of everybody."""
    return with_challenge(road) if leads_to_device(road.redirect_uri) else {}


def returned(road: Road, answer: Mapping[str, str], *, in_fragment: bool = False) -> None:
    """Check what the browser brought back. Raises `Stopped` unless it is a yes to this very request.

    RFC 6749 §10.12: without the state a stranger's answer could be planted here; RFC 9207 §2.4: without the
    issuer, another provider's.
    """
    expected = road.kept.pop("state", "")
    if not expected or not compare_digest(expected.encode(), answer.get("state", "").encode()):
        raise Stopped("This answer belongs to no walk that was started here.")
    path = urlsplit(road.redirect_uri).path
    road.wire.write_down(
        "The browser comes back",
        request=as_lines(f"{path}#" if in_fragment else f"GET {path}", answer.items()),
        is_refused="error" in answer,
    )
    if answer.get("iss", road.wire.server["issuer"]) != road.wire.server["issuer"]:
        raise Stopped("This answer came from another provider.")
    if answer.get("error") == "access_denied":
        raise Stopped("You said no, so the client got nothing.")
    if "error" in answer:
        raise Stopped(f"{answer['error']}: {answer.get('error_description', '')}")


def redeem(road: Road, code: str) -> Answer:
    """Trade the code for tokens, away from the browser (RFC 6749 §4.1.3)."""
    verifier = road.kept.pop("code_verifier", "")
    answer = road.wire.tokens(
        "The code is redeemed",
        grant_type="authorization_code",
        code=code,
        redirect_uri=road.redirect_uri,
        **({"code_verifier": verifier} if verifier else {}),
    )
    if "id_token" in answer.claims:
        believe(road, answer.claims["id_token"])
    return answer


def believe(road: Road, claims: dict[str, object], **beside: str) -> None:
    """Raise `Stopped` unless an ID token is for this client, this request and what came `beside` it."""
    try:
        must_be_for(claims, road.wire.client.client_id, road.kept.get("nonce", ""))
        must_name(claims, beside)
    except Untrusted as error:
        raise Stopped(str(error)) from error
