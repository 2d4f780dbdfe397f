"""Questions about a request whose answer in the browser holds an ID token."""

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import AuthorizationRequest


@rule(spec="OpenID Connect Core §3.1.2.1", refuses_with=Code.INVALID_REQUEST)
def openid_must_be_asked_for_an_id_token(request: AuthorizationRequest) -> str | None:
    """Without the scope openid a request is none of OpenID Connect, and nobody is identified."""
    if "id_token" in request.response_types and "openid" not in request.scopes:
        return "An ID token needs the scope openid."
    return None


@rule(spec="OpenID Connect Core §3.2.2.1", refuses_with=Code.INVALID_REQUEST)
def nonce_must_be_sent_for_an_id_token(request: AuthorizationRequest) -> str | None:
    """An ID token that came through a browser is bound to its request by the nonce alone."""
    if "id_token" in request.response_types and not request.nonce:
        return "The nonce is missing: an ID token in the browser is bound to its request by it."
    return None


@rule(spec="OpenID Connect Core §2", refuses_with=Code.INVALID_REQUEST)
def id_token_must_be_signed_in_the_browser(request: AuthorizationRequest) -> str | None:
    """Who can change an unsigned ID token on its way is whoever they say they are."""
    is_unsigned = request.client.openid.id_token_signed_response_alg == "none"
    if "id_token" in request.response_types and is_unsigned:
        return "This client takes unsigned ID tokens: they are sent from the token endpoint alone."
    return None


ID_TOKEN_RULES = (
    openid_must_be_asked_for_an_id_token,
    nonce_must_be_sent_for_an_id_token,
    id_token_must_be_signed_in_the_browser,
)
