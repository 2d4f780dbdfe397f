"""The only door to django-oauth-toolkit (DOT): its models, settings, scopes and generators.

Whatever else of DOT a module needs comes through here, so that a release of DOT that moves its own modules
touches this file alone. What is imported at the top is safe while apps are loading; models are asked for by
function, after they have loaded and with whatever the project swapped in.
"""

import secrets
from collections.abc import Collection, Mapping
from functools import wraps
from types import SimpleNamespace
from typing import Any, cast

from django.contrib.auth.hashers import (
    check_password,
    identify_hasher,
    is_password_usable,
)
from django.core.checks import Tags
from django.db import models, router
from oauth2_provider.settings import oauth2_settings

from django_oauthflows import own_scopes
from django_oauthflows.offline_access import DESCRIPTION, OFFLINE_ACCESS

#: The (perhaps swapped) models, as `app_label.ModelName`.
APPLICATION_MODEL: str = oauth2_settings.APPLICATION_MODEL

#: Where the validators come from that are DOT's, oauthlib's or ours.
_VALIDATORS = ("oauth2_provider.", "oauthlib.", "django_oauthflows.", "builtins")

#: The scope that makes a request one of OpenID Connect (Core §3.1.2.1).
OPENID = "openid"

#: The scopes of OpenID Connect Core §5.4 and §11: all of them are about people who sign in.
OPENID_SCOPES = frozenset({OPENID, "profile", "email", "address", "phone", OFFLINE_ACCESS})

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


def written(name: str) -> Any:
    """Return what the project wrote for a setting, without importing what it may name."""
    return oauth2_settings.user_settings.get(name)


def methods_of_validator(validator: type) -> list[str]:
    """Return the methods that a project's own validator has beyond DOT's and ours."""
    own = [kind for kind in validator.__mro__ if not kind.__module__.startswith(_VALIDATORS)]
    return sorted({name for kind in own for name in vars(kind) if not name.startswith("__")})


def leave_out_errors_of_our_own_making() -> None:
    """Keep `check --deploy` from failing by what this app set in DOT's settings, and not the project.

    DOT stores either checksums or tokens that a lost answer can be repeated from. This app does both: the
    answer is kept encrypted under the token itself. So DOT's error is true only of a project that asked for
    checksums by DOT's own means.
    """
    from django.core.checks.registry import registry
    from oauth2_provider.checks import validate_bcp_configuration

    @wraps(validate_bcp_configuration)
    def check(app_configs: Any, **kwargs: Any) -> list[Any]:
        messages = validate_bcp_configuration(app_configs, **kwargs)
        is_theirs = project_says("COMPLIANT_BCP_RFC9700_TOKEN_STORAGE")
        return [one for one in messages if is_theirs or one.id != "oauth2_provider.E001"]

    registry.deployment_checks.discard(validate_bcp_configuration)
    registry.register(check, Tags.security, deploy=True)


# Models -------------------------------------------------------------------------------------------------


def application_model() -> type[models.Model]:
    from oauth2_provider.models import get_application_model

    return cast(type[models.Model], get_application_model())


def applications() -> "models.QuerySet[Any]":
    """Every application, read from the database that is written to, since access is decided by them."""
    model = application_model()
    return model._default_manager.using(router.db_for_write(model))


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
    """Every scope of the server with its description.

    They are those of DOT's scopes backend, those of our own API, and `offline_access`.
    """
    return {
        OFFLINE_ACCESS: str(DESCRIPTION),
        **_scopes_of_backend(),
        **own_scopes.offered(),
    }


def open_scopes() -> frozenset[str]:
    """The scopes anybody may be told of and given; the others an administrator writes on one client."""
    return own_scopes.without(_scopes_of_backend())


def requestable_scopes() -> frozenset[str]:
    """The scopes a client can be told that it may ask for, at the authorization server."""
    return open_scopes() | {OFFLINE_ACCESS}


def scopes_of_apis() -> dict[str, str]:
    """The scopes that may open something at an API, our own among them, with their descriptions."""
    return {name: text for name, text in sorted(all_scopes().items()) if name != OFFLINE_ACCESS}


def resource_scopes() -> frozenset[str]:
    """The scopes that open something at this site as a resource (RFC 9728 §2)."""
    return open_scopes() - {OFFLINE_ACCESS}


def is_openid_provider() -> bool:
    """Does the project offer OpenID Connect? It does by offering its scope (Core §3.1.2.1)."""
    return OPENID in _scopes_of_backend()


def names_openid() -> bool:
    """Return whether the project has the scope of OpenID Connect, switched off or not."""
    from oauth2_provider.scopes import get_scopes_backend

    return OPENID in get_scopes_backend().get_all_scopes()


def is_switched_off(name: str) -> bool:
    """Return whether the project itself wrote False for a switch of DOT's, as `OIDC_ENABLED`.

    DOT's own defaults switch much off; a project that wrote nothing chose none of that.
    """
    return project_says(name) and not setting(name)


def is_switched_on(name: str) -> bool:
    """Return whether the project itself wrote True for a switch of DOT's."""
    return project_says(name) and bool(setting(name))


def _scopes_of_backend() -> dict[str, str]:
    from oauth2_provider.scopes import get_scopes_backend

    scopes = dict(get_scopes_backend().get_all_scopes())
    if is_switched_off("OIDC_ENABLED"):
        scopes.pop(OPENID, None)
    return scopes


def _given(scopes: Collection[str]) -> frozenset[str]:
    """Return those of the scopes that anybody may be given: `openid` only by an OpenID Provider."""
    off = {OPENID} if is_switched_off("OIDC_ENABLED") else set()
    return own_scopes.without(scopes) - off


def available_scopes(application: models.Model) -> frozenset[str]:
    """The scopes DOT's scopes backend lets an application use."""
    from oauth2_provider.scopes import get_scopes_backend

    return _given(get_scopes_backend().get_available_scopes(application=application))


#: What `DEFAULT_SCOPES` has for all that there are.
ALL_SCOPES = "__all__"


def default_scopes(application: models.Model) -> frozenset[str]:
    """What a request that names no scope gets, before the client's own scopes limit it."""
    from oauth2_provider.scopes import get_scopes_backend

    return _given(get_scopes_backend().get_default_scopes(application=application))


def server_default_scopes() -> frozenset[str]:
    """What a request that names no scope gets, whoever asks."""
    from oauth2_provider.scopes import get_scopes_backend

    return _given(get_scopes_backend().get_default_scopes())


def named_default_scopes() -> frozenset[str]:
    """Return those of them that the project named one by one, and not all that `__all__` stands for."""
    named = frozenset(setting("DEFAULT_SCOPES"))
    return server_default_scopes() & named if ALL_SCOPES in named else server_default_scopes()


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


def takes_access_tokens(authentication: Any) -> bool:
    """Is it DOT's own authentication of an API, or made of that?"""
    kinds = getattr(authentication, "__mro__", ())
    return any(kind.__module__.startswith("oauth2_provider.contrib.") for kind in kinds)


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


def permits_client_document(client_id: str) -> bool:
    """Do the project's permission classes let this address become a client?"""
    asked: Any = SimpleNamespace(headers={})
    permissions = oauth2_settings.CIMD_REGISTRATION_PERMISSION_CLASSES
    return bool(permissions) and all(
        kind().has_permission(asked, client_id) for kind in permissions
    )


def fetches_client_documents_itself() -> bool:
    """Has the project a fetcher of its own for metadata documents (`CIMD_METADATA_FETCHER`)?"""
    return project_says("CIMD_METADATA_FETCHER")


def fetch_client_document(client_id: str) -> tuple[Any, int] | None:
    """Return what the project's own fetcher finds at a client id, and the seconds it may be kept.

    `None` where there is nothing.
    """
    from oauth2_provider.cimd import CIMDError

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


def is_slow_secret(stored: str) -> bool:
    """Is a secret stored the way passwords are, so that each look at it costs a slow hash?"""
    return is_password_usable(stored) and _is_hashed(stored)


def check_slow_secret(presented: str, stored: str) -> bool:
    """Verify a secret that is hashed like a password. A blank one never matches, though DOT hashes it too."""
    return bool(presented) and check_password(presented, stored)


def _is_hashed(stored: str) -> bool:
    try:
        identify_hasher(stored)
    except ValueError:
        return False
    return True
