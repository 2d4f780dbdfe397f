"""Third-party initiated login (OpenID Connect Core §4): a link of ours by which a person opens an app."""

from dataclasses import dataclass
from urllib.parse import unquote_plus, urlencode, urlsplit, urlunsplit

from django_oauthflows.clients.presentation import is_known_to_site, is_on, own_host
from django_oauthflows.clients.uris import shown_host
from django_oauthflows.rules.addresses import is_https, is_web_address
from django_oauthflows.rules.requests import ClientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginLink:
    """A link that begins a sign-in at a client; `host` is where it leads, in the words of pages."""

    url: str
    host: str


def login_link(client: ClientFacts, issuer: str) -> LoginLink | None:
    """Return the link to a client's `initiate_login_uri` with `iss`; `None` where there is none to follow.

    The link is https, or http on the person's own device where an administrator added the client. A client
    that registered itself and is not verified has a link to its own host alone, by https.
    """
    uri = client.openid.initiate_login_uri
    if not uri or not client.is_enabled or not _may_be_followed(client, uri):
        return None
    parts = urlsplit(uri)
    kept = [part for part in parts.query.split("&") if part and _name_of(part) != "iss"]
    query = "&".join((*kept, urlencode({"iss": issuer})))
    return LoginLink(url=urlunsplit(parts._replace(query=query, fragment="")), host=shown_host(uri))


def _may_be_followed(client: ClientFacts, uri: str) -> bool:
    if is_known_to_site(client):
        return is_web_address(uri)
    source, uris = client.registration_source, client.redirect_uris
    return is_https(uri) and is_on(own_host(client.client_id, source, uris), uri)


def _name_of(parameter: str) -> str:
    return unquote_plus(parameter.partition("=")[0])
