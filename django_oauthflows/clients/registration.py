"""Registering a client: one service behind the admin, the command and the tests."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import presets, profiles, secrets
from django_oauthflows.clients.methods import wrong_method
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.uris import (
    validate_logout_uri,
    validate_redirect_uri,
    validate_resource,
    validate_target,
)
from django_oauthflows.flows import catalogue
from django_oauthflows.rules.clients import client_must_be_confidential
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """How a client wants to authenticate; `method` None is its kind's own."""

    method: str | None
    algorithm: str
    jwks: Any
    jwks_uri: str
    keeps_secret_readable: bool

    def mistakes(self, kind: presets.Preset) -> dict[str, list[str]]:
        """What of it may not be registered, by field."""
        return wrong_method(
            kind.authentication_method if self.method is None else self.method,
            is_confidential=kind.is_confidential,
            algorithm=self.algorithm,
            jwks=self.jwks,
            jwks_uri=self.jwks_uri,
            has_readable_secret=self.keeps_secret_readable,
        )


def register_client(
    *,
    preset: str,
    name: str,
    redirect_uris: Sequence[str] = (),
    post_logout_redirect_uris: Sequence[str] = (),
    scopes: Sequence[str] | None = None,
    required_scopes: Sequence[str] = (),
    profile: str | None = None,
    flows: Sequence[str] | None = None,
    token_format: str = "opaque",
    resources: Sequence[str] = (),
    allowed_resources: Sequence[str] = (),
    exchange_targets: Sequence[str] = (),
    owner: Any = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    is_verified: bool = False,
    skips_consent: bool = False,
    authentication_method: str | None = None,
    signing_algorithm: str = "",
    jwks: Any = None,
    jwks_uri: str = "",
    keeps_secret_readable: bool = False,
    backchannel_logout_uri: str = "",
    frontchannel_logout_uri: str = "",
    by: Any = None,
    request: HttpRequest | None = None,
) -> RegisteredClient:
    """Register a client of a kind (`clients.presets`) and return it with its secret.

    Without `scopes`, the client may ask for every scope of the project; without `flows`, it may use those of
    its kind. `resources` are the APIs it serves, `allowed_resources` those its tokens may be for, and
    `exchange_targets` what it may exchange other tokens for (RFC 8693). A `client_secret` may be given where
    one has to be known beforehand; it must be as strong as a generated one. `jwks` are the client's public
    keys, or `jwks_uri` their address; `keeps_secret_readable` is for a client that signs with its secret.
    Raises `ValidationError`, keyed by field, naming everything that is wrong at once.
    """
    chosen_scopes = tuple(sorted(set(dot.open_scopes() if scopes is None else scopes)))
    kind, chosen_profile = _validated(
        preset=preset,
        name=name,
        redirect_uris=redirect_uris,
        post_logout_redirect_uris=post_logout_redirect_uris,
        scopes=chosen_scopes,
        required_scopes=required_scopes,
        profile=profile,
        client_id=client_id,
        client_secret=client_secret,
        logout_uris={
            "backchannel_logout_uri": backchannel_logout_uri,
            "frontchannel_logout_uri": frontchannel_logout_uri,
        },
        flows=flows,
        token_format=token_format,
        resources=resources,
        allowed_resources=allowed_resources,
        exchange_targets=exchange_targets,
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
            profile=chosen_profile,
            flows=list(kind.flows if flows is None else dict.fromkeys(flows)),
            scopes=list(chosen_scopes),
            required_scopes=sorted(set(required_scopes)),
            token_format=token_format,
            resources=list(resources),
            allowed_resources=list(allowed_resources),
            exchange_targets=list(exchange_targets),
            authentication_method=method,
            token_endpoint_auth_signing_alg=signing_algorithm,
            jwks=jwks,
            jwks_uri=jwks_uri,
            is_verified=is_verified,
            skips_consent=skips_consent,
            backchannel_logout_uri=backchannel_logout_uri,
            frontchannel_logout_uri=frontchannel_logout_uri,
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


def _validated(
    *,
    preset: str,
    name: str,
    redirect_uris: Sequence[str],
    post_logout_redirect_uris: Sequence[str],
    scopes: Sequence[str],
    required_scopes: Sequence[str],
    profile: str | None,
    client_id: str | None,
    client_secret: str | None,
    logout_uris: Mapping[str, str],
    flows: Sequence[str] | None,
    token_format: str,
    resources: Sequence[str],
    allowed_resources: Sequence[str],
    exchange_targets: Sequence[str],
    authentication: "Authentication",
) -> tuple[presets.Preset, str]:
    if preset not in presets.BY_SLUG:
        raise ValidationError({"preset": _one_of(preset, presets.BY_SLUG)})
    kind = presets.BY_SLUG[preset]
    wrong: dict[str, list[Any]] = {**authentication.mistakes(kind)}
    if not name.strip():
        wrong["name"] = [_("Give the client the name people will see.")]
    if client_id and dot.application_model()._default_manager.filter(client_id=client_id).exists():
        wrong["client_id"] = [_("This client ID is taken.")]
    for key, value in (("name", name), ("client_id", client_id or "")):
        column: Any = dot.application_model()._meta.get_field(key)
        longest = column.max_length
        if longest is not None and len(value) > longest:
            wrong[key] = [_("At most %(longest)d characters.") % {"longest": longest}]
    if client_secret is not None and len(client_secret) < len(secrets.generate()):
        wrong["client_secret"] = [_("A secret must be as long as a generated one: 43 characters.")]
    if profile is not None and profile not in profiles.BY_SLUG:
        wrong["profile"] = [_one_of(profile, profiles.BY_SLUG)]
    if kind.needs_redirect_uri and not redirect_uris:
        wrong["redirect_uris"] = [
            _("Say where people are sent back to: at least one redirect URI.")
        ]
    for key, uris in (
        ("redirect_uris", redirect_uris),
        ("post_logout_redirect_uris", post_logout_redirect_uris),
    ):
        if found := wrong_uris(uris, takes_private_schemes=kind.takes_private_schemes):
            wrong.setdefault(key, []).extend(found)
    wrong.update(_wrong_logout_uris(logout_uris))
    if unknown := wrong_scopes(scopes):
        wrong["scopes"] = list(unknown)
    if beyond := set(required_scopes) - set(scopes):
        wrong["required_scopes"] = [
            _("Not among the client's scopes: %(names)s.") % {"names": " ".join(sorted(beyond))}
        ]
    if flows is not None and (found_flows := wrong_flows(flows, kind, profile or kind.profile)):
        wrong["flows"] = list(found_flows)
    wrong |= _wrong_tokens(token_format, resources, allowed_resources, exchange_targets)
    if wrong:
        raise ValidationError(wrong)
    return kind, profile or kind.profile


def _wrong_tokens(
    token_format: str,
    resources: Sequence[str],
    allowed_resources: Sequence[str],
    exchange_targets: Sequence[str],
) -> dict[str, list[Any]]:
    """What is wrong with what a client's tokens are to be, and to be for, by field."""
    found: dict[str, list[Any]] = {
        "resources": list(wrong_names(resources, validate_resource)),
        "allowed_resources": list(wrong_names(allowed_resources, validate_resource)),
        "exchange_targets": list(wrong_names(exchange_targets, validate_target)),
    }
    formats = dict(ClientPolicy._meta.get_field("token_format").flatchoices)
    if token_format not in formats:
        found["token_format"] = [_one_of(token_format, formats)]
    return {name: messages for name, messages in found.items() if messages}


def wrong_flows(flows: Sequence[str], kind: presets.Preset, profile: str) -> list[str]:
    """What is wrong with flows that are chosen by hand for a client of a kind."""
    if not flows:
        return [_("Give the client at least one flow.")]
    wrong = [_one_of(slug, catalogue.BY_SLUG) for slug in flows if slug not in catalogue.BY_SLUG]
    known = [catalogue.BY_SLUG[slug] for slug in flows if slug in catalogue.BY_SLUG]
    legacy = [flow.name for flow in known if flow.slug in catalogue.LEGACY]
    if legacy and profile != "legacy":
        wrong.append(_("Only clients of the legacy profile may use: %s.") % ", ".join(legacy))
    secret = [flow.name for flow in known if client_must_be_confidential in flow.token_rules]
    if secret and not kind.is_confidential:
        wrong.append(_("Only clients with a secret may use: %s.") % ", ".join(secret))
    return wrong


def wrong_names(names: Sequence[str], validate: Callable[[str], None]) -> list[ValidationError]:
    """What is wrong with resources or audiences, one error each."""
    errors = []
    for name in names:
        try:
            validate(name)
        except ValidationError as error:
            errors.append(error)
    return errors


def _wrong_logout_uris(uris: Mapping[str, str]) -> Iterator[tuple[str, list[Any]]]:
    for key, uri in uris.items():
        if found := wrong_names([uri] if uri else [], validate_logout_uri):
            yield key, list(found)


def wrong_uris(uris: Sequence[str], *, takes_private_schemes: bool) -> list[ValidationError]:
    """What is wrong with URIs to be registered, one error each."""
    return wrong_names(
        uris, partial(validate_redirect_uri, takes_private_schemes=takes_private_schemes)
    )


def wrong_scopes(scopes: Sequence[str]) -> list[str]:
    """What is wrong with a client's scopes: none at all, or some the server does not have."""
    if not scopes:
        return [_("Give the client at least one scope.")]
    known = dot.all_scopes()
    if unknown := sorted(set(scopes) - set(known)):
        return [
            _("Unknown scope: %(names)s. The server has: %(known)s.")
            % {"names": " ".join(unknown), "known": " ".join(sorted(known))}
        ]
    return []


def _one_of(given: str, known: Mapping[str, Any]) -> str:
    return _("%(given)s is not one of: %(known)s.") % {"given": given, "known": ", ".join(known)}
