"""Which flow a request is of, and whether its client may use it. Raises `Refusal`.

Pure like the flows themselves, so that a request that was recorded can be asked again.
"""

from typing import Any

from django_oauthflows.errors import Code, Refusal
from django_oauthflows.flows import catalogue
from django_oauthflows.flows.base import Flow
from django_oauthflows.rules.base import Rule
from django_oauthflows.rules.requests import AuthorizationRequest, ClientFacts, TokenRequest


def flow_of_authorization(request: AuthorizationRequest) -> Flow:
    """The flow of an authorization request, by its response type and whether it uses PKCE."""
    if not request.response_type:
        raise Refusal(
            Code.INVALID_REQUEST,
            "The response_type is missing.",
            rule="response_type_must_be_sent",
            spec="RFC 6749 §3.1.1",
        )
    uses_pkce = bool(request.code_challenge)
    flow = catalogue.for_response_type(request.response_type, uses_pkce=uses_pkce)
    if flow is None:
        raise Refusal(
            Code.UNSUPPORTED_RESPONSE_TYPE,
            "This response_type is not supported.",
            rule="response_type_must_be_supported",
            spec="RFC 6749 §4.1.2.1",
        )
    if request.client.may_use(flow.slug):
        return flow
    with_pkce = catalogue.for_response_type(request.response_type, uses_pkce=True)
    if with_pkce is None or not request.client.may_use(with_pkce.slug):
        raise Refusal(
            Code.UNAUTHORIZED_CLIENT,
            "This client may not use this response_type.",
            rule="client_must_be_allowed_the_flow",
            spec="RFC 6749 §4.1.2.1",
            fix="Allow the flow in the client's policy.",
        )
    raise Refusal(
        Code.INVALID_REQUEST,
        "This client must use PKCE: send a code_challenge with code_challenge_method=S256.",
        rule="client_must_be_allowed_the_flow_without_pkce",
        spec="OAuth 2.1 §4.1.1",
    )


def grant_type_must_be_open(grant_type: str, client: ClientFacts) -> None:
    """The client may use one of the flows that end by this grant type, which is a known one."""
    if not any(flow.slug in client.flows for flow in catalogue.for_grant_type(grant_type)):
        raise Refusal(
            Code.UNAUTHORIZED_CLIENT,
            "This client may not use this grant_type.",
            rule="client_must_be_allowed_the_flow",
            spec="RFC 6749 §5.2",
            fix="Allow the flow in the client's policy.",
        )


def flow_of_exchange(request: TokenRequest) -> Flow:
    """The flow whose rules are asked: the one that began the grant, where it ends by this grant type too."""
    flows = catalogue.for_grant_type(request.grant_type)
    return next((flow for flow in flows if flow.slug == request.flow), flows[0])


def rules_of_origin(request: TokenRequest) -> tuple[Rule[Any], ...]:
    """A client that was taken out of the legacy profile refreshes nothing it obtained under it.

    An application without a policy never was in it: what django-oauth-toolkit gave it goes on.
    """
    origin = catalogue.BY_SLUG.get(request.flow)
    return origin.rules_of_standing if origin and request.client.has_policy else ()
