"""What a client said of itself, written into the tables: its application's row and its policy's."""

from dataclasses import fields
from typing import Any

from django_oauthflows import dot
from django_oauthflows.clients import presets, trust_marks
from django_oauthflows.clients.dynamic.offered import flows_offered
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.presets import Preset
from django_oauthflows.clients.uris import are_of_device
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
    if metadata.application_type == "native" or are_of_device(metadata.redirect_uris):
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
        and (_always_authenticates(metadata) or flow.slug != "authorization-code")
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

    The marks of trust do not stay where the client is seen, led to or known by something else now.
    """
    policy = application.oauthflows_policy
    known_by = trust_marks.snapshot(application)
    columns = _application_columns(metadata)
    for name, value in columns.items():
        setattr(application, name, value)
    application.save(update_fields=[*columns, "updated"])
    decided = {
        "flows": (flows_of(before, offered), policy.flows),
        "scopes": (scopes_of(before, offered), policy.scopes),
        "default_scopes": (scopes_of(before, offered), policy.default_scopes),
    }
    has_default_scopes = bool(policy.default_scopes)
    for name, value in _policy_columns(metadata, offered).items():
        setattr(policy, name, _kept(*decided[name], value) if name in decided else value)
    if not has_default_scopes:  # the server's go on
        policy.default_scopes = []
    policy.required_scopes = [name for name in policy.required_scopes if name in policy.scopes]
    policy.save()
    if trust_marks.changed_members(known_by, trust_marks.snapshot(application), by_itself=True):
        trust_marks.take_back(application)


def _kept(said: list[str], current: list[str], says: list[str]) -> list[str]:
    """What a client says now, without what an administrator took, with what they gave."""
    taken, given = set(said) - set(current), set(current) - set(said)
    return sorted((set(says) - taken) | given)


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
        "default_scopes": scopes_of(metadata, offered),
        "authentication_method": metadata.token_endpoint_auth_method,
        "authentication_is_optional": metadata.authentication_is_optional,
    }


def _always_authenticates(metadata: ClientMetadata) -> bool:
    return metadata.is_confidential and not metadata.authentication_is_optional


def _kind_without_a_browser(metadata: ClientMetadata) -> str:
    device = presets.BY_SLUG["device"]
    return device.slug if device.grant_type in metadata.grant_types else "service"


def _is_granted(flow: Flow, grants: set[str]) -> bool:
    return not flow.response_types and flow.grant_type in grants
