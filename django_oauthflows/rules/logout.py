"""Questions about a request to sign out, before anybody is signed out or sent anywhere."""

from dataclasses import dataclass

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import ClientFacts

_SPEC = "OpenID Connect RP-Initiated Logout 1.0 §2"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutRequest:
    """What a request to sign out says.

    `client` is who `client_id` or else the ID token names; `hinted_client_id` whom that token was issued to,
    empty without one. `return_to` is its `post_logout_redirect_uri`, which `needs_tls` for a public client.
    """

    client: ClientFacts | None = None
    client_id: str = ""
    hinted_client_id: str = ""
    return_to: str = ""
    needs_tls: bool = False
    state: str = ""


@rule(spec=_SPEC, refuses_with=Code.INVALID_REQUEST)
def client_must_be_the_one_of_the_hint(request: LogoutRequest) -> str | None:
    """Else one client could use another's ID token to send people where it likes."""
    if request.client_id and request.hinted_client_id not in ("", request.client_id):
        return "The id_token_hint was issued to another client than the client_id names."
    return None


@rule(spec=_SPEC, refuses_with=Code.INVALID_REQUEST)
def client_must_be_known_to_return_to_it(request: LogoutRequest) -> str | None:
    """An address that belongs to no client makes the site an open redirector."""
    if request.return_to and (request.client is None or not request.client.is_enabled):
        return "The post_logout_redirect_uri belongs to no client that is known to this server."
    return None


@rule(spec="OpenID Connect RP-Initiated Logout 1.0 §3", refuses_with=Code.INVALID_REQUEST)
def return_address_must_be_registered(request: LogoutRequest) -> str | None:
    """Character by character: whoever may add a query may lead people on to anywhere."""
    client = request.client
    if request.return_to and client and request.return_to not in client.post_logout_redirect_uris:
        return "The post_logout_redirect_uri is not one the client has registered."
    return None


@rule(spec=_SPEC, refuses_with=Code.INVALID_REQUEST)
def return_address_must_be_https_where_the_site_is_strict(request: LogoutRequest) -> str | None:
    """The specification allows http to confidential clients alone, where the provider allows it at all."""
    is_plain = request.return_to.lower().startswith("http:")
    if request.needs_tls and is_plain and request.client and not request.client.is_confidential:
        return "The post_logout_redirect_uri of a public client must be https."
    return None


LOGOUT_RULES = (client_must_be_the_one_of_the_hint,)
#: About the return address alone. What they refuse is no reason to leave somebody signed in whose client sent
#: an ID token of this server (§3, §4).
RETURN_RULES = (
    client_must_be_known_to_return_to_it,
    return_address_must_be_registered,
    return_address_must_be_https_where_the_site_is_strict,
)
