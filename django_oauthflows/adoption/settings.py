"""Settings of django-oauth-toolkit that these endpoints do not follow: none is ignored in silence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage, Error, Warning

from django_oauthflows import dot
from django_oauthflows.conf import conf, project_settings
from django_oauthflows.tokens.lifetimes import LONGEST_CODE, LONGEST_GRACE


def _always(value: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """A setting that has no effect, as far as its value says something else than what is done anyway."""

    name: str
    remedy: str
    differs: Callable[[Any], bool] = _always


_RANDOM = "Remove the line: tokens and secrets are 256 random bits."
_REGISTRATION = "Remove the line: OAUTHFLOWS['REGISTRATION'] says who may register, and how."

#: Every setting of DOT that is not obeyed and could be taken for a protection, or for the lack of one.
IGNORED = (
    Ignored(name="REFRESH_TOKEN_GENERATOR", remedy=_RANDOM),
    Ignored(name="CLIENT_SECRET_GENERATOR_CLASS", remedy=_RANDOM),
    Ignored(name="CLIENT_SECRET_GENERATOR_LENGTH", remedy=_RANDOM),
    Ignored(
        name="OAUTH_DEVICE_USER_CODE_GENERATOR",
        remedy="Remove the line: user codes have the alphabet of RFC 8628 §6.1.",
    ),
    Ignored(
        name="OAUTH_DEVICE_VERIFICATION_URI_COMPLETE",
        remedy="Remove the line: the address is made of OAUTH_DEVICE_VERIFICATION_URI.",
    ),
    Ignored(
        name="ALLOW_LOCALHOST_LOOPBACK",
        remedy="Remove the line: the port of localhost is free for installed apps alone (RFC 8252 §7.3).",
        differs=bool,
    ),
    Ignored(
        name="AUTHORIZATION_CODE_EXPIRE_SECONDS",
        remedy=f"Write {LONGEST_CODE} or less: no code lives longer.",
        differs=lambda value: dot.seconds("AUTHORIZATION_CODE_EXPIRE_SECONDS") > LONGEST_CODE,
    ),
    Ignored(
        name="COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS",
        remedy="Remove the line: each answer says whose it is (RFC 9207 §2).",
        differs=lambda value: not value,
    ),
    Ignored(
        name="OIDC_JWKS_MAX_AGE_SECONDS",
        remedy="Remove the line: OAUTHFLOWS['KEY_ANNOUNCED_SECONDS'] says how long the keys may be kept.",
    ),
    Ignored(
        name="OIDC_RP_INITIATED_REGISTRATION_ENABLED",
        remedy="Name your sign-up page in OAUTHFLOWS['REGISTRATION_URL'].",
        differs=lambda value: bool(value) and not conf.REGISTRATION_URL,
    ),
    Ignored(
        name="OAUTH2_PROTECTED_RESOURCE_AUTHORIZATION_SERVERS",
        remedy="Remove the line: this site's own issuer is the one that is named.",
        differs=bool,
    ),
    Ignored(
        name="OAUTH2_PROTECTED_RESOURCE_BEARER_METHODS_SUPPORTED",
        remedy="Remove the line: tokens are taken from the Authorization header alone (RFC 9700 §4.3.2).",
        differs=lambda value: list(value) != ["header"],
    ),
    Ignored(
        name="CLIENT_ASSERTION_MAX_LIFETIME",
        remedy="Write OAUTHFLOWS['ASSERTION_LIFETIME'], in seconds.",
        differs=lambda value: int(value) != conf.ASSERTION_LIFETIME,
    ),
    Ignored(
        name="CLIENT_ASSERTION_ACCEPTED_AUDIENCES",
        remedy="Remove the line: the issuer, the token endpoint and the address that was called are taken.",
        differs=bool,
    ),
    Ignored(
        name="CLIENT_ASSERTION_PRIVATE_KEY_JWT_ALGS",
        remedy="Write the algorithm of each client into its policy (token_endpoint_auth_signing_alg).",
    ),
    Ignored(
        name="CLIENT_ASSERTION_CLIENT_SECRET_JWT_ALGS",
        remedy="Write the algorithm of each client into its policy (token_endpoint_auth_signing_alg).",
    ),
    Ignored(name="DCR_REGISTRATION_PERMISSION_CLASSES", remedy=_REGISTRATION),
    Ignored(
        name="DCR_REGISTRATION_TOKEN_EXPIRE_SECONDS",
        remedy=_REGISTRATION,
        differs=lambda value: value is not None,
    ),
    Ignored(name="DCR_REGISTRATION_SCOPE", remedy=_REGISTRATION),
)


def check_dot_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each setting of the project's own that something of DOT's would obey and nothing here does."""
    messages: list[CheckMessage] = [
        Warning(
            f"OAUTH2_PROVIDER[{one.name!r}] has no effect on the endpoints of django_oauthflows.",
            hint=one.remedy,
            id="oauthflows.W001",
        )
        for one in IGNORED
        if dot.project_says(one.name) and one.differs(dot.written(one.name))
    ]
    return [*messages, *_pushed_requests(), *_long_grace(), *_validator(), *_scope_without_openid()]


def _pushed_requests() -> list[CheckMessage]:
    """Where every request has to be pushed (RFC 9126 §5), none is answered until there is an endpoint."""
    if not dot.written("REQUIRE_PUSHED_AUTHORIZATION_REQUESTS"):
        return []
    return [
        Error(
            "OAUTH2_PROVIDER['REQUIRE_PUSHED_AUTHORIZATION_REQUESTS'] refuses every authorization request: "
            "this server has no endpoint for pushed requests yet (RFC 9126 §2).",
            hint="Remove the line. Clients that must keep their requests from the browser send signed ones: "
            "register them with request_object_signing_alg.",
            id="oauthflows.E179",
        )
    ]


def _long_grace() -> list[CheckMessage]:
    """DOT repeats an answer for as long as it is told to; who stole the token may ask too."""
    name = "REFRESH_TOKEN_GRACE_PERIOD_SECONDS"
    is_ours = "REFRESH_GRACE_SECONDS" in project_settings()
    if is_ours or not dot.project_says(name) or dot.seconds(name) <= LONGEST_GRACE:
        return []
    return [
        Warning(
            f"OAUTH2_PROVIDER[{name!r}] is cut to {LONGEST_GRACE} seconds: whoever stole a spent refresh "
            "token gets the new pair as long as it lasts (RFC 9700 §4.14.2).",
            hint=f'Write {LONGEST_GRACE} or less; or the seconds that your clients need as "REFRESH_GRACE_'
            'SECONDS" in OAUTHFLOWS, which goes before it.',
            id="oauthflows.W178",
        )
    ]


def _validator() -> list[CheckMessage]:
    """DOT's validator is asked by DOT's own classes alone: by its authenticators, and not by an endpoint."""
    if not dot.project_says("OAUTH2_VALIDATOR_CLASS"):
        return []
    chosen = dot.setting("OAUTH2_VALIDATOR_CLASS")
    if dot.TIGHTENED["OAUTH2_VALIDATOR_CLASS"] in map(_path_of, chosen.__mro__):
        return []
    return [
        Warning(
            f"{chosen.__name__} lets DOT's own authentication classes take ID tokens for access tokens, "
            "and the tokens of deactivated people.",
            hint="Derive it from django_oauthflows.dot_validator.HardenedValidator, or remove the line "
            "OAUTH2_VALIDATOR_CLASS.",
            id="oauthflows.W144",
        )
    ]


def _path_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _scope_without_openid() -> list[CheckMessage]:
    if not dot.is_switched_off("OIDC_ENABLED") or not dot.names_openid():
        return []
    return [
        Warning(
            "The scope openid is not offered: OAUTH2_PROVIDER['OIDC_ENABLED'] is False.",
            hint="Remove the line OIDC_ENABLED to be an OpenID Provider, or the scope from SCOPES.",
            id="oauthflows.W145",
        )
    ]
