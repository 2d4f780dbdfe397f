"""Who may use which flow: what a client's policy says, and what goes for an application without one."""

from typing import Any

from django.db import models

from django_oauthflows import dot
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.profiles import BY_SLUG, Profile
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows.base import Flow
from django_oauthflows.flows.choosing import flow_of_exchange, rules_of_origin
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.protected_views import as_declared, only_resource
from django_oauthflows.rules.authorization import request_must_be_pushed
from django_oauthflows.rules.base import Rule
from django_oauthflows.rules.requests import BY_HAND, ClientFacts, TokenRequest

#: What is asked of an authorization request whichever its flow and its client's profile are.
OF_EVERY_FLOW: tuple[Rule[Any], ...] = (request_must_be_pushed,)


def profile_of(client: ClientFacts) -> Profile:
    """The client's security profile; one that no longer exists is the strict default, never nothing."""
    return BY_SLUG.get(client.profile, BY_SLUG["standard"])


def authorization_rules(flow: Flow, client: ClientFacts) -> tuple[Rule[Any], ...]:
    """What is asked of a client's authorization request."""
    profile = profile_of(client)
    rules = (*OF_EVERY_FLOW, *flow.authorization_rules)
    return (*rules, *profile.scope_rules, *profile.authorization_rules)


def device_rules(client: ClientFacts) -> tuple[Rule[Any], ...]:
    """What is asked of a device's request: it has no redirect URI and no code that PKCE could bind."""
    return (*DEVICE_CODE.authorization_rules, *profile_of(client).scope_rules)


def token_rules(request: TokenRequest) -> tuple[Rule[Any], ...]:
    """What is asked of a token request."""
    profile = profile_of(request.client)
    flow = flow_of_exchange(request)
    rules = (*flow.token_rules, *rules_of_origin(request))
    return (*rules, *profile.scope_rules, *profile.token_rules)


#: DOT's switch for each grant type of legacy standing, as DOT's own column spells the grant type.
SWITCHES = {
    "implicit": "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT",
    "openid-hybrid": "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT",
    "password": "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT",
}


def profile_without_policy(application: Any) -> str:
    """The profile of an application that has no policy.

    A project that switched DOT's PKCE off, for all or for this one, said itself that its clients cannot do
    it; one that opened DOT's implicit or password grant, that it needs that.
    """
    grant_type = _grant_type_of(application)
    if is_opened(grant_type):
        return "legacy"
    if grant_type in ("implicit", "password"):
        return "standard"
    may_omit_pkce = dot.lets_clients_omit_pkce(
        application.client_id, is_confidential=application.client_type == "confidential"
    )
    return "legacy" if may_omit_pkce else "standard"


def flows_without_policy(application: Any) -> frozenset[str]:
    """DOT's one grant type per application, in the words of the catalogue.

    A swapped model may allow more of them, or fewer (`allows_grant_type`). What is of legacy standing still
    needs the legacy profile, which an application has by its column.
    """
    own = {_grant_type_of(application)}
    if dot.overrides("allows_grant_type"):
        own = {kind for kind in dot.FLOWS_OF_GRANT_TYPE if application.allows_grant_type(kind)}
    flows = frozenset().union(*(dot.FLOWS_OF_GRANT_TYPE.get(kind, ()) for kind in own))
    # Its plain code flow goes on; the token in the front channel does not, whatever is said of PKCE.
    return flows if is_opened("openid-hybrid") else flows - {"hybrid"}


def introspects_all_without_policy(application: Any) -> bool:
    """Return whether an application without a policy may introspect every token, as it could before.

    Not one that registered itself, nor a public one: anybody could ask in its name (RFC 7662 §2.1, §4).
    """
    is_by_hand = application.registration_source == BY_HAND
    return bool(is_by_hand and application.client_type == "confidential")


def is_opened(grant_type: str) -> bool:
    """Did the project itself open a grant type of legacy standing, for applications without a policy?"""
    switch = SWITCHES.get(grant_type, "")
    return bool(switch) and dot.project_says(switch) and not dot.setting(switch)


def _grant_type_of(application: models.Model) -> str:
    return str(getattr(application, "authorization_grant_type", ""))


def resource_of(
    client: ClientFacts, asked: tuple[str, ...], granted: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """What a token is to be meant for (RFC 8707 §2.2): what was asked, else what was granted before.

    A client that is held to some resources and names none means those; what has been taken from it since the
    grant is no longer among them. Empty is no limit, which the rules refuse where there has to be one. A
    resource that a view of this site declares may be asked for with a slash more or less at its end.
    """
    if asked:
        known = {*granted, *client.allowed_resources}
        return tuple(dict.fromkeys(uri if uri in known else as_declared(uri) for uri in asked))
    if not client.allowed_resources:
        return granted
    if not granted:
        return tuple(sorted(client.allowed_resources))
    return tuple(uri for uri in granted if uri in client.allowed_resources)


def resource_asked_for(client: ClientFacts, sent: tuple[str, ...]) -> tuple[str, ...]:
    """What an authorization request names; without a name, the site's own where it can mean no other.

    That is for clients that have to name one: any other asks for this whole site then.
    """
    if sent or not profile_of(client).needs_resource:
        return sent
    only = only_resource()
    return (only,) if only else ()


def takes_unsigned_objects(client: ClientFacts) -> bool:
    """May its request objects come unsigned (OpenID Connect Core §6.1)? Where it says so, or is legacy."""
    registered = client.openid.request_object_signing_alg
    return registered == "none" or (not registered and client.profile == "legacy")


def must_sign_objects(client: ClientFacts) -> bool:
    """Return whether the client is registered for signed request objects, and so for no others.

    OpenID Connect Dynamic Client Registration 1.0 §2, `request_object_signing_alg`.
    """
    return client.openid.request_object_signing_alg not in ("", "none")


def request_object_must_be_signed(client: ClientFacts) -> Refusal:
    """Return how an unsigned one is refused.

    It is an invalid one where the client is bound to a signature (RFC 9101 §10.5), so that nobody takes the
    signature away. Elsewhere this server does not support it (OpenID Connect Core §6.1).
    """
    is_bound = must_sign_objects(client)
    return Refusal(
        Code.INVALID_REQUEST_OBJECT if is_bound else Code.REQUEST_NOT_SUPPORTED,
        "This client's request objects must be signed.",
        rule="request_object_must_be_signed",
        spec="RFC 9101 §10.5" if is_bound else "OpenID Connect Core §6.1",
        fix="Sign it, or register the client with request_object_signing_alg none.",
    )


def is_enabled(application_key: Any) -> bool:
    """May this client's tokens be used? Asked afresh each time."""
    return not ClientPolicy.objects.filter(
        application_id=application_key, is_enabled=False
    ).exists()
