"""Registering a client: one service behind the admin, the command and the tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import presets, secrets
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.validation import Authentication, validated
from django_oauthflows.rules.requests import AuthMethod


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClient:
    """A client as it was just registered. The secret is here, and nowhere ever again."""

    application: Any
    policy: ClientPolicy
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    preset: str
    profile: str


def register_client(
    *,
    preset: str,
    name: str,
    redirect_uris: Sequence[str] = (),
    post_logout_redirect_uris: Sequence[str] = (),
    scopes: Sequence[str] | None = None,
    default_scopes: Sequence[str] | None = None,
    required_scopes: Sequence[str] = (),
    profile: str | None = None,
    flows: Sequence[str] | None = None,
    token_format: str = "opaque",
    access_token_algorithm: str = "",
    resources: Sequence[str] = (),
    allowed_resources: Sequence[str] = (),
    exchange_targets: Sequence[str] = (),
    may_introspect_all: bool = False,
    owner: Any = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    is_verified: bool = False,
    skips_consent: bool = False,
    needs_all_scopes: bool = False,
    may_omit_pkce_and_nonce: bool = False,
    authentication_method: str | None = None,
    signing_algorithm: str = "",
    jwks: Any = None,
    jwks_uri: str = "",
    keeps_secret_readable: bool = False,
    backchannel_logout_uri: str = "",
    frontchannel_logout_uri: str = "",
    program: str = "",
    claims_in_id_token: bool | None = None,
    frontchannel_logout_session_required: bool | None = None,
    initiate_login_uri: str = "",
    client_uri: str = "",
    logo_uri: str = "",
    policy_uri: str = "",
    tos_uri: str = "",
    visible_groups: Sequence[str] = (),
    by: Any = None,
    request: HttpRequest | None = None,
) -> RegisteredClient:
    """Register a client of a kind (`clients.presets`) and return it with its secret.

    Without `scopes`, the client may ask for every scope of the project, and an API for none; without
    `default_scopes`, a request that names none asks for the `scopes` (`presets.scopes_for`). Without `flows`,
    it may use those of its kind. With the `token_format` "jwt" its access tokens are signed, by the server's
    algorithm or an `access_token_algorithm`. `resources` are the APIs it serves, or it `may_introspect_all`
    tokens; `allowed_resources` are those its tokens may be for, and `exchange_targets` what it may exchange
    other tokens for (RFC 8693). A `client_secret` may be given where one has to be known beforehand; it must
    be as strong as a generated one. `may_omit_pkce_and_nonce` is the exception for one client that can do
    neither (`clients.pkce_exception`). `jwks` are the client's public keys, or `jwks_uri` their address;
    `keeps_secret_readable` is for a client that signs with its secret. `program` is the known program that it
    is, if any. `claims_in_id_token` is as its kind has it, unless told otherwise; `visible_groups` are the
    groups of people that it is told of.
    `frontchannel_logout_session_required` is whether `iss` and `sid` are added to `frontchannel_logout_uri`;
    `None` leaves it open, and they are. `initiate_login_uri` is where people begin a sign-in (OpenID Connect
    Core §4). `client_uri`, `logo_uri`, `policy_uri` and `tos_uri` are shown to people (RFC 7591 §2).
    The audit log names who did it: `by` is a person, or a word of `audit.actors` for what is none, and
    `request` what they did it with.
    Raises `ValidationError`, keyed by field, naming everything that is wrong at once.
    """
    shown = {
        "client_uri": client_uri,
        "logo_uri": logo_uri,
        "policy_uri": policy_uri,
        "tos_uri": tos_uri,
    }
    chosen_scopes, by_default = presets.scopes_for(preset, scopes, default_scopes, flows)
    kind, chosen_profile = validated(
        preset=preset,
        name=name,
        redirect_uris=redirect_uris,
        post_logout_redirect_uris=post_logout_redirect_uris,
        scopes=chosen_scopes,
        default_scopes=by_default,
        required_scopes=required_scopes,
        profile=profile,
        client_id=client_id,
        client_secret=client_secret,
        own_pages={
            "backchannel_logout_uri": backchannel_logout_uri,
            "frontchannel_logout_uri": frontchannel_logout_uri,
            "initiate_login_uri": initiate_login_uri,
            **shown,
        },
        flows=flows,
        token_format=token_format,
        access_token_algorithm=access_token_algorithm,
        resources=resources,
        allowed_resources=allowed_resources,
        exchange_targets=exchange_targets,
        may_introspect_all=may_introspect_all,
        may_omit_pkce_and_nonce=may_omit_pkce_and_nonce,
        authentication=Authentication(
            method=authentication_method,
            algorithm=signing_algorithm,
            jwks=jwks,
            jwks_uri=jwks_uri,
            keeps_secret_readable=keeps_secret_readable,
        ),
    )
    method = kind.authentication_method if authentication_method is None else authentication_method
    with transaction.atomic():
        application: Any = dot.application_model()._default_manager.create(
            client_id=client_id or dot.generate_client_id(),
            user=owner,
            name=name,
            redirect_uris=" ".join(redirect_uris),
            post_logout_redirect_uris=" ".join(post_logout_redirect_uris),
            client_type="confidential" if kind.is_confidential else "public",
            authorization_grant_type=kind.grant_type,
            client_secret=secrets.unusable_dot_secret(),
            hash_client_secret=False,
        )
        policy = ClientPolicy.objects.create(
            application_id=application.pk,
            preset=kind.slug,
            program=program,
            profile=chosen_profile,
            flows=list(kind.flows if flows is None else dict.fromkeys(flows)),
            scopes=list(chosen_scopes),
            default_scopes=list(by_default),
            required_scopes=sorted(set(required_scopes)),
            token_format=token_format,
            access_token_signing_alg=access_token_algorithm,
            resources=list(resources),
            allowed_resources=list(allowed_resources),
            exchange_targets=list(exchange_targets),
            may_introspect_all=may_introspect_all,
            authentication_method=method,
            token_endpoint_auth_signing_alg=signing_algorithm,
            jwks=jwks,
            jwks_uri=jwks_uri,
            is_verified=is_verified,
            skips_consent=skips_consent,
            needs_all_scopes=needs_all_scopes,
            may_omit_pkce_and_nonce=may_omit_pkce_and_nonce,
            backchannel_logout_uri=backchannel_logout_uri,
            frontchannel_logout_uri=frontchannel_logout_uri,
            claims_in_id_token=(
                presets.has_claims_in_id_token(kind, chosen_profile)
                if claims_in_id_token is None
                else claims_in_id_token
            ),
            frontchannel_logout_session_required=frontchannel_logout_session_required,
            initiate_login_uri=initiate_login_uri,
            visible_groups=list(dict.fromkeys(visible_groups)),
            **shown,
        )
        recorder.record(
            Event.CLIENT_REGISTERED,
            application=application,
            by=by,
            request=request,
            detail={"preset": kind.slug},
        )
        secret = (
            secrets.add(
                application,
                label=_("first secret"),
                secret=client_secret,
                is_readable=keeps_secret_readable,
                by=by,
                request=request,
            )
            if kind.is_confidential and method != AuthMethod.PRIVATE_KEY_JWT
            else ""
        )
    return RegisteredClient(
        application=application,
        policy=policy,
        client_id=application.client_id,
        client_secret=secret,
        redirect_uris=tuple(redirect_uris),
        scopes=chosen_scopes,
        preset=kind.slug,
        profile=chosen_profile,
    )
