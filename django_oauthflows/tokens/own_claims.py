"""What the project's own validator tells of a user, in place of or beside what this app does.

Sites that ran django-oauth-toolkit wrote it for their clients, who go on reading the same.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django_oauthflows import dot
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.rules.requests import ClientFacts

T = TypeVar("T")
SUBJECT = "sub"


def own_subject(client: ClientFacts, person: Any, *, user: Any = None) -> str | None:
    """Return the subject that the validator knows the person of a key by; `None` where it says none."""
    question = dot.Question(
        client_id=client.client_id,
        application_key=client.key,
        scopes=("openid",),
        user=user,
        user_key=person,
    )
    return _or_refused(lambda: dot.own_subject(question))


def own_claims_of_id_token(question: dot.Question, client: ClientFacts) -> dict[str, Any]:
    """Return what the validator tells in an ID token; empty without hooks. Raises `Refusal`."""
    return _allowed(_or_refused(lambda: dot.claims_of_id_token(question)), client)


def own_claims_of_userinfo(question: dot.Question, client: ClientFacts) -> dict[str, Any]:
    """Return what the validator tells at the userinfo endpoint. Raises `Refusal`."""
    return _allowed(_or_refused(lambda: dot.claims_of_userinfo(question)), client)


def request_of_claims(asked: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the names that were asked for in the shape of the `claims` parameter (Core §5.5)."""
    if not asked:
        return None
    return {
        part: dict.fromkeys(asked[part]) for part in ("userinfo", "id_token") if asked.get(part)
    }


def _allowed(claims: dict[str, Any], client: ClientFacts) -> dict[str, Any]:
    """Return the claims without reserved ones, and within the client's own limit (`allowed_claims`)."""
    limit = client.openid.allowed_claims
    return {
        name: value
        for name, value in claims.items()
        if name not in dot.RESERVED_CLAIMS and (limit is None or name == SUBJECT or name in limit)
    }


def _or_refused(ask: Callable[[], T]) -> T:
    """Return what a hook says. Raises `Refusal` where it fails: nobody gets a part of what is to be told."""
    try:
        return ask()
    except dot.HookFailed:
        raise Refusal(
            Code.TEMPORARILY_UNAVAILABLE,
            "The server cannot tell who the person is at the moment.",
            rule="claims_of_the_project_must_be_told",
            spec="OpenID Connect Core §5.1",
            status=503,
            fix="Read the site's log: a method of OAUTH2_VALIDATOR_CLASS raised.",
        ) from None
