"""The only door to django-oauth-toolkit (DOT): its models, settings, scopes and generators.

Whatever else of DOT a module needs comes through here, so that a release of DOT that moves its own modules
touches this file alone. What is imported at the top is safe while apps are loading; models are asked for by
function, after they have loaded and with whatever the project swapped in.
"""

import secrets
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from django.contrib.auth.hashers import (
    check_password,
    identify_hasher,
    is_password_usable,
    make_password,
)
from django.db import models, router
from oauth2_provider.settings import oauth2_settings

from django_oauthflows import own_scopes

#: The (perhaps swapped) models, as `app_label.ModelName`.
APPLICATION_MODEL: str = oauth2_settings.APPLICATION_MODEL

#: What this app makes of DOT's defaults where the project said nothing: each is the safe end of a choice
#: DOT leaves open for compatibility. `checks` names those a project has set back.
TIGHTENED: dict[str, Any] = {
    "DEFAULT_SCOPES": [],  # RFC 6749 §3.3: no scope asked is not "everything"
    "ACCESS_TOKEN_EXPIRE_SECONDS": 900,  # RFC 9700 §4.9.3: short-lived
    "REFRESH_TOKEN_EXPIRE_SECONDS": 30 * 86400,  # RFC 9700 §4.14.2: idle refresh tokens end
    "ID_TOKEN_EXPIRE_SECONDS": 3600,  # a relying party reads it at once, and some tie a session to it
    "REFRESH_TOKEN_REUSE_PROTECTION": True,  # RFC 9700 §4.14.2
    "ALLOWED_REDIRECT_URI_SCHEMES": [
        "https"
    ],  # RFC 9700 §2.1; loopback and private schemes by our own rules
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,  # RFC 9700 §2.1.2
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,  # RFC 9700 §2.4
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,  # RFC 9700 §2.1.1
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,  # RFC 9700 §4.3.2
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,  # RFC 9207 §2
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,  # RFC 9700 §4: checksums, not tokens
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
    "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
    "OAUTH2_VALIDATOR_CLASS": "django_oauthflows.dot_validator.HardenedValidator",
    "APPLICATION_ADMIN_CLASS": "django_oauthflows.clients.admin.ClientAdmin",
    "ACCESS_TOKEN_ADMIN_CLASS": "django_oauthflows.tokens.admin.AccessTokenAdmin",
    "REFRESH_TOKEN_ADMIN_CLASS": "django_oauthflows.tokens.admin.RefreshTokenAdmin",
    "GRANT_ADMIN_CLASS": "django_oauthflows.tokens.admin.GrantAdmin",
    "ID_TOKEN_ADMIN_CLASS": "django_oauthflows.tokens.admin.IDTokenAdmin",
}

#: DOT's one grant type per application, as slugs of the catalogue (RFC 6749 §1.3). DOT lets every
#: application but an implicit one refresh.
FLOWS_OF_GRANT_TYPE: Mapping[str, frozenset[str]] = {
    "authorization-code": frozenset(
        {"authorization-code", "authorization-code-pkce", "refresh-token"}
    ),
    "client-credentials": frozenset({"client-credentials", "refresh-token"}),
    "implicit": frozenset({"implicit"}),
    "password": frozenset({"password", "refresh-token"}),
    "openid-hybrid": frozenset(
        {"hybrid", "authorization-code", "authorization-code-pkce", "refresh-token"}
    ),
    "urn:ietf:params:oauth:grant-type:device_code": frozenset({"device-code", "refresh-token"}),
}


def tighten_defaults() -> None:
    """Replace DOT's permissive defaults; whatever the project wrote itself still wins."""
    oauth2_settings.reload()
    oauth2_settings.defaults.update(TIGHTENED)


def setting(name: str) -> Any:
    """A setting of `OAUTH2_PROVIDER`, or DOT's (tightened) default."""
    return getattr(oauth2_settings, name)


def project_says(name: str) -> bool:
    """Did the project write this `OAUTH2_PROVIDER` setting itself?"""
    return name in oauth2_settings.user_settings


# Models -------------------------------------------------------------------------------------------------


def application_model() -> type[models.Model]:
    from oauth2_provider.models import get_application_model

    return cast(type[models.Model], get_application_model())


def access_token_model() -> type[models.Model]:
    from oauth2_provider.models import get_access_token_model

    return cast(type[models.Model], get_access_token_model())


def refresh_token_model() -> type[models.Model]:
    from oauth2_provider.models import get_refresh_token_model

    return cast(type[models.Model], get_refresh_token_model())


def grant_model() -> type[models.Model]:
    from oauth2_provider.models import get_grant_model

    return cast(type[models.Model], get_grant_model())


def id_token_model() -> type[models.Model]:
    from oauth2_provider.models import get_id_token_model

    return cast(type[models.Model], get_id_token_model())


def device_grant_model() -> type[models.Model]:
    from oauth2_provider.models import get_device_grant_model

    return cast(type[models.Model], get_device_grant_model())


def token_database() -> str:
    """The alias of the database tokens are written to; DOT keeps all its token models in one."""
    return router.db_for_write(access_token_model())


def applications_ask_their_own_model() -> bool:
    """Has a swapped application model its own idea of `is_usable`?"""
    from oauth2_provider.models import AbstractApplication

    own: Any = application_model()
    return own.is_usable is not AbstractApplication.is_usable


# Scopes -------------------------------------------------------------------------------------------------


def all_scopes() -> dict[str, str]:
    """Every scope of the server with its description: DOT's scopes backend's, and those of our own API."""
    return {**_scopes_of_backend(), **own_scopes.offered()}


def open_scopes() -> frozenset[str]:
    """The scopes anybody may be told of and given; the others an administrator writes on one client."""
    return own_scopes.without(_scopes_of_backend())


def is_openid_provider() -> bool:
    """Does the project offer OpenID Connect? It does by offering its scope (Core §3.1.2.1)."""
    return "openid" in _scopes_of_backend()


def _scopes_of_backend() -> dict[str, str]:
    from oauth2_provider.scopes import get_scopes_backend

    return dict(get_scopes_backend().get_all_scopes())


def available_scopes(application: models.Model) -> frozenset[str]:
    """The scopes DOT's scopes backend lets an application use."""
    from oauth2_provider.scopes import get_scopes_backend

    available = get_scopes_backend().get_available_scopes(application=application)
    return own_scopes.without(available)


def default_scopes(application: models.Model) -> frozenset[str]:
    """What a request that names no scope gets, before the client's own scopes limit it."""
    from oauth2_provider.scopes import get_scopes_backend

    return own_scopes.without(get_scopes_backend().get_default_scopes(application=application))


def server_default_scopes() -> frozenset[str]:
    """What a request that names no scope gets, whoever asks."""
    from oauth2_provider.scopes import get_scopes_backend

    return own_scopes.without(get_scopes_backend().get_default_scopes())


def resource_allows(url: str, resource: list[str]) -> bool:
    """Is a token limited to `resource` (RFC 8707) meant for `url`? An empty list is no limit."""
    if not resource:
        return True
    validator = oauth2_settings.RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR
    return validator is None or bool(validator(url, resource))


def resource_is_prefix_of(resource: str, url: str) -> bool:
    """Does the project's own comparison say that `url` belongs to `resource`? Without one, nothing does."""
    validator = oauth2_settings.RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR
    return validator is not None and bool(validator(url, [resource]))


# Clients ------------------------------------------------------------------------------------------------


def generate_client_id() -> str:
    from oauth2_provider.generators import generate_client_id

    return cast(str, generate_client_id())


def unusable_secret() -> str:
    """What DOT's own column holds for a client of ours: a value nobody knows and no check of ours accepts.

    DOT takes a blank secret for no secret at all and lets the client in.
    """
    return "!" + secrets.token_urlsafe(32)


def wildcard_redirect_uri_matches(uri: str, registered: tuple[str, ...]) -> bool:
    """DOT's own matching, for the project that insists on `ALLOW_URI_WILDCARDS`."""
    from oauth2_provider.models import redirect_to_uri_allowed

    if not oauth2_settings.ALLOW_URI_WILDCARDS:
        return False
    try:
        return bool(redirect_to_uri_allowed(uri, list(registered)))
    except ValueError:
        # DOT takes the URI apart, and this one is none.
        return False


def takes_client_documents() -> bool:
    """Does the project take the address of a metadata document for a client id (`CIMD_ENABLED`)?"""
    return bool(oauth2_settings.CIMD_ENABLED)


def fetch_client_document(client_id: str) -> tuple[Any, int] | None:
    """The metadata document at a client id, and the seconds it may be kept; `None` where there is none.

    The project's permission classes are asked first, and its fetcher fetches: DOT's opens https at public
    addresses alone.
    """
    from oauth2_provider.cimd import CIMDError

    asked: Any = SimpleNamespace(headers={})
    permissions = oauth2_settings.CIMD_REGISTRATION_PERMISSION_CLASSES
    if not permissions or not all(kind().has_permission(asked, client_id) for kind in permissions):
        return None
    try:
        document, seconds = oauth2_settings.CIMD_METADATA_FETCHER().fetch(client_id)
    except CIMDError:
        return None
    return document, int(seconds)


def usable_secret(application: Any) -> str:
    """What DOT stores of an application's secret; empty where it is none that could match."""
    stored = str(application.client_secret)
    return stored if is_password_usable(stored) else ""


def plain_secret(stored: str) -> str:
    """A secret that its owner had DOT keep as it is, which DOT wants for HS256; empty where it is hashed."""
    return stored if is_password_usable(stored) and not _is_hashed(stored) else ""


def check_slow_secret(presented: str, stored: str) -> bool:
    """Verify a secret the way DOT stores it: hashed like a password, or plain where the owner chose so.

    Costs one slow hash whatever is stored. A blank secret never matches, though DOT hashes it like any other.
    """
    from django.utils.crypto import constant_time_compare

    plain = plain_secret(stored)
    if presented and not plain and _is_hashed(stored):
        return check_password(presented, stored)
    make_password(presented, hasher=oauth2_settings.CLIENT_SECRET_HASHER)
    return bool(plain) and constant_time_compare(presented, plain)


def _is_hashed(stored: str) -> bool:
    try:
        identify_hasher(stored)
    except ValueError:
        return False
    return True
