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
from django.utils import timezone

from django_oauthflows import limits, sealing
from django_oauthflows.audit.actors import network_of
from django_oauthflows.conf import conf
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol import headers
from django_oauthflows.protocol.models import KeptRequest
from django_oauthflows.protocol.parameters import Parameters, from_pairs
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens.checksums import checksum, generate

#: What a reference of ours looks like (RFC 9126 §2.2).
PREFIX = "urn:ietf:params:oauth:request_uri:"
#: Longest request that is kept, in characters.
_LONGEST = 64_000


def keep(http: HttpRequest, parameters: Parameters, client: ClientFacts) -> HttpResponse:
    """Keep a request, and send the browser on to it. Raises `Refusal`."""
    plain = json.dumps(parameters.plain())
    if len(plain) > _LONGEST:
        raise _refusal("The request is too large.", "request_must_be_small", status=413)
    _count(http)
    reference, now = generate(), timezone.now()
    KeptRequest.objects.create(
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
    row = KeptRequest.objects.filter(
        reference_checksum=checksum(reference), expires__gt=timezone.now()
    ).first()
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
    return _parameters(json.loads(plain))


def _parameters(kept: dict[str, Any]) -> Parameters:
    resource = kept.pop("resource", ())
    return from_pairs([*kept.items(), *(("resource", uri) for uri in resource)])


def database() -> str:
    """Where they are kept."""
    return router.db_for_write(KeptRequest)


def _count(http: HttpRequest) -> None:
    wait = limits.spend(
        "kept_requests_from_one_network",
        network_of(http),
        at_most=conf.KEPT_REQUESTS_PER_NETWORK,
        per_seconds=conf.KEPT_REQUEST_LIFETIME,
        serves_without_cache=True,
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
