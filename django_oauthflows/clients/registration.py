"""Registering a client: one service behind the admin, the command and the tests."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import presets, profiles, secrets
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.uris import validate_logout_uri, validate_redirect_uri


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
    required_scopes: Sequence[str] = (),
    profile: str | None = None,
    owner: Any = None,
    client_id: str | None = None,
    client_secret: str | None = None,
    is_verified: bool = False,
    skips_consent: bool = False,
    backchannel_logout_uri: str = "",
    frontchannel_logout_uri: str = "",
) -> RegisteredClient:
    """Register a client of a kind (`clients.presets`) and return it with its secret.

    Without `scopes`, the client may ask for every scope of the server. A `client_secret` may be given where
    one has to be known beforehand; it must be as strong as a generated one. Raises `ValidationError`, keyed
    by field, naming everything that is wrong at once.
    """
    chosen_scopes = tuple(sorted(set(dot.all_scopes() if scopes is None else scopes)))
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
    )
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
            flows=list(kind.flows),
            scopes=list(chosen_scopes),
            required_scopes=sorted(set(required_scopes)),
            authentication_method=kind.authentication_method,
            is_verified=is_verified,
            skips_consent=skips_consent,
            backchannel_logout_uri=backchannel_logout_uri,
            frontchannel_logout_uri=frontchannel_logout_uri,
        )
        recorder.record(
            Event.CLIENT_REGISTERED, application=application, detail={"preset": kind.slug}
        )
        secret = (
            secrets.add(application, label=_("first secret"), secret=client_secret)
            if kind.is_confidential
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
) -> tuple[presets.Preset, str]:
    if preset not in presets.BY_SLUG:
        raise ValidationError({"preset": _one_of(preset, presets.BY_SLUG)})
    kind = presets.BY_SLUG[preset]
    wrong: dict[str, list[Any]] = {}
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
    if wrong:
        raise ValidationError(wrong)
    return kind, profile or kind.profile


def wrong_uris(uris: Sequence[str], *, takes_private_schemes: bool) -> list[ValidationError]:
    """What is wrong with URIs to be registered, one error each."""
    errors = []
    for uri in uris:
        try:
            validate_redirect_uri(uri, takes_private_schemes=takes_private_schemes)
        except ValidationError as error:
            errors.append(error)
    return errors


def _wrong_logout_uris(uris: Mapping[str, str]) -> Iterator[tuple[str, list[Any]]]:
    for key, uri in uris.items():
        try:
            if uri:
                validate_logout_uri(uri)
        except ValidationError as error:
            yield key, [error]


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


def _one_of(given: str, known: dict[str, Any]) -> str:
    return _("%(given)s is not one of: %(known)s.") % {"given": given, "known": ", ".join(known)}
