"""What a client said of itself, written into the tables: its application's row and its policy's."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any

from django_oauthflows import dot
from django_oauthflows.clients import presets, profiles, trust_marks
from django_oauthflows.clients.dynamic.given import Lists, carried_over, given_in, remembered
from django_oauthflows.clients.dynamic.members import read_stored
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


def scopes_within_reach(metadata: ClientMetadata, offered: Offered, *, profile: str) -> list[str]:
    """What it may ask people for: all that such clients are given, whatever it named when it registered.

    One that gets tokens without a person asks nobody for more, and stays with what it named; so does one of a
    profile that is strict about scopes.
    """
    acts_alone = not offered.unattended.isdisjoint(metadata.grant_types)
    is_strict = profile in profiles.BY_SLUG and bool(profiles.BY_SLUG[profile].scope_rules)
    return scopes_of(metadata, offered) if acts_alone or is_strict else sorted(offered.scopes)


def lists_of(
    metadata: ClientMetadata, offered: Offered, *, profile: str
) -> dict[str, Collection[str]]:
    """The lists of a policy that follow from what a client says of itself, by column."""
    return {
        "flows": flows_of(metadata, offered),
        "scopes": scopes_within_reach(metadata, offered, profile=profile),
        "default_scopes": scopes_of(metadata, offered),
    }


def create(
    client_id: str, source: str, metadata: ClientMetadata, offered: Offered
) -> tuple[Any, Lists]:
    """A new application with its policy, never verified, never first-party; and what it was given."""
    application: Any = dot.application_model()(
        client_id=client_id, registration_source=source, hash_client_secret=False
    )
    return application, give_policy(application, metadata, offered)


def give_policy(application: Any, metadata: ClientMetadata, offered: Offered) -> Lists:
    """Make an application what its metadata says, and give it the policy it does not have yet."""
    for name, value in _application_columns(metadata).items():
        setattr(application, name, value)
    application.client_secret = dot.unusable_secret()
    application.save()
    gives = lists_of(metadata, offered, profile=offered.profile)
    ClientPolicy.objects.create(
        application=application,
        profile=offered.profile,
        **_policy_columns(metadata),
        **gives,
    )
    return gives


def change(
    application: Any, metadata: ClientMetadata, offered: Offered, *, kept: Mapping[str, Any]
) -> Lists:
    """Replace what it said before (RFC 7592 §2.2), and return what to remember as given.

    What an administrator decided of it stays. `kept` is what was written down of its registration. The marks
    of trust do not stay where the client is seen, led to or known by something else now.
    """
    policy = application.oauthflows_policy
    known_by = trust_marks.snapshot(application)
    columns = _application_columns(metadata)
    for name, value in columns.items():
        setattr(application, name, value)
    application.save(update_fields=[*columns, "updated"])
    gives = lists_of(metadata, offered, profile=policy.profile)
    current = {name: getattr(policy, name) for name in gives}
    given = given_in(kept) or _given_then(kept, offered)
    if policy.skips_consent:  # nobody is asked about more than an administrator saw
        seen = {*given["scopes"], *current["scopes"]}
        gives["scopes"] = [name for name in gives["scopes"] if name in seen]
    decided = carried_over(given, current, gives)
    decided["default_scopes"] = _default_scopes(decided, current, gives)
    for name, value in (_policy_columns(metadata) | decided).items():
        setattr(policy, name, value)
    policy.required_scopes = [name for name in policy.required_scopes if name in policy.scopes]
    policy.save()
    if trust_marks.changed_members(known_by, trust_marks.snapshot(application), by_itself=True):
        trust_marks.take_back(application)
    return remembered(given, current, gives)


def _default_scopes(decided: Lists, current: Lists, gives: Lists) -> list[str]:
    """Return those that go on: the server's where it had none, and not those of the server for none at all.

    Where an administrator took all that it registers now, it has those that it had (RFC 7592 §2.2).
    """
    name = "default_scopes"
    if not current[name]:
        return []
    return list(decided[name] or (current[name] if gives[name] else ()))


def _given_then(kept: Mapping[str, Any], offered: Offered) -> Lists:
    """What one was given that registered before that was remembered: the scopes that it named."""
    said = read_stored(kept)
    scopes = scopes_of(said, offered)
    return {"flows": flows_of(said, offered), "scopes": scopes, "default_scopes": scopes}


def _application_columns(metadata: ClientMetadata) -> dict[str, Any]:
    return {
        "name": metadata.client_name,
        "redirect_uris": " ".join(metadata.redirect_uris),
        "post_logout_redirect_uris": " ".join(metadata.post_logout_redirect_uris),
        "client_type": "confidential" if metadata.is_confidential else "public",
        "authorization_grant_type": kind_of(metadata).grant_type,
    }


def _policy_columns(metadata: ClientMetadata) -> dict[str, Any]:
    same = {name: getattr(metadata, name) for name in _SAME}
    return {
        **{
            name: list(value) if isinstance(value, tuple) else value for name, value in same.items()
        },
        "preset": kind_of(metadata).slug,
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
