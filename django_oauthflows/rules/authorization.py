"""Questions about an authorization request, once its client and its redirect URI are known."""

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import AuthorizationRequest, TokenRequest
from django_oauthflows.rules.resource_uris import is_resource_uri
from django_oauthflows.rules.site_resources import are_of_site

QUERY = "query"
FRAGMENT = "fragment"
FORM_POST = "form_post"

#: The response modes this server answers in (OAuth 2.0 Multiple Response Type Encoding Practices §2.1,
#: OAuth 2.0 Form Post Response Mode §2).
RESPONSE_MODES = (QUERY, FRAGMENT, FORM_POST)


def default_response_mode(response_type: str) -> str:
    """The mode of an answer where none is asked (Multiple Response Type Encoding Practices §2.1, §5)."""
    return FRAGMENT if holds_a_token(response_type) else QUERY


def holds_a_token(response_type: str) -> bool:
    """Does the answer itself carry a token?"""
    return not {"token", "id_token"}.isdisjoint(response_type.split(" "))


def response_mode_of(asked: str, response_type: str, redirect_uri: str) -> str:
    """The mode of the answer: the one that was asked for where it may be used, else the default.

    A refusal of the mode itself has to go somewhere too.
    """
    is_safe = asked in RESPONSE_MODES and not (asked == QUERY and holds_a_token(response_type))
    if is_safe and (asked != FORM_POST or _takes_forms(redirect_uri)):
        return asked
    return default_response_mode(response_type)


@rule(spec="RFC 9126 §4", refuses_with=Code.INVALID_REQUEST)
def request_must_be_pushed(request: AuthorizationRequest) -> str | None:
    """A client that is registered for pushed requests relies on none of them passing through the browser."""
    if request.client.must_push_requests:
        return (
            "This client must push its authorization requests, and this server has no endpoint for pushed "
            "requests yet."
        )
    return None


@rule(
    spec="OAuth 2.0 Multiple Response Type Encoding Practices §2.1",
    refuses_with=Code.INVALID_REQUEST,
)
def response_mode_must_be_supported(request: AuthorizationRequest) -> str | None:
    """An answer in another mode than the client waits for would be lost, or land where others read it."""
    if request.response_mode not in RESPONSE_MODES:
        return "This response_mode is not supported."
    return None


@rule(spec="OAuth 2.0 Form Post Response Mode §2", refuses_with=Code.INVALID_REQUEST)
def form_must_be_posted_to_a_web_address(request: AuthorizationRequest) -> str | None:
    """A program behind a scheme of its own is opened by a link and receives no form."""
    if request.response_mode == FORM_POST and not _takes_forms(request.redirect_uri):
        return "The response_mode form_post needs an http or https redirect_uri."
    return None


@rule(
    spec="OAuth 2.0 Multiple Response Type Encoding Practices §5",
    refuses_with=Code.INVALID_REQUEST,
)
def tokens_must_not_be_answered_in_the_query(request: AuthorizationRequest) -> str | None:
    """A token in the query would be sent to servers, kept in their logs and handed on as a referrer."""
    if request.response_mode == QUERY and holds_a_token(request.response_type):
        return "A token is not answered in the query: send no response_mode, fragment or form_post."
    return None


#: What is asked of how an answer is sent, whatever it holds.
RESPONSE_MODE_RULES = (
    response_mode_must_be_supported,
    form_must_be_posted_to_a_web_address,
    tokens_must_not_be_answered_in_the_query,
)


@rule(spec="RFC 8707 §2", refuses_with=Code.INVALID_TARGET)
def resource_must_be_an_absolute_uri(request: AuthorizationRequest | TokenRequest) -> str | None:
    """The audience of a token is compared as text: it must be a whole URI and have no fragment.

    Any scheme may be used, as in `urn:example:notes`. Nobody's password belongs into it.
    """
    if not all(map(is_resource_uri, request.resource)):
        return "A resource must be an absolute URI without a fragment, blanks or credentials."
    return None


@rule(spec="RFC 8707 §2", refuses_with=Code.INVALID_TARGET)
def resource_must_be_allowed_for_client(request: AuthorizationRequest | TokenRequest) -> str | None:
    """A client that is held to some APIs gets no token for another, nor one for all by naming none."""
    allowed = request.client.allowed_resources
    if allowed and not (request.resource and set(request.resource) <= allowed):
        return "This client may not ask for a token for this resource."
    return None


_UNNAMED = "This client must name the server its token is for: send a resource."
_SEVERAL = "A token of this client is for one server: send the one resource it is for."


@rule(spec="RFC 8707 §2", refuses_with=Code.INVALID_TARGET)
def resource_must_be_sent(request: AuthorizationRequest) -> str | None:
    """A token that names the one server it is for opens no other, whoever gets hold of it.

    The Model Context Protocol asks it of every client. Where the site has just one server, that is meant.
    """
    return None if request.resource_was_sent else _UNNAMED


@rule(spec="RFC 8707 §2.2", refuses_with=Code.INVALID_TARGET)
def resource_must_be_sent_or_granted(request: TokenRequest) -> str | None:
    """A client that does not repeat the server gets a token for the one that the person agreed to.

    Each token is for one: where the person agreed to several, the client names the one it wants now. A token
    for two servers would let each of them call the other.
    """
    if len(request.resource) > 1:
        return _SEVERAL
    was_granted = request.held is not None and bool(request.held.resource)
    return None if request.resource_was_sent or was_granted else _UNNAMED


@rule(spec="RFC 8707 §2.2", refuses_with=Code.INVALID_TARGET)
def resource_must_be_granted(request: TokenRequest) -> str | None:
    """A grant for one API cannot be redeemed for another.

    A grant without a resource is for this site, as its consent page showed no other place: it can be bound to
    a resource of the site, and to none elsewhere.
    """
    held = request.held
    if held is None or set(request.resource) <= set(held.resource):
        return None
    if not held.resource and are_of_site(
        request.resource, issuer=request.issuer, own_resource=request.own_resource
    ):
        return None
    return "The grant is not for this resource."


def _takes_forms(redirect_uri: str) -> bool:
    return redirect_uri.lower().startswith(("https://", "http://"))
