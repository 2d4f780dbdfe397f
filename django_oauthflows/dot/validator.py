"""The project's own `OAUTH2_VALIDATOR_CLASS`: what it changes of django-oauth-toolkit's, and how it is asked.

Its hooks get a request of oauthlib's, as on django-oauth-toolkit: the class comes from there, since projects
read its members, and DOT's own methods look at its type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from django_oauthflows.dot.models import applications
from django_oauthflows.dot.settings import project_says, setting

#: Where the validators come from that are DOT's, oauthlib's or ours.
_VALIDATORS = ("oauth2_provider.", "oauthlib.", "django_oauthflows.", "builtins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to the validator: of which user, to which client, by which request.

    `user` is the row, or `user_key` its key where no row is at hand; `application_key` is that of the client.
    `claims` is the request of claims as the client sent it, `token` what a token response has beside the ID
    token. `issuer` is who this server is.
    """

    client_id: str
    application_key: Any
    scopes: tuple[str, ...] = ()
    user: Any = None
    user_key: Any = None
    access_token: Any = None
    request: HttpRequest | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    claims: Mapping[str, Any] | None = None
    nonce: str = ""
    issuer: str = ""
    token: Mapping[str, Any] = field(default_factory=dict, repr=False)


def own_validator() -> type | None:
    """Return the project's own validator; `None` where it wrote none, or one of DOT's or ours."""
    if not project_says("OAUTH2_VALIDATOR_CLASS"):
        return None
    chosen: type = setting("OAUTH2_VALIDATOR_CLASS")
    return chosen if _own_classes(chosen) else None


def validator_overrides(*names: str) -> bool:
    """Return whether the project's validator has one of these members of its own."""
    chosen = own_validator()
    return chosen is not None and not changed_members(chosen).isdisjoint(names)


@lru_cache(maxsize=8)
def changed_members(validator: type) -> frozenset[str]:
    """Return the names that a project's validator has in its own classes, dunder names left out."""
    own = (name for kind in _own_classes(validator) for name in vars(kind))
    return frozenset(name for name in own if not name.startswith("__"))


def _own_classes(validator: type) -> list[type]:
    return [kind for kind in validator.__mro__ if not kind.__module__.startswith(_VALIDATORS)]


def members_that_dot_asks() -> frozenset[str]:
    """Return every name that DOT's or oauthlib's validator has: what a project may have put in its place."""
    from oauth2_provider.oauth2_validators import OAuth2Validator

    kinds = [kind for kind in OAuth2Validator.__mro__ if kind is not object]
    return frozenset(name for kind in kinds for name in vars(kind) if not name.startswith("__"))


def validator_and_request(question: Question) -> tuple[Any, Any]:
    """Return the project's validator, and the request of oauthlib's to ask it with."""
    chosen = own_validator()
    assert chosen is not None  # noqa: S101 - whoever asks has looked
    return chosen(), _request_of(question)


def _request_of(question: Question) -> Any:
    from oauth2_provider.oauth2_backends import OauthlibRequest

    asked, http = question, question.request
    uri = http.build_absolute_uri() if http is not None else asked.issuer
    made: Any = OauthlibRequest(
        uri,
        http.method if http is not None else "POST",
        urlencode(asked.parameters),
        _headers(asked),
    )
    made.user = asked.user if asked.user is not None else _lazy_user(asked.user_key)
    made.client = _lazy_application(asked.application_key)
    made.client_id = asked.client_id
    made.scopes = list(asked.scopes)
    made.access_token = asked.access_token
    made.claims = asked.claims
    made.nonce = asked.nonce or None
    return made


def _headers(question: Question) -> dict[str, Any]:
    """Return the headers as DOT makes them of a request, or those that the issuer alone tells."""
    if question.request is None:
        parts = urlsplit(question.issuer)
        secure = {"X_DJANGO_OAUTH_TOOLKIT_SECURE": "1"} if parts.scheme == "https" else {}
        return {"HTTP_HOST": parts.netloc, "SERVER_NAME": parts.hostname or "", **secure}
    from oauth2_provider.oauth2_backends import OAuthLibCore

    made: dict[str, Any] = OAuthLibCore.extract_headers(None, question.request)
    return made


def _lazy_user(key: Any) -> Any:
    """Return the row of a user, read when a hook looks at it."""
    return SimpleLazyObject(lambda: get_user_model()._default_manager.get(pk=key))


def _lazy_application(key: Any) -> Any:
    return SimpleLazyObject(lambda: applications().get(pk=key))
