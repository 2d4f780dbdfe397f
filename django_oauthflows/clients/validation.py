"""What may be registered: whatever is wrong with a client is said at once, by the field it is about."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from django_oauthflows import dot, own_scopes
from django_oauthflows.clients import pkce_exception, presets, profiles, secrets
from django_oauthflows.clients.methods import wrong_method
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.uris import (
    VALIDATORS,
    validate_redirect_uri,
    validate_resource,
    validate_target,
    validate_web_address,
)
from django_oauthflows.core import text
from django_oauthflows.flows import catalogue
from django_oauthflows.keys.algorithms import ALGORITHMS
from django_oauthflows.rules.clients import client_must_be_confidential
from django_oauthflows.rules.requests import BY_HAND


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


def validated(
    *,
    preset: str,
    name: str,
    redirect_uris: Sequence[str],
    post_logout_redirect_uris: Sequence[str],
    scopes: Sequence[str],
    default_scopes: Sequence[str],
    required_scopes: Sequence[str],
    profile: str | None,
    client_id: str | None,
    client_secret: str | None,
    own_pages: Mapping[str, str],
    flows: Sequence[str] | None,
    token_format: str,
    access_token_algorithm: str,
    resources: Sequence[str],
    allowed_resources: Sequence[str],
    exchange_targets: Sequence[str],
    may_introspect_all: bool,
    may_omit_pkce_and_nonce: bool,
    authentication: Authentication,
) -> tuple[presets.Preset, str]:
    """The kind and the profile of a client that may be registered.

    Raises `ValidationError`, keyed by field, naming everything that is wrong at once.
    """
    if preset not in presets.BY_SLUG:
        raise ValidationError({"preset": _one_of(preset, presets.BY_SLUG)})
    kind = presets.BY_SLUG[preset]
    wrong: dict[str, list[Any]] = {
        **authentication.mistakes(kind),
        **_wrong_identity(name, client_id, client_secret),
        **_wrong_addresses(kind, flows, redirect_uris, post_logout_redirect_uris),
        **dict(_wrong_own_pages(own_pages)),
        **_wrong_scope_lists(scopes, default_scopes, required_scopes, kind=kind, flows=flows),
        **_wrong_tokens(token_format, resources, allowed_resources, exchange_targets),
    }
    if access_token_algorithm and access_token_algorithm not in ALGORITHMS:
        wrong["access_token_algorithm"] = [_one_of(access_token_algorithm, ALGORITHMS)]
    if kind.is_resource_server and not (resources or may_introspect_all):
        wrong["resources"] = [
            _("Say which API it is: the resource that its tokens are for, or this site's own URL.")
        ]
    if profile is not None and profile not in profiles.BY_SLUG:
        wrong["profile"] = [_one_of(profile, profiles.BY_SLUG)]
    if may_omit_pkce_and_nonce and (
        sentence := pkce_exception.why_not(
            is_confidential=kind.is_confidential,
            source=BY_HAND,
            profile=profile or kind.profile,
            redirect_uris=redirect_uris,
        )
    ):
        wrong[pkce_exception.COLUMN] = [sentence]
    if flows is not None and (found := wrong_flows(flows, kind, profile or kind.profile)):
        wrong["flows"] = list(found)
    if wrong:
        raise ValidationError(wrong)
    return kind, profile or kind.profile


def _wrong_identity(
    name: str, client_id: str | None, client_secret: str | None
) -> dict[str, list[Any]]:
    """What is wrong with what a client is known by."""
    wrong: dict[str, list[Any]] = {}
    if not name.strip():
        wrong["name"] = [_("Give the client the name people will see.")]
    elif flaw := text.flaw_of(name):
        wrong["name"] = [text.SENTENCES[flaw]]
    if client_id and dot.application_model()._default_manager.filter(client_id=client_id).exists():
        wrong["client_id"] = [_("This client ID is taken.")]
    if client_id and not (client_id.isascii() and client_id.isprintable()):
        wrong["client_id"] = [_("A client ID is of printable ASCII characters (RFC 6749 §A.1).")]
    for key, value in (("name", name), ("client_id", client_id or "")):
        column: Any = dot.application_model()._meta.get_field(key)
        longest = column.max_length
        if longest is not None and len(value) > longest:
            wrong[key] = [_("At most %(longest)d characters.") % {"longest": longest}]
    if client_secret is not None and len(client_secret) < len(secrets.generate()):
        wrong["client_secret"] = [_("A secret must be as long as a generated one: 43 characters.")]
    return wrong


def _wrong_addresses(
    kind: presets.Preset,
    flows: Sequence[str] | None,
    redirect_uris: Sequence[str],
    post_logout_redirect_uris: Sequence[str],
) -> dict[str, list[Any]]:
    """What is wrong with where people are sent back to."""
    wrong: dict[str, list[Any]] = {}
    acts_for_itself = kind.acts_for_itself or kind.is_resource_server
    chosen = [catalogue.BY_SLUG.get(slug) for slug in (kind.flows if flows is None else flows)]
    is_alone = acts_for_itself and not any(flow and flow.response_types for flow in chosen)
    if kind.needs_redirect_uri and not redirect_uris:
        wrong["redirect_uris"] = [
            _("Say where people are sent back to: at least one redirect URI.")
        ]
    for key, uris in (
        ("redirect_uris", redirect_uris),
        ("post_logout_redirect_uris", post_logout_redirect_uris),
    ):
        if uris and is_alone:
            wrong[key] = [_("Leave it out: this kind acts for itself, and sends nobody anywhere.")]
        elif found := wrong_uris(uris, takes_private_schemes=kind.takes_private_schemes, field=key):
            wrong.setdefault(key, []).extend(found)
    return wrong


def _wrong_scope_lists(
    scopes: Sequence[str],
    default_scopes: Sequence[str],
    required_scopes: Sequence[str],
    *,
    kind: presets.Preset,
    flows: Sequence[str] | None,
) -> dict[str, list[Any]]:
    """What is wrong with what a client may ask for, gets by default, and with what people cannot untick."""
    wrong: dict[str, list[Any]] = {}
    asks_for_nothing = kind.is_resource_server and not (scopes or flows)
    if not asks_for_nothing and (unknown := wrong_scopes(scopes)):
        wrong["scopes"] = list(unknown)
    if sentence := wrong_default_scopes(default_scopes, scopes):
        wrong["default_scopes"] = [sentence]
    if beyond := set(required_scopes) - set(scopes):
        wrong["required_scopes"] = [
            _("Not among the client's scopes: %(names)s.") % {"names": " ".join(sorted(beyond))}
        ]
    return wrong


def wrong_default_scopes(default_scopes: Collection[str], scopes: Collection[str]) -> str:
    """What is wrong with what a client gets that asks for nothing; empty where nothing is."""
    named = frozenset(default_scopes)
    if own := named - own_scopes.without(named):
        return _("Never given by default: %(names)s.") % {"names": " ".join(sorted(own))}
    if beyond := named - set(scopes):
        return _("Not among the client's scopes: %(names)s.") % {"names": " ".join(sorted(beyond))}
    return ""


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
        return [] if kind.is_resource_server else [_("Give the client at least one flow.")]
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


def _wrong_own_pages(uris: Mapping[str, str]) -> Iterator[tuple[str, list[Any]]]:
    for key, uri in uris.items():
        validate = VALIDATORS.get(key, validate_web_address)
        if found := wrong_names([uri] if uri else [], validate):
            yield key, list(found)


def wrong_uris(
    uris: Sequence[str], *, takes_private_schemes: bool, field: str
) -> list[ValidationError]:
    """What is wrong with URIs to be registered in a field, one error each."""
    validate = partial(
        validate_redirect_uri, takes_private_schemes=takes_private_schemes, field=field
    )
    return wrong_names(uris, validate)


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
