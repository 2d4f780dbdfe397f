"""Who sent the person here, and where they may be sent back to: found out before anything else.

A request that fails here is redirected nowhere (RFC 6749 §4.1.2.1): a page, never a redirect.
"""

from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.audit.actors import network_of
from django_oauthflows.clients import uris
from django_oauthflows.clients.dynamic import documents
from django_oauthflows.clients.facts import client_of, is_usable
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol.parameters import Parameters
from django_oauthflows.rules.requests import ClientFacts


def know_client(http: HttpRequest, parameters: Parameters) -> ClientFacts:
    """The client. Raises `Refusal` for a page."""
    client_id = parameters.text("client_id")
    client = client_of(client_id, network=network_of(http)) if client_id else None
    if client is None:
        if (refused := documents.refusal_of(client_id)) is not None:
            raise _for_page(
                "The client that sent you here is not known to this server: its metadata document is "
                f"refused. {refused.sentence}",
                refused.rule,
                spec=refused.spec,
                code=refused.code,
                fix=refused.fix,
            )
        raise _for_page(
            "The client that sent you here is not known to this server.", "client_must_be_known"
        )
    must_be_usable(http, client)
    # A browser proves nothing for its client.
    return client.without_proof()


def must_be_usable(http: HttpRequest, client: ClientFacts) -> None:
    """Raise `Refusal` for a page where the client has been disabled."""
    if not is_usable(client, http):
        raise _for_page(
            "The client that sent you here has been disabled.", "client_must_be_enabled"
        )


def know_redirect_uri(client: ClientFacts, parameters: Parameters) -> str:
    """The redirect URI the client is answered at. Raises `Refusal` for a page."""
    uri = _registered_redirect_uri(client, parameters)
    if dot.refuses_redirect_uri(client.key, uri):
        raise _for_page(
            "The address to return to is registered for the client, and the site refuses it.",
            "redirect_uri_must_be_registered",
            spec="RFC 9700 §2.1",
        )
    if not uris.is_readable(uri):  # a row that is older than the checks
        raise _for_page(
            "The address to return to is registered for the client, and cannot be read.",
            "redirect_uri_must_be_registered",
            spec="RFC 6749 §3.1.2",
        )
    return uri


def _registered_redirect_uri(client: ClientFacts, parameters: Parameters) -> str:
    sent = parameters.text("redirect_uri")
    if sent:
        if not uris.belongs_to(client, sent):
            raise _for_page(
                "The address to return to is not one the client has registered.",
                "redirect_uri_must_be_registered",
                spec="RFC 9700 §2.1",
            )
        return sent
    if "openid" in parameters.ordered("scope") or len(client.redirect_uris) != 1:
        raise _for_page(
            "The redirect_uri is missing.", "redirect_uri_must_be_sent", spec="RFC 6749 §3.1.2.3"
        )
    return client.redirect_uris[0]


def _for_page(
    sentence: str,
    rule: str,
    *,
    spec: str = "RFC 6749 §4.1.2.1",
    code: Code = Code.INVALID_REQUEST,
    fix: str = "",
) -> Refusal:
    return Refusal(code, sentence, rule=rule, spec=spec, fix=fix)
