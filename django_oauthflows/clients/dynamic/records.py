"""What a client said of itself, written into the tables: its application's row and its policy's."""

from dataclasses import fields
from typing import Any

from django_oauthflows import dot
from django_oauthflows.clients import presets
from django_oauthflows.clients.dynamic.offered import flows_offered
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.presets import Preset
from django_oauthflows.clients.uris import is_loopback, is_private_scheme
from django_oauthflows.flows.base import Flow
from django_oauthflows.rules.client_metadata import ClientMetadata, Offered

#: The columns of a policy that bear the name of a member, and hold what it says.
_SAME = tuple(
    field.name
    for field in fields(ClientMetadata)
    if field.name in {column.name for column in ClientPolicy._meta.concrete_fields}
)


def kind_of(metadata: ClientMetadata) -> Preset:
    """The kind of client this is, in the words of the admin."""
    if not metadata.response_types:
        return presets.BY_SLUG[_kind_without_a_browser(metadata)]
    is_installed = metadata.application_type == "native" or all(
        is_private_scheme(uri) or is_loopback(uri) for uri in metadata.redirect_uris
    )
    if is_installed:
        # With a secret too, which each copy registers for itself (RFC 8252 §8.4).
        return presets.BY_SLUG["native-app"]
    return presets.BY_SLUG["web-app" if metadata.is_confidential else "single-page-app"]


def flows_of(metadata: ClientMetadata, offered: Offered) -> list[str]:
    """The flows its response and grant types stand for; a public client has no code without PKCE."""
    kinds, grants = set(metadata.response_types), set(metadata.grant_types)
    return [
        flow.slug
        for flow in flows_offered(offered.profile)
        if (kinds.intersection(flow.response_types) or _is_granted(flow, grants))
        and (metadata.is_confidential or flow.slug != "authorization-code")
    ]


def scopes_of(metadata: ClientMetadata, offered: Offered) -> list[str]:
    """What it named, as far as such clients are given it."""
    asked = offered.scopes if metadata.scope is None else metadata.scope
    return sorted(asked & offered.scopes)


def create(client_id: str, source: str, metadata: ClientMetadata, offered: Offered) -> Any:
    """A new application with its policy; never verified, never first-party."""
    application: Any = dot.application_model()(
        client_id=client_id, registration_source=source, hash_client_secret=False
    )
    give_policy(application, metadata, offered)
    return application


def give_policy(application: Any, metadata: ClientMetadata, offered: Offered) -> None:
    """Make an application what its metadata says, and give it the policy it does not have yet."""
    for name, value in _application_columns(metadata).items():
        setattr(application, name, value)
    application.client_secret = dot.unusable_secret()
    application.save()
    ClientPolicy.objects.create(
        application=application,
        profile=offered.profile,
        **_policy_columns(metadata, offered),
    )


def change(
    application: Any, metadata: ClientMetadata, offered: Offered, *, before: ClientMetadata
) -> None:
    """Replace what it said before (RFC 7592 §2.2); what an administrator decided of it stays.

    But for this: whoever was vouched for, and now calls itself or leads to something else, is a stranger.
    """
    policy = application.oauthflows_policy
    shown = _shown(application, policy)
    columns = _application_columns(metadata)
    for name, value in columns.items():
        setattr(application, name, value)
    application.save(update_fields=[*columns, "updated"])
    decided = {
        "flows": (flows_of(before, offered), policy.flows),
        "scopes": (scopes_of(before, offered), policy.scopes),
    }
    for name, value in _policy_columns(metadata, offered).items():
        setattr(policy, name, _kept(*decided[name], value) if name in decided else value)
    policy.required_scopes = [name for name in policy.required_scopes if name in policy.scopes]
    if _shown(application, policy) != shown:
        policy.is_verified = policy.skips_consent = False
    policy.save()


def _kept(said: list[str], current: list[str], says: list[str]) -> list[str]:
    """What a client says now, without what an administrator took, with what they gave."""
    taken, given = set(said) - set(current), set(current) - set(said)
    return sorted((set(says) - taken) | given)


def _shown(application: Any, policy: ClientPolicy) -> tuple[Any, ...]:
    """What people know a client by, and where it leads them."""
    return (
        application.name,
        application.redirect_uris,
        policy.client_uri,
        policy.logo_uri,
        policy.translations,
    )


def _application_columns(metadata: ClientMetadata) -> dict[str, Any]:
    return {
        "name": metadata.client_name,
        "redirect_uris": " ".join(metadata.redirect_uris),
        "post_logout_redirect_uris": " ".join(metadata.post_logout_redirect_uris),
        "client_type": "confidential" if metadata.is_confidential else "public",
        "authorization_grant_type": kind_of(metadata).grant_type,
    }


def _policy_columns(metadata: ClientMetadata, offered: Offered) -> dict[str, Any]:
    same = {name: getattr(metadata, name) for name in _SAME}
    return {
        **{
            name: list(value) if isinstance(value, tuple) else value for name, value in same.items()
        },
        "preset": kind_of(metadata).slug,
        "flows": flows_of(metadata, offered),
        "scopes": scopes_of(metadata, offered),
        "authentication_method": metadata.token_endpoint_auth_method,
    }


def _kind_without_a_browser(metadata: ClientMetadata) -> str:
    device = presets.BY_SLUG["device"]
    return device.slug if device.grant_type in metadata.grant_types else "service"


def _is_granted(flow: Flow, grants: set[str]) -> bool:
    return not flow.response_types and flow.grant_type in grants
