"""Questions about an authorization request, once its client and its redirect URI are known."""

from urllib.parse import urlsplit

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest

#: The response modes this server answers in (OAuth 2.0 Multiple Response Type Encoding Practices §2.1).
RESPONSE_MODES = ("query",)
#: How an answer that holds a token is sent, and every refusal of a request for one.
FRAGMENT = "fragment"


def default_response_mode(response_type: str) -> str:
    """The mode of an answer where none is asked (Multiple Response Type Encoding Practices §2.1, §5)."""
    return "query" if {"token", "id_token"}.isdisjoint(response_type.split(" ")) else FRAGMENT


@rule(
    spec="OAuth 2.0 Multiple Response Type Encoding Practices §2.1",
    refuses_with=Code.INVALID_REQUEST,
)
def response_mode_must_be_supported(request: AuthorizationRequest) -> str | None:
    """An answer in another mode than the client waits for would be lost, or land where others read it."""
    if request.response_mode not in RESPONSE_MODES:
        return "This response_mode is not supported."
    return None


@rule(
    spec="OAuth 2.0 Multiple Response Type Encoding Practices §5",
    refuses_with=Code.INVALID_REQUEST,
)
def tokens_must_be_answered_in_the_fragment(request: AuthorizationRequest) -> str | None:
    """A token in the query would be sent to servers, kept in their logs and handed on as a referrer."""
    if request.response_mode != FRAGMENT:
        return "A token is answered in the fragment alone: send no response_mode, or fragment."
    return None


@rule(spec="OpenID Connect Core §6.1", refuses_with=Code.REQUEST_NOT_SUPPORTED)
def request_object_must_not_be_sent(request: AuthorizationRequest) -> str | None:
    """A signed request that is silently ignored would let its unsigned copy be changed on the way."""
    return "Request objects are not supported." if "request" in request.other else None


@rule(spec="OpenID Connect Core §6.2", refuses_with=Code.REQUEST_URI_NOT_SUPPORTED)
def request_uri_must_not_be_sent(request: AuthorizationRequest) -> str | None:
    """The same for a request object sent by reference."""
    return (
        "Request objects by reference are not supported."
        if "request_uri" in request.other
        else None
    )


@rule(spec="OpenID Connect Core §3.1.2.1", refuses_with=Code.INVALID_REQUEST)
def prompt_none_must_stand_alone(request: AuthorizationRequest) -> str | None:
    """Asking for no page and for a page at once has no answer."""
    if "none" in request.prompt and len(request.prompt) > 1:
        return "The prompt none cannot be combined with another."
    return None


@rule(spec="RFC 8707 §2", refuses_with=Code.INVALID_TARGET)
def resource_must_be_an_absolute_uri(request: AuthorizationRequest | TokenRequest) -> str | None:
    """The audience of a token is compared as text: it must be a whole URI and have no fragment."""
    if not all(map(is_absolute, request.resource)):
        return "A resource must be an absolute URI without a fragment."
    return None


@rule(spec="RFC 8707 §2", refuses_with=Code.INVALID_TARGET)
def resource_must_be_allowed_for_client(request: AuthorizationRequest | TokenRequest) -> str | None:
    """A client that is held to some APIs gets no token for another, nor one for all by naming none."""
    allowed = request.client.allowed_resources
    if allowed and not (request.resource and set(request.resource) <= allowed):
        return "This client may not ask for a token for this resource."
    return None


@rule(spec="RFC 8707 §2.2", refuses_with=Code.INVALID_TARGET)
def resource_must_be_granted(request: TokenRequest) -> str | None:
    """A grant for one API cannot be redeemed for another."""
    granted = request.held.resource if request.held else ()
    if granted and not set(request.resource) <= set(granted):
        return "The grant is not for this resource."
    return None


def is_absolute(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc) and "#" not in uri
