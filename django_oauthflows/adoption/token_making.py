"""Settings of django-oauth-toolkit by which a project makes or refuses tokens itself: none is asked here.

APIs or clients may rely on what they did, and would find out by tokens that are different in silence.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage, Error

from django_oauthflows import dot

#: What DOT chooses itself, in this release or the next.
_DEFAULTS = (
    "oauthlib.oauth2.Server",
    "oauthlib.openid.Server",
    "oauth2_provider.oauth2_backends.OAuthLibCore",
    "oauth2_provider.core.backends_oauthlib.OAuthLibCore",
)


def _is_another(value: Any) -> bool:
    return bool(value) and value not in _DEFAULTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Deciding:
    """A setting by which a project decides about tokens, and what to write instead."""

    name: str
    what_is: str
    remedy: str
    differs: Callable[[Any], bool] = _is_another


_RULES = (
    "Remove the line once each client's policy says which flows, scopes and resources it may have, and "
    "how long its tokens live."
)

DECIDING = (
    Deciding(
        name="ACCESS_TOKEN_GENERATOR",
        what_is="access tokens are 256 random bits, and APIs that verify JWTs of that generator refuse them",
        remedy='For signed access tokens (RFC 9068), set a client\'s token_format to "jwt" in its policy, or '
        'name scopes in OAUTHFLOWS["JWT_SCOPES"]; APIs verify them by the issuer\'s jwks_uri. Then remove '
        "the line.",
    ),
    Deciding(
        name="EXTRA_SERVER_KWARGS",
        what_is="its generators and lifetimes are not those of the tokens",
        remedy="Write a token_generator as for ACCESS_TOKEN_GENERATOR, and token_expires_in as "
        '"ACCESS_TOKEN_EXPIRE_SECONDS", which takes a function too. Then remove the line.',
    ),
    Deciding(
        name="OAUTH_PRE_TOKEN_VALIDATION",
        what_is="its functions refuse no token",
        remedy=_RULES,
    ),
    Deciding(
        name="OAUTH2_SERVER_CLASS", what_is="its grants and rules are not there", remedy=_RULES
    ),
    Deciding(name="OIDC_SERVER_CLASS", what_is="its grants and rules are not there", remedy=_RULES),
    Deciding(
        name="OAUTH2_BACKEND_CLASS",
        what_is="it reads no request; JSONOAuthLibCore took JSON, and here only forms are taken",
        remedy="Have clients send application/x-www-form-urlencoded (RFC 6749 §3.2). Then remove the line.",
    ),
)


def check_token_making(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each of them that says something else than what is done anyway."""
    return [
        Error(
            f"OAUTH2_PROVIDER[{one.name!r}] is not asked by the endpoints of django_oauthflows: "
            f"{one.what_is}.",
            hint=one.remedy,
            id="oauthflows.E182",
        )
        for one in DECIDING
        if dot.project_says(one.name) and one.differs(dot.written(one.name))
    ]
