"""Who sent the person here, and where they may be sent back to: found out before anything else.

A request that fails here is redirected nowhere (RFC 6749 §4.1.2.1): a page, never a redirect.
"""

from django.http import HttpRequest

from django_oauthflows.clients import presets, uris
from django_oauthflows.clients.facts import client_of, is_usable
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol.parameters import Parameters
from django_oauthflows.rules.requests import ClientFacts


def know_client(http: HttpRequest, parameters: Parameters) -> ClientFacts:
    """The client. Raises `Refusal` for a page."""
    client_id = parameters.text("client_id")
    client = client_of(client_id) if client_id else None
    if client is None:
        raise _for_page(
            "The client that sent you here is not known to this server.", "client_must_be_known"
        )
    must_be_usable(http, client)
    return client


def must_be_usable(http: HttpRequest, client: ClientFacts) -> None:
    """Raise `Refusal` for a page where the client has been disabled."""
    if not is_usable(client, http):
        raise _for_page(
            "The client that sent you here has been disabled.", "client_must_be_enabled"
        )


def know_redirect_uri(client: ClientFacts, parameters: Parameters) -> str:
    """The redirect URI the client is answered at. Raises `Refusal` for a page."""
    sent = parameters.text("redirect_uri")
    if sent:
        any_port = presets.is_installed(client.preset)
        if not uris.matches(sent, client.redirect_uris, any_port=any_port):
            raise _for_page(
                "The address to return to is not one the client has registered.",
                "redirect_uri_must_be_registered",
                spec="RFC 9700 §2.1",
            )
        return sent
    if "openid" in parameters.text("scope").split() or len(client.redirect_uris) != 1:
        raise _for_page(
            "The redirect_uri is missing.", "redirect_uri_must_be_sent", spec="RFC 6749 §3.1.2.3"
        )
    return client.redirect_uris[0]


def _for_page(sentence: str, rule: str, *, spec: str = "RFC 6749 §4.1.2.1") -> Refusal:
    return Refusal(Code.INVALID_REQUEST, sentence, rule=rule, spec=spec)
