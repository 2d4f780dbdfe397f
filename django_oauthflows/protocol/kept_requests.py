"""Requests that are kept for a few minutes and go on as a link: there is one way through, and it is a GET.

A request that comes by POST comes from the client's own page (OpenID Connect Core §3.1.2.1): without a token
against forgery, and without the session's cookie, which browsers keep from other sites' forms. Nothing is
decided on it; it becomes a row, and the browser goes on to a link that names the row, as any other link to
this server leads here. A request object that was fetched (§6.2) is kept too, so that what the person agreed
to is what was shown, whatever its address says a minute later.
"""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import router
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from django_oauthflows import limits, sealing
from django_oauthflows.audit.actors import network_of
from django_oauthflows.conf import conf
from django_oauthflows.core import clock
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol import headers
from django_oauthflows.protocol.models import KeptRequest
from django_oauthflows.protocol.parameters import Parameters, from_pairs
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.sessions.ending import session_ended
from django_oauthflows.tokens.checksums import checksum, generate
from django_oauthflows.tokens.sessions import current_sid

#: What a reference of ours looks like (RFC 9126 §2.2).
PREFIX = "urn:ietf:params:oauth:request_uri:"
#: Longest request that is kept, in characters of JSON: the longest request object and what belongs to it.
_LONGEST = 22_000
#: A longer request counts as several of so many characters.
_USUAL = 2_000
#: How many requests that have ended are deleted with each that is kept, so that the table grows no further.
_DELETED_AT_ONCE = 2


def keep(http: HttpRequest, parameters: Parameters, client: ClientFacts) -> HttpResponse:
    """Keep a request, and send the browser on to it. Raises `Refusal`."""
    plain = json.dumps(parameters.pairs())
    if len(plain) > _LONGEST:
        raise _refusal("The request is too large.", "request_must_be_small", status=413)
    _count(http, size=len(plain))
    _delete_ended()
    reference, now = generate(), clock.now()
    KeptRequest.objects.using(database()).create(
        reference_checksum=checksum(reference),
        application_id=client.key,
        sealed_parameters=sealing.seal(
            plain, key=_key(reference), bound_to=client.client_id.encode()
        ),
        created=now,
        expires=now + timedelta(seconds=conf.KEPT_REQUEST_LIFETIME),
    )
    query = urlencode({"client_id": client.client_id, "request_uri": PREFIX + reference})
    response = HttpResponseRedirect(f"{reverse('oauthflows:authorize')}?{query}")
    # Not 307: the browser must not post the request once more.
    response.status_code = 303 if http.method == "POST" else 302
    response["Referrer-Policy"] = "no-referrer"
    return headers.no_store(response)


def found(parameters: Parameters) -> Parameters:
    """What was kept under the reference, and nothing else that came with it; as they are without one.

    Raises `Refusal` for a reference that is unknown, over, or another client's: there is nowhere to return
    to.
    """
    uri = parameters.text("request_uri")
    if not uri.startswith(PREFIX):
        return parameters
    reference = uri.removeprefix(PREFIX)
    row = (
        KeptRequest.objects.using(database())
        .filter(reference_checksum=checksum(reference), expires__gt=clock.now())
        .first()
    )
    if row is None:
        raise _unknown()
    try:
        plain, _ = sealing.unseal(
            row.sealed_parameters,
            keys=[_key(reference)],
            bound_to=parameters.text("client_id").encode(),
        )
    except sealing.Unopened:
        raise _unknown() from None
    return from_pairs((name, value) for name, value in json.loads(plain))


def listen() -> None:
    """End kept requests with the sign-in they were opened in; called once when the app is ready."""
    session_ended.connect(_session_ended, dispatch_uid="oauthflows-kept-requests")


def note_sign_in(http: HttpRequest) -> None:
    """Note in which sign-in a kept request was opened first; without one in the URL, do nothing."""
    _rows_of(http).filter(sid="").update(sid=current_sid(http))


def leave_sign_in(http: HttpRequest) -> None:
    """Let the request go on when the person signs out in order to answer it with another account."""
    _rows_of(http).update(sid="")


def _rows_of(http: HttpRequest) -> Any:
    uri, rows = http.GET.get("request_uri", ""), KeptRequest.objects.using(database())
    if not uri.startswith(PREFIX):
        return rows.none()
    return rows.filter(reference_checksum=checksum(uri.removeprefix(PREFIX)))


def _session_ended(sender: Any, sid: str, **_: Any) -> None:
    KeptRequest.objects.using(database()).filter(sid=sid).delete()


def database() -> str:
    """Where they are kept."""
    return router.db_for_write(KeptRequest)


def _delete_ended() -> None:
    rows = KeptRequest.objects.using(database())
    ended = rows.filter(expires__lt=clock.now()).values_list("pk", flat=True)
    if keys := list(ended[:_DELETED_AT_ONCE]):
        rows.filter(pk__in=keys).delete()


def _count(http: HttpRequest, *, size: int) -> None:
    wait = limits.spend(
        "kept_requests_from_one_network",
        network_of(http),
        at_most=conf.KEPT_REQUESTS_PER_NETWORK,
        per_seconds=conf.KEPT_REQUEST_LIFETIME,
        serves_without_cache=True,
        amount=1 + size // _USUAL,
    )
    if wait is not None:
        raise _refusal(
            f"Too many requests. Try again in {wait} seconds.",
            "kept_requests_from_one_network_must_be_few",
            status=429,
            retry_after=wait,
        )


def _key(reference: str) -> bytes:
    return sealing.key_of(reference, sealing.Use.KEPT_REQUESTS)


def _unknown() -> Refusal:
    return _refusal(
        "The request is not known any more: go back to the app and begin again.",
        "request_must_be_kept",
    )


def _refusal(sentence: str, rule: str, *, status: int = 400, retry_after: int = 0) -> Refusal:
    return Refusal(
        Code.INVALID_REQUEST,
        sentence,
        rule=rule,
        spec="OpenID Connect Core §3.1.2.1",
        status=status,
        retry_after=retry_after,
    )
