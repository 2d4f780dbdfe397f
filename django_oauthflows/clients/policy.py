"""Who may use which flow: what a client's policy says, and what goes for an application without one."""

from typing import Any

from django.db import models

from django_oauthflows import dot
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.profiles import BY_SLUG, Profile
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows.base import Flow
from django_oauthflows.flows.choosing import flow_of_exchange, rules_of_origin
from django_oauthflows.flows.jwt_bearer import JWT_BEARER
from django_oauthflows.rules.base import Rule
from django_oauthflows.rules.requests import AuthMethod, ClientFacts, TokenRequest


def profile_of(client: ClientFacts) -> Profile:
    """The client's security profile; one that no longer exists is the strict default, never nothing."""
    return BY_SLUG.get(client.profile, BY_SLUG["standard"])


def authorization_rules(flow: Flow, client: ClientFacts) -> tuple[Rule[Any], ...]:
    """What is asked of a client's authorization request."""
    return (*flow.authorization_rules, *profile_of(client).authorization_rules)


def token_rules(request: TokenRequest) -> tuple[Rule[Any], ...]:
    """What is asked of a token request."""
    profile = profile_of(request.client)
    flow = flow_of_exchange(request)
    return (*flow.token_rules, *rules_of_origin(request), *profile.token_rules)


#: DOT's switch for each grant type of legacy standing, as DOT's own column spells the grant type.
SWITCHES = {
    "implicit": "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT",
    "openid-hybrid": "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT",
    "password": "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT",
}


def profile_without_policy(application: models.Model) -> str:
    """The profile of an application that has no policy.

    A project that switched DOT's PKCE off said itself that its clients cannot do it; one that opened DOT's
    implicit or password grant, that it needs that.
    """
    grant_type = _grant_type_of(application)
    if is_opened(grant_type):
        return "legacy"
    if grant_type in ("implicit", "password"):
        return "standard"
    if dot.project_says("PKCE_REQUIRED") and not dot.setting("PKCE_REQUIRED"):
        return "legacy"
    return "standard"


def flows_without_policy(application: models.Model) -> frozenset[str]:
    """DOT's one grant type per application, in the words of the catalogue."""
    grant_type = _grant_type_of(application)
    flows = dot.FLOWS_OF_GRANT_TYPE.get(grant_type, frozenset())
    # Its plain code flow goes on; the token in the front channel does not, whatever is said of PKCE.
    closed = grant_type == "openid-hybrid" and not is_opened(grant_type)
    return flows - {"hybrid"} if closed else flows


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
    grant is no longer among them. Empty is no limit, which the rules refuse where there has to be one.
    """
    if asked:
        return tuple(dict.fromkeys(asked))
    if not client.allowed_resources:
        return granted
    if not granted:
        return tuple(sorted(client.allowed_resources))
    return tuple(uri for uri in granted if uri in client.allowed_resources)


def takes_unsigned_objects(client: ClientFacts) -> bool:
    """May its request objects come unsigned (OpenID Connect Core §6.1)? Where it says so, or is legacy."""
    registered = client.openid.request_object_signing_alg
    return registered == "none" or (not registered and client.profile == "legacy")


def request_object_must_be_signed() -> Refusal:
    """How an unsigned one is refused."""
    return Refusal(
        Code.REQUEST_NOT_SUPPORTED,
        "This client's request objects must be signed.",
        rule="request_object_must_be_signed",
        spec="OpenID Connect Core §6.1",
        fix="Sign it, or register the client with request_object_signing_alg none.",
    )


def assertions_are_used() -> bool:
    """May any client authenticate, or ask for a token, by a JWT it signs?"""
    enabled = ClientPolicy.objects.filter(is_enabled=True).order_by()
    methods = (AuthMethod.PRIVATE_KEY_JWT, AuthMethod.SECRET_JWT)
    return enabled.filter(authentication_method__in=methods).exists() or any(
        JWT_BEARER.slug in flows for flows in enabled.values_list("flows", flat=True).distinct()
    )


def is_enabled(application_key: Any) -> bool:
    """May this client's tokens be used? Asked afresh each time."""
    return not ClientPolicy.objects.filter(
        application_id=application_key, is_enabled=False
    ).exists()
