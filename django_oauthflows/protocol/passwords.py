"""The password grant, once client, grant and request were found good (RFC 6749 §4.3).

limits → Django's authentication backends → the project's second factor → tokens. Unknown, inactive and wrong
get the same words, and Django's backends the same time for each.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.module_loading import import_string

from django_oauthflows import dot, limits
from django_oauthflows.audit.actors import network_of
from django_oauthflows.conf import conf
from django_oauthflows.core import users
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.identity.id_token import asked_of_project
from django_oauthflows.identity.signing import be_ready
from django_oauthflows.protocol.parameters import Parameters
from django_oauthflows.protocol.sign_in_answers import password_sign_in, with_id_token
from django_oauthflows.rules.requests import ClientFacts, TokenRequest
from django_oauthflows.tokens.issuing import Issued
from django_oauthflows.tokens.passwords import issue_to_person


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """How many wrong guesses there may be of one kind; `key` is the account, the client or the network."""

    name: str
    key: str
    at_most: int


def answer(http: HttpRequest, parameters: Parameters, request: TokenRequest) -> Issued:
    """Tokens for the person whose password was sent, with `openid` an ID token too. Raises `Refusal`."""
    if "openid" in request.scopes:
        be_ready(request.client)
    username = parameters.text("username")
    counted = _count(http, request.client, username)
    person = must_be_welcome(http, _person(http, parameters, request))
    expected = password_sign_in(request, person, scopes=request.scopes)
    if expected is not None:
        expected = asked_of_project(expected, http)
    for limit in counted:
        limits.give_back(limit.name, limit.key, per_seconds=conf.PASSWORD_GUESSES_WINDOW)
    issued = issue_to_person(request, person)
    return with_id_token(issued, expected)


def _person(http: HttpRequest, parameters: Parameters, request: TokenRequest) -> Any:
    """Return whose username and password they are: by the project's validator, else by Django's backends."""
    username, password = parameters.text("username"), parameters.text("password")
    if not dot.validates_users():
        return authenticate(request=http, username=username, password=password)
    question = dot.Question(
        client_id=request.client.client_id,
        application_key=request.client.key,
        scopes=tuple(sorted(request.scopes)),
        request=http,
        parameters=tuple(parameters.single.items()),
        issuer=request.issuer,
    )
    return dot.validated_user(username, password, question)


def must_be_welcome(http: HttpRequest, person: Any) -> Any:
    """Whoever the password was right of, `None` for nobody. Raises `Refusal` where that is not enough."""
    if person is None or not users.is_active(person):
        raise Refusal(
            Code.INVALID_GRANT,
            "The username or the password is wrong.",
            rule="password_must_be_right",
            spec="RFC 6749 §4.3.2",
            fix="Check both; the account may also be inactive.",
        )
    if _needs_second_factor(http, person):
        raise Refusal(
            Code.MFA_REQUIRED,
            "This account has a second factor: sign in on the site.",
            rule="second_factor_must_not_be_skipped",
            spec="RFC 9700 §2.4",
            fix="Let the client use the authorization code flow for such accounts.",
        )
    return person


def _count(http: HttpRequest, client: ClientFacts, username: str) -> list[_Limit]:
    """Count this request as a guess, until it turns out to be none.

    The answer beyond a limit is 429 with Retry-After (RFC 6585 §4), and `invalid_grant`: of the codes of
    RFC 6749 §5.2 it is the one that clients of this grant expect, where `slow_down` (RFC 8628 §3.5) tells a
    device to go on polling with the same input.
    """
    counted = []
    for limit in _limits(http, client, username):
        wait = limits.spend(
            limit.name,
            limit.key,
            at_most=limit.at_most,
            per_seconds=conf.PASSWORD_GUESSES_WINDOW,
        )
        if wait is not None:
            raise Refusal(
                Code.INVALID_GRANT,
                f"Too many attempts. Try again in {wait} seconds.",
                rule=f"{limit.name}_must_be_few",
                spec="RFC 6749 §4.3.2",
                status=429,
                retry_after=wait,
            )
        counted.append(limit)
    return counted


def account_of(username: str) -> str:
    """Return the account that guesses at a username are counted for.

    Backends may ignore case, or take one way of writing a letter for another: one account, one counter.
    """
    return unicodedata.normalize("NFKC", username).casefold().strip()


def _limits(http: HttpRequest, client: ClientFacts, username: str) -> tuple[_Limit, ...]:
    return (
        _Limit(
            name="guesses_from_one_network",
            key=network_of(http),
            at_most=conf.PASSWORD_GUESSES_PER_NETWORK,
        ),
        _Limit(
            name="guesses_by_one_client",
            key=client.client_id,
            at_most=conf.PASSWORD_GUESSES_PER_CLIENT,
        ),
        _Limit(
            name="guesses_at_one_account",
            key=account_of(username),
            at_most=conf.PASSWORD_GUESSES_PER_ACCOUNT,
        ),
    )


def _needs_second_factor(http: HttpRequest, person: Any) -> bool:
    if not conf.PASSWORD_MFA_CHECK:
        return False
    needs: Callable[[HttpRequest, Any], bool] = import_string(conf.PASSWORD_MFA_CHECK)
    return bool(needs(http, person))
