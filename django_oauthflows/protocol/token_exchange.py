"""What a token exchange is asked with (RFC 8693 §2.1): two tokens, three types, and any number of targets."""

from dataclasses import replace

from django.http import HttpRequest

from django_oauthflows.protocol.parameters import Parameters
from django_oauthflows.rules.parties import Exchanging
from django_oauthflows.rules.requests import ClientFacts, TokenRequest
from django_oauthflows.tokens.parties import find_party
from django_oauthflows.tokens.reading import Presented


def find_subject(
    http: HttpRequest, parameters: Parameters, client: ClientFacts
) -> Presented | None:
    """Whoever the subject token stands for; `None` where it is not good."""
    return _find("subject", http, parameters, client)


def complete(
    http: HttpRequest,
    parameters: Parameters,
    request: TokenRequest,
    presented: Presented | None,
) -> TokenRequest:
    """The request with all that the rules of an exchange ask about.

    Without a target the client's only possible one is meant; with several to choose from, it has to say.
    """
    actor = _find("actor", http, parameters, request.client)
    allowed = tuple(request.client.exchange_targets)
    targets = tuple(dict.fromkeys((*parameters.resource, *parameters.audience)))
    targets = targets or (allowed if len(allowed) == 1 else ())
    exchange = Exchanging(
        subject_token_type=parameters.text("subject_token_type"),
        actor_token_type=parameters.text("actor_token_type"),
        requested_token_type=parameters.text("requested_token_type"),
        actor_token_was_sent="actor_token" in parameters,
        resource=parameters.resource,
        targets=targets,
        subject=presented.party if presented else None,
        actor=actor.party if actor else None,
    )
    return replace(request, exchange=exchange, resource=targets)


def _find(
    role: str, http: HttpRequest, parameters: Parameters, client: ClientFacts
) -> Presented | None:
    value, kind = parameters.text(f"{role}_token"), parameters.text(f"{role}_token_type")
    return find_party(value, kind, client=client, http=http) if value else None
