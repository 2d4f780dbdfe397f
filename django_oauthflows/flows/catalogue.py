"""Every flow there is.

To add one: write its file beside the others, with its rules in `rules/`, and list it here. The token
endpoint, the metadata documents, the admin, the checks, the README's table and the example project's pages
read this list; only a flow that loads or saves something new needs a row in `protocol/grants.py` as well. A
test asks for a walk through it, in the example project's `playground/walks/`.
"""

from django_oauthflows.flows.authorization_code import AUTHORIZATION_CODE
from django_oauthflows.flows.authorization_code_pkce import AUTHORIZATION_CODE_PKCE
from django_oauthflows.flows.base import Flow, Standing
from django_oauthflows.flows.client_credentials import CLIENT_CREDENTIALS
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.flows.hybrid import HYBRID
from django_oauthflows.flows.implicit import IMPLICIT
from django_oauthflows.flows.jwt_bearer import JWT_BEARER
from django_oauthflows.flows.password import PASSWORD
from django_oauthflows.flows.refresh_token import REFRESH_TOKEN
from django_oauthflows.flows.token_exchange import TOKEN_EXCHANGE

FLOWS: tuple[Flow, ...] = (
    AUTHORIZATION_CODE,
    AUTHORIZATION_CODE_PKCE,
    CLIENT_CREDENTIALS,
    JWT_BEARER,
    DEVICE_CODE,
    REFRESH_TOKEN,
    TOKEN_EXCHANGE,
    IMPLICIT,
    HYBRID,
    PASSWORD,
)

BY_SLUG: dict[str, Flow] = {flow.slug: flow for flow in FLOWS}

#: The flows that work for clients of the legacy profile alone.
LEGACY: frozenset[str] = frozenset(flow.slug for flow in FLOWS if flow.standing is Standing.LEGACY)


def for_grant_type(grant_type: str) -> tuple[Flow, ...]:
    """The flows that are redeemed by a grant type; none for an unknown one."""
    return tuple(flow for flow in FLOWS if flow.grant_type == grant_type)


def for_response_type(response_type: str, *, uses_pkce: bool) -> Flow | None:
    """The flow an authorization request starts, or `None` for an unknown response type."""
    flows = [flow for flow in FLOWS if response_type in flow.response_types]
    return next((flow for flow in flows if flow.uses_pkce == uses_pkce), next(iter(flows), None))
