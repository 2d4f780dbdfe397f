"""A client's own registration, step by step (RFC 7591 §3, RFC 7592 §2).

Is it open? → who asks → how often → read → the rules → write → answer.
"""

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from django_oauthflows.audit import actors
from django_oauthflows.audit.actors import network_of
from django_oauthflows.clients.dynamic import initial_tokens, registration_limits, service
from django_oauthflows.clients.dynamic.models import ClientRegistration, InitialAccessToken
from django_oauthflows.clients.dynamic.offered import is_on
from django_oauthflows.clients.dynamic.service import Registered
from django_oauthflows.conf import conf
from django_oauthflows.consent import memory
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.issuer import url_of
from django_oauthflows.protocol.json_body import from_json
from django_oauthflows.rules.addresses import host_of
from django_oauthflows.strict_json import is_storable
from django_oauthflows.tokens import families

#: What only the server says of a client (RFC 7592 §2.2).
_OURS = (
    "registration_access_token",
    "registration_client_uri",
    "client_id_issued_at",
    "client_secret_expires_at",
)


def register(http: HttpRequest) -> dict[str, Any]:
    """The members of the answer to a registration (RFC 7591 §3.2.1). Raises `Refusal`."""
    _must_be_on()
    token = _initial_token(http)
    if token is None:
        registration_limits.count_attempt(network_of(http))
    registered = service.register(from_json(http), token=token, request=http)
    return _answer(http, registered)


def read(http: HttpRequest, client_id: str) -> dict[str, Any]:
    """The client's registration as it is (RFC 7592 §2.1). Raises `Refusal`."""
    registration, presented = _authenticated(http, client_id)
    return _answer(http, Registered(registration=registration, access_token=presented))


def update(http: HttpRequest, client_id: str) -> dict[str, Any]:
    """The client's registration as it is from now on (RFC 7592 §2.2). Raises `Refusal`."""
    registration, presented = _authenticated(http, client_id)
    registration_limits.count_attempt(client_id)
    members = from_json(http)
    _must_be_about_itself(registration, members)
    hosts = _hosts(registration)
    with transaction.atomic():
        registered = service.update(registration, members, presented=presented, request=http)
        if not _hosts(registration) <= hosts:
            # People agreed to be sent to a place they saw; elsewhere they are asked again.
            memory.forget(registration.application, by=_itself(registration), request=http)
    return _answer(http, registered)


def delete(http: HttpRequest, client_id: str) -> None:
    """End all the client was given, then the client itself (RFC 7592 §2.3). Raises `Refusal`."""
    registration, _ = _authenticated(http, client_id)
    families.revoke_client(
        registration.application.pk,
        reason="client_deleted",
        by=_itself(registration),
        request=http,
    )
    service.delete(registration, request=http)


def _must_be_on() -> None:
    if not is_on():
        raise Refusal(
            Code.INVALID_REQUEST,
            "Clients are registered by the people who run this server.",
            rule="registration_must_be_open",
            spec="RFC 7591 §3",
            status=404,
            fix="Set REGISTRATION to token or open.",
        )


def _initial_token(http: HttpRequest) -> InitialAccessToken | None:
    """The initial access token, which open registration can do without. Raises `Refusal`."""
    presented = _bearer(http)
    if presented:
        return initial_tokens.find(presented)
    if conf.REGISTRATION == "open" and "HTTP_AUTHORIZATION" not in http.META:
        return None
    raise Refusal(
        Code.INVALID_TOKEN,
        "Registration needs an initial access token.",
        rule="initial_access_token_must_be_sent",
        spec="RFC 7591 §3",
        status=401,
        fix="Issue one: manage.py oauthflows_issue_initial_access_token.",
    )


def _authenticated(http: HttpRequest, client_id: str) -> tuple[ClientRegistration, str]:
    """The registration that is managed, and the token it is managed by. Raises `Refusal`."""
    _must_be_on()
    presented = _bearer(http)
    registration = service.managed(client_id, presented) if is_storable(client_id) else None
    if registration is None:
        raise service.not_managed()
    return registration, presented


def _bearer(http: HttpRequest) -> str:
    """The token in the header, and in no other place (RFC 7592 §2)."""
    scheme, _, token = str(http.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    return token.strip() if scheme.lower() == "bearer" and len(token) < 500 else ""


def _must_be_about_itself(registration: ClientRegistration, members: dict[str, Any]) -> None:
    """An update names its client, and chooses nothing that the server chooses (RFC 7592 §2.2)."""
    if members.pop("client_id", None) != registration.application.client_id:
        raise _not_about_itself("The client_id must be that of the client.", "name_its_client")
    if any(name in members for name in _OURS):
        raise _not_about_itself(
            "Leave out what the server says of the client: " + ", ".join(_OURS) + ".",
            "leave_out_what_the_server_says",
        )
    secret = members.pop("client_secret", None)
    if secret is not None and not service.is_secret_of(registration, secret):
        raise _not_about_itself("A client cannot choose its secret.", "not_choose_its_secret")


def _not_about_itself(sentence: str, what: str) -> Refusal:
    return Refusal(
        Code.INVALID_CLIENT_METADATA, sentence, rule=f"update_must_{what}", spec="RFC 7592 §2.2"
    )


def _itself(registration: ClientRegistration) -> str:
    return actors.client(registration.application.client_id)


def _hosts(registration: ClientRegistration) -> set[str]:
    uris = registration.application.redirect_uris.split()
    return {host_of(uri) or uri for uri in uris}


def _answer(http: HttpRequest, registered: Registered) -> dict[str, Any]:
    """All that is registered, whoever changed it last, and what the client manages it by (RFC 7592 §3)."""
    registration = registered.registration
    client_id = registration.application.client_id
    secret = {"client_secret": registered.secret, "client_secret_expires_at": 0}
    return {
        **service.metadata_of(registration),
        "client_id": client_id,
        "client_id_issued_at": int(registration.issued.timestamp()),
        **(secret if registered.secret else {}),
        "registration_access_token": registered.access_token,
        "registration_client_uri": url_of(http, "client-configuration", client_id),
    }
