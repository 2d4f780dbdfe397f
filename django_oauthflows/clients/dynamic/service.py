"""Registering, changing and deleting a client on its own behalf (RFC 7591 §3, RFC 7592 §2)."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_oauthflows import dot
from django_oauthflows.audit import actors, recorder
from django_oauthflows.audit.actors import network_of
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import deletion, secrets
from django_oauthflows.clients.dynamic import initial_tokens, records, registration_limits
from django_oauthflows.clients.dynamic.cleanup import unused
from django_oauthflows.clients.dynamic.given import registered_scopes, said_in, stored
from django_oauthflows.clients.dynamic.judging import judged
from django_oauthflows.clients.dynamic.members import plain
from django_oauthflows.clients.dynamic.models import ClientRegistration, InitialAccessToken
from django_oauthflows.clients.dynamic.offered import offered
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.core import clock
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.rules.client_metadata import ClientMetadata, Offered

#: What DOT's column says of a client that registered itself.
BY_ITSELF = "dcr"
#: A person may still be signing in to a client that has been registered for less than this.
_IN_USE = timedelta(hours=1)
#: Compared with where there is no registration, so that the comparison costs the same.
_NOBODYS_CHECKSUM = secrets.digest_of(secrets.generate())


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A registration and what its client is told once. `secret` is empty where it got none now."""

    registration: ClientRegistration
    access_token: str = field(repr=False)
    secret: str = field(default="", repr=False)


def register(
    members: dict[str, Any], *, token: InitialAccessToken | None, request: HttpRequest
) -> Registered:
    """Register a client as it describes itself. Raises `Refusal`."""
    limits = _offered_with(token)
    network = network_of(request)
    metadata = judged(members, limits, is_introduced=token is not None, network=network)
    if token is None:
        registration_limits.count_passed()
    fingerprint = _fingerprint(metadata, network) if token is None else ""
    access_token = secrets.generate()
    with transaction.atomic():
        if token is not None:
            initial_tokens.spend(token)
        else:
            _forget_the_same(fingerprint)
        application, given = records.create(dot.generate_client_id(), BY_ITSELF, metadata, limits)
        registration = ClientRegistration.objects.create(
            application=application,
            token_checksum=secrets.digest_of(access_token),
            metadata=stored(metadata, given),
            fingerprint=fingerprint,
            network=network,
            is_introduced=token is not None,
            initial_token=token,
        )
        recorder.record(
            Event.CLIENT_REGISTERED,
            application=application,
            by=actors.client(application.client_id),
            request=request,
            detail=_detail(application, token),
        )
        secret = _secret_for(application, metadata, request)
    return Registered(registration=registration, access_token=access_token, secret=secret)


def managed(client_id: str, presented: str) -> ClientRegistration | None:
    """The registration that a registration access token manages; `None` for a wrong one or no such client.

    Both cost the same. A disabled client manages nothing.
    """
    registration = (
        ClientRegistration.objects.select_related("application__oauthflows_policy", "initial_token")
        .filter(application__client_id=client_id)
        .first()
    )
    known = registration.token_checksum if registration else ""
    is_right = compare_digest(known or _NOBODYS_CHECKSUM, secrets.digest_of(presented))
    if registration is None or not is_right or not known:
        return None
    return registration if registration.application.oauthflows_policy.is_enabled else None


def update(
    registration: ClientRegistration,
    members: dict[str, Any],
    *,
    presented: str,
    request: HttpRequest,
) -> Registered:
    """Replace what a client said of itself (RFC 7592 §2.2). Raises `Refusal`."""
    limits = _offered_with(registration.initial_token)
    # What was stated of the software goes on to hold, unless it is stated anew.
    if stated := registration.metadata.get("software_statement"):
        members = {**members, "software_statement": members.get("software_statement") or stated}
    metadata = judged(
        members,
        limits,
        is_introduced=registration.is_introduced,
        network=network_of(request),
    )
    rotates = dot.setting("DCR_ROTATE_REGISTRATION_TOKEN_ON_UPDATE")
    access_token = secrets.generate() if rotates else presented
    application = registration.application
    with transaction.atomic():
        given = records.change(application, metadata, limits, kept=registration.metadata)
        _replace(
            registration, stored(metadata, given), token_checksum=secrets.digest_of(access_token)
        )
        recorder.record(
            Event.CLIENT_CHANGED,
            application=application,
            by=actors.client(application.client_id),
            request=request,
            detail={"by": "itself"},
        )
        secret = _secret_for(application, metadata, request)
    return Registered(registration=registration, access_token=access_token, secret=secret)


def _replace(
    registration: ClientRegistration, kept: dict[str, Any], *, token_checksum: str
) -> None:
    """Of two changes by the same token at once, one is made. Raises `Refusal` for the other."""
    row = ClientRegistration.objects.filter(
        pk=registration.pk, token_checksum=registration.token_checksum
    )
    registration.metadata, registration.token_checksum = kept, token_checksum
    if not row.update(metadata=kept, token_checksum=token_checksum, fingerprint=""):
        raise not_managed()


def not_managed() -> Refusal:
    """In the same words whether the client or its token is unknown."""
    return Refusal(
        Code.INVALID_TOKEN,
        "The registration access token is not valid for this client.",
        rule="registration_access_token_must_match",
        spec="RFC 7592 §2",
        status=401,
    )


def delete(registration: ClientRegistration, *, request: HttpRequest) -> None:
    """Delete a client with all that belongs to it; its tokens were ended before, by whoever asks for this."""
    application = registration.application
    with transaction.atomic():
        deletion.delete(application, by=actors.client(application.client_id), request=request)


def metadata_of(registration: ClientRegistration) -> dict[str, Any]:
    """What is registered now: what the client said, but for what an administrator has changed since."""
    application = registration.application
    policy = application.oauthflows_policy
    current = {
        "client_name": application.name,
        "redirect_uris": application.redirect_uris.split(),
        "post_logout_redirect_uris": application.post_logout_redirect_uris.split(),
        "scope": " ".join(registered_scopes(registration)),
        "token_endpoint_auth_method": policy.authentication_method
        or registration.metadata["token_endpoint_auth_method"],
    }
    said = said_in(registration.metadata)
    kept = {name: value for name, value in said.items() if name not in current}
    return {**kept, **{name: value for name, value in current.items() if value}}


def is_secret_of(registration: ClientRegistration, presented: Any) -> bool:
    """Is it a live secret of the client's own?"""
    if not isinstance(presented, str):
        return False
    digest = secrets.digest_of(presented)
    live = ClientSecret.objects.filter(application_id=registration.application.pk).live()
    return any(compare_digest(secret.digest, digest) for secret in live)


def _offered_with(token: InitialAccessToken | None) -> Offered:
    if token is None:
        return offered()
    return offered(profile=token.profile, scopes=frozenset(token.scopes))


def _secret_for(application: Any, metadata: ClientMetadata, request: HttpRequest) -> str:
    """A first secret for a client that authenticates with one and has none that serves; else nothing."""
    live = ClientSecret.objects.filter(application_id=application.pk).live()
    itself = actors.client(application.client_id)
    if not metadata.has_secret:
        for secret in live:
            secrets.retire(secret, by=itself, request=request)
        return ""
    needs_to_be_read = _needs_a_readable_secret(metadata)
    if any(secret.sealed or not needs_to_be_read for secret in live):
        return ""
    return secrets.add(
        application,
        label=_("first secret"),
        is_readable=needs_to_be_read,
        by=itself,
        request=request,
    )


def _needs_a_readable_secret(metadata: ClientMetadata) -> bool:
    """HMACs are made with the secret itself (OpenID Connect Core §10.1)."""
    algs = (
        metadata.id_token_signed_response_alg,
        metadata.userinfo_signed_response_alg,
        metadata.request_object_signing_alg,
    )
    by_assertion = metadata.token_endpoint_auth_method == "client_secret_jwt"
    return by_assertion or any(alg.startswith("HS") for alg in algs)


def _fingerprint(metadata: ClientMetadata, network: str) -> str:
    """Equal where the same was said from the same network."""
    said = json.dumps([network, plain(metadata)], sort_keys=True)
    return sha256(said.encode()).hexdigest()


def _forget_the_same(fingerprint: str) -> None:
    """A program that registers anew at each start leaves one unused client behind, not one a day."""
    same = ClientRegistration.objects.filter(
        fingerprint=fingerprint, issued__lt=clock.now() - _IN_USE
    )
    for application in dot.application_model()._default_manager.filter(
        unused(), oauthflows_registration__in=same
    ):
        application.delete()


def _detail(application: Any, token: InitialAccessToken | None) -> dict[str, Any]:
    detail = {"by": "itself", "preset": application.oauthflows_policy.preset}
    return {**detail, "initial_access_token": token.label} if token else detail
