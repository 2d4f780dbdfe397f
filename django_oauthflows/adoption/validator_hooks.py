"""Every hook of django-oauth-toolkit's validator, and what becomes of a project's own (DOT 3.4, oauthlib 4).

A hook is honoured, or still asked by DOT's own authentication classes alone, or not asked at all. The last is
an error for the project that has one: it would change who is let in, or what is told, in silence. Further
methods of a project's class are its own business.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.checks import CheckMessage, Error, Warning

from django_oauthflows import dot


class Standing(StrEnum):
    """What becomes of a hook."""

    HONOURED = "honoured"
    AUTHENTICATORS = "asked by django-oauth-toolkit's own authentication classes alone"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """One hook; `remedy` is what to write instead, empty for one that is honoured."""

    standing: Standing
    remedy: str = ""


def _hooks(standing: Standing, remedy: str, *names: str) -> dict[str, Hook]:
    return {name: Hook(standing=standing, remedy=remedy) for name in names}


_POLICY = "Write it into the client's policy (Clients in the admin): "
_APPLICATION = (
    "Override is_usable of your own OAUTH2_PROVIDER['APPLICATION_MODEL'], which is asked."
)
_SIGNALS = "Receive django_oauthflows.signals.token_issued, which is sent once tokens are saved."

#: Every member that DOT's validator has of its own or of oauthlib's.
HOOKS: Mapping[str, Hook] = {
    **_hooks(
        Standing.HONOURED,
        "",
        *("get_additional_claims", "get_claim_dict", "get_oidc_claims", "oidc_claim_scope"),
        *("get_userinfo_claims", "get_id_token_dictionary", "get_discovery_claims"),
        "_get_additional_claims_is_request_agnostic",
        *("validate_user", "build_http_request"),
    ),
    **_hooks(
        Standing.AUTHENTICATORS,
        "Protect the API with DOT's OAuth2Authentication, which asks it, or write the rule as a permission "
        "class of Django REST framework.",
        *("validate_bearer_token", "get_or_create_user_from_content", "_load_access_token"),
        *("_get_token_from_authentication_server", "_set_oauth2_error_on_request"),
    ),
    **_hooks(
        Standing.NOT_ASKED,
        "Return the claims from get_additional_claims or get_id_token_dictionary, which are asked; "
        "django_oauthflows itself signs ID tokens and keeps them.",
        *("finalize_id_token", "get_id_token", "get_jwt_bearer_token", "_save_id_token"),
        "refresh_id_token",
    ),
    **_hooks(
        Standing.NOT_ASKED,
        'Write "ISSUER" in OAUTHFLOWS: one issuer for every document and token.',
        "get_oidc_issuer_endpoint",
    ),
    **_hooks(
        Standing.NOT_ASKED,
        "Take the method out: an ID token opens no API (RFC 6750 §1). Let the client send its access token.",
        *("validate_id_token", "validate_jwt_bearer_token", "_load_id_token", "_get_key_for_token"),
        "_get_client_by_audience",
    ),
    **_hooks(
        Standing.NOT_ASKED,
        _POLICY
        + "its way of proving itself, its secrets and keys. To shut a client out, untick Enabled.",
        *("authenticate_client", "authenticate_client_id", "client_authentication_required"),
        *("_extract_basic_auth", "_authenticate_basic_auth", "_authenticate_request_body"),
        "_check_secret",
    ),
    **_hooks(Standing.NOT_ASKED, _APPLICATION, "validate_client_id", "_load_application"),
    **_hooks(
        Standing.NOT_ASKED,
        _POLICY + "its redirect URIs, which are compared character by character (RFC 9700 §4.1.3).",
        *("confirm_redirect_uri", "get_default_redirect_uri", "validate_redirect_uri"),
    ),
    **_hooks(
        Standing.NOT_ASKED,
        _POLICY + "its flows.",
        *("validate_grant_type", "validate_response_type", "_validate_implicit_response_type"),
    ),
    **_hooks(
        Standing.NOT_ASKED,
        "Return the client's scopes from get_available_scopes of a class of your own in "
        "OAUTH2_PROVIDER['SCOPES_BACKEND_CLASS'], which is asked, or write them into its policy.",
        *("validate_scopes", "get_original_scopes", "is_within_original_scope"),
        "get_authorization_code_scopes",
    ),
    **_hooks(
        Standing.NOT_ASKED,
        "Return them from get_default_scopes of a class of your own in "
        "OAUTH2_PROVIDER['SCOPES_BACKEND_CLASS'], which is asked, or write DEFAULT_SCOPES.",
        "get_default_scopes",
    ),
    **_hooks(
        Standing.NOT_ASKED,
        _POLICY + "its security profile says whether it needs PKCE (RFC 9700 §2.1.1).",
        *("is_pkce_required", "get_code_challenge", "get_code_challenge_method"),
    ),
    **_hooks(
        Standing.NOT_ASKED,
        _SIGNALS + " Lifetimes and token formats stand in the client's policy.",
        *("save_bearer_token", "save_token", "save_authorization_code", "_save_bearer_token"),
        *("_create_access_token", "_create_authorization_code", "_create_refresh_token"),
        "_set_token_value",
    ),
    **_hooks(
        Standing.NOT_ASKED,
        _POLICY
        + "how long it may refresh. Each refresh replaces the refresh token (RFC 9700 §4.14.2).",
        *("rotate_refresh_token", "validate_refresh_token"),
    ),
    **_hooks(
        Standing.NOT_ASKED,
        _APPLICATION + " A code is good for one use of its own client (RFC 6749 §4.1.2).",
        *("validate_code", "invalidate_authorization_code", "get_authorization_code_nonce"),
    ),
    **_hooks(
        Standing.NOT_ASKED,
        "Receive django_oauthflows.signals.authorization_revoked, which is sent once tokens are revoked.",
        "revoke_token",
    ),
    **_hooks(
        Standing.NOT_ASKED,
        _POLICY + "the resources it serves, and whether it may introspect every token.",
        "introspect_token",
    ),
    **_hooks(
        Standing.NOT_ASKED,
        _POLICY + "its allowed origins.",
        "is_origin_allowed",
    ),
    **_hooks(
        Standing.NOT_ASKED,
        _POLICY
        + "whether it skips consent. prompt=none and id_token_hint are followed as OpenID Connect Core "
        "§3.1.2.1 says.",
        *("validate_silent_authorization", "validate_silent_login", "validate_user_match"),
    ),
    **_hooks(
        Standing.NOT_ASKED,
        _POLICY + "the resources its tokens may be for (RFC 8707).",
        *("_check_and_set_request_resource", "_validate_resource_uris"),
    ),
}

#: A member that a later release of DOT adds: not known here, so not asked.
_UNKNOWN = Hook(
    standing=Standing.NOT_ASKED,
    remedy="Take the method out, or run a release of django_oauthflows that knows it.",
)


def standing_of(name: str) -> Hook | None:
    """Return what becomes of a member of a validator; `None` for a method that DOT never asks."""
    return HOOKS.get(name) or (_UNKNOWN if name in dot.members_that_dot_asks() else None)


def check_validator(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each hook of the project's validator that is not honoured, and each claim it may not tell."""
    chosen = dot.own_validator()
    if chosen is None:
        return []
    name, changed = chosen.__name__, sorted(dot.changed_members(chosen))
    standings = {member: hook for member in changed if (hook := standing_of(member)) is not None}
    return [
        *(
            Error(
                f"{name}.{member} is never asked by the endpoints of django_oauthflows.",
                hint=hook.remedy,
                id="oauthflows.E164",
            )
            for member, hook in standings.items()
            if hook.standing is Standing.NOT_ASKED
        ),
        *_half_asked(name, standings),
        *_reserved(name),
    ]


def _half_asked(name: str, standings: Mapping[str, Hook]) -> list[CheckMessage]:
    members = [
        member for member, hook in standings.items() if hook.standing is Standing.AUTHENTICATORS
    ]
    if not members:
        return []
    return [
        Warning(
            f"Only DOT's own authentication classes ask {name} for {', '.join(members)}: those of "
            "django_oauthflows never do.",
            hint=standings[members[0]].remedy,
            id="oauthflows.W143",
        )
    ]


def _reserved(name: str) -> list[CheckMessage]:
    told = sorted(dot.reserved_claims_told())
    if not told:
        return []
    return [
        Error(
            f"{name}.get_additional_claims names what an ID token says of itself, and it is left out: "
            f"{', '.join(told)}.",
            hint="Take these out of it. For acr and amr, name a function in "
            "OAUTHFLOWS['AUTHENTICATION_CONTEXT'].",
            id="oauthflows.E166",
        )
    ]
