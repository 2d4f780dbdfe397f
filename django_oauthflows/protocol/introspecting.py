"""Who asks at the introspection endpoint: a client that authenticates, or one by a token of its own.

RFC 7662 §2.1 lets an API authenticate as a client does, or show an access token (RFC 6750 §2.1). Such a token
gives the rights of the client it was issued to for itself, and none to anybody else.

django-oauth-toolkit lets every client ask about every token, by GET as well, and by a person's token too.
That goes on for the confidential clients that it left here, until they have a policy
(`introspects_as_before`).
"""

from collections.abc import Mapping

from django.http import HttpRequest

from django_oauthflows.clients.authentication import authenticate, sent_credentials
from django_oauthflows.clients.facts import client_of
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol.answers import must_be_a_post
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.introspection import (
    INTROSPECTING_CLIENT_RULES,
    INTROSPECTING_PERSON_RULES,
    INTROSPECTING_RULES,
    INTROSPECTION_BY_GET_RULES,
    IntrospectingToken,
)
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.rules.tokens import access_token_client_must_be_enabled
from django_oauthflows.tokens.validation import validate

_SENTENCE = "The access token does not allow introspection."


def asker_by_get(request: HttpRequest) -> ClientFacts:
    """Return the client that asks by GET, and proves itself in a header alone (RFC 6749 §2.3.1).

    Raises `Refusal`: 405 for all but a client that could do so before, else as `asker_of`.
    """
    if "HTTP_AUTHORIZATION" not in request.META:
        raise must_be_a_post()
    client = asker_of(request, {})
    enforce(INTROSPECTION_BY_GET_RULES, client)
    return client


def asker_of(request: HttpRequest, parameters: Mapping[str, str]) -> ClientFacts:
    """Return the client that asks.

    Raises `Refusal`: `invalid_request` for two methods at once (RFC 6749 §2.3), `invalid_token` for a token
    that does not open this, `invalid_client` else.
    """
    value = _bearer(request)
    if value is None:
        client = authenticate(request, parameters)
        if not client.is_confidential:
            raise _refusal(
                Code.INVALID_CLIENT,
                "Introspection needs a client that can authenticate.",
                rule="introspecting_client_must_be_confidential",
                spec="RFC 7662 §2.1",
            )
        return client
    if sent_credentials(request, parameters):
        raise Refusal(
            Code.INVALID_REQUEST,
            "Two client authentication methods in one request: use one.",
            rule="client_must_use_one_authentication_method",
            spec="RFC 6749 §2.3",
        )
    try:
        return _client_of(value, request)
    except Refusal as refusal:
        # In the same words for all, and counted together: a stolen token must not be tried out here.
        raise _refusal(
            Code.INVALID_TOKEN, _SENTENCE, rule=refusal.rule, spec=refusal.spec
        ) from None


def _bearer(request: HttpRequest) -> str | None:
    """Return the token of an `Authorization: Bearer` header; None where there is no such header."""
    scheme, _, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def _client_of(value: str, request: HttpRequest) -> ClientFacts:
    """Return the client that a live token was issued to, for itself where it has a policy. Raises `Refusal`.

    What the token's own row says is asked first: no statement more for a token than for none.
    """
    row = validate(value, request)
    token = IntrospectingToken(has_person=row.user is not None, scopes=frozenset(row.scope.split()))
    enforce(INTROSPECTING_RULES, token)
    client = client_of(row.application.client_id) if row.application else None
    if client is None:
        raise access_token_client_must_be_enabled.refusal(_SENTENCE)
    if not client.introspects_as_before:
        enforce(INTROSPECTING_PERSON_RULES, token)
        enforce(INTROSPECTING_CLIENT_RULES, client)
    return client


def _refusal(code: Code, sentence: str, *, rule: str, spec: str) -> Refusal:
    kind = "introspecting_token" if code is Code.INVALID_TOKEN else ""
    return Refusal(code, sentence, rule=rule, spec=spec, status=401, counted_as=kind)
