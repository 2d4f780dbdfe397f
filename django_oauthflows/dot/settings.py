"""Settings of django-oauth-toolkit: the project's own, and safe defaults where it said nothing."""

from typing import Any

from oauth2_provider.settings import oauth2_settings

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


def asks_each_time() -> bool:
    """Return whether the project wants a page at each request (`REQUEST_APPROVAL_PROMPT`)."""
    return project_says("REQUEST_APPROVAL_PROMPT") and setting("REQUEST_APPROVAL_PROMPT") != "auto"


def deletes_tokens_at_logout() -> bool | None:
    """Return what the project wants of all of a user's tokens when they sign out; `None` for no word of it.

    DOT has its logout closed, and once it is opened deletes them unless told otherwise.
    """
    if project_says("OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS"):
        return bool(setting("OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS"))
    return True if is_switched_on("OIDC_RP_INITIATED_LOGOUT_ENABLED") else None


def lets_clients_omit_pkce(client_id: str, *, is_confidential: bool) -> bool:
    """Return whether `PKCE_REQUIRED` is False, for all or by the project's function of a client id.

    The function is asked for clients with a secret alone: the others must use PKCE (RFC 9700 §2.1.1).
    """
    if not project_says("PKCE_REQUIRED"):
        return False
    chosen = setting("PKCE_REQUIRED")
    if callable(chosen):
        return is_confidential and not chosen(client_id)
    return not chosen


def is_switched_off(name: str) -> bool:
    """Return whether the project itself wrote False for a switch of DOT's, as `OIDC_ENABLED`.

    DOT's own defaults switch much off; a project that wrote nothing chose none of that.
    """
    return project_says(name) and not setting(name)


def is_switched_on(name: str) -> bool:
    """Return whether the project itself wrote True for a switch of DOT's."""
    return project_says(name) and bool(setting(name))
