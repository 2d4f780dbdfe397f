"""Every flow there is.

To add one: write its file beside the others, with its rules in `rules/`, and list it here. The token
endpoint, the metadata documents, the admin, the checks and the README's table read this list; only a flow
that loads or saves something new needs a row in `protocol/exchange.py` as well.
"""

from django_oauthflows.flows.authorization_code import AUTHORIZATION_CODE
from django_oauthflows.flows.authorization_code_pkce import AUTHORIZATION_CODE_PKCE
from django_oauthflows.flows.base import Flow
from django_oauthflows.flows.client_credentials import CLIENT_CREDENTIALS
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.flows.refresh_token import REFRESH_TOKEN

FLOWS: tuple[Flow, ...] = (
    AUTHORIZATION_CODE,
    AUTHORIZATION_CODE_PKCE,
    CLIENT_CREDENTIALS,
    DEVICE_CODE,
    REFRESH_TOKEN,
)

BY_SLUG: dict[str, Flow] = {flow.slug: flow for flow in FLOWS}

#: Every grant type the token endpoint knows, in the catalogue's order.
GRANT_TYPES: tuple[str, ...] = tuple(
    dict.fromkeys(flow.grant_type for flow in FLOWS if flow.grant_type)
)

#: Every response type the authorization endpoint knows, in the catalogue's order.
RESPONSE_TYPES: tuple[str, ...] = tuple(
    dict.fromkeys(name for flow in FLOWS for name in flow.response_types)
)


def for_grant_type(grant_type: str) -> tuple[Flow, ...]:
    """The flows that are redeemed by a grant type; none for an unknown one."""
    return tuple(flow for flow in FLOWS if flow.grant_type == grant_type)


def for_response_type(response_type: str, *, uses_pkce: bool) -> Flow | None:
    """The flow an authorization request starts, or `None` for an unknown response type."""
    for flow in FLOWS:
        if response_type in flow.response_types and flow.uses_pkce == uses_pkce:
            return flow
    return None
