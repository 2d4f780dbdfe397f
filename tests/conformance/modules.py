"""What each conformance profile for OpenID Providers asks, by the names of the suite's own modules.

As the Foundation's suite lists them in its test plans. The form post profiles ask the same of the same
response types, with every answer by `response_mode=form_post`.
"""

from collections.abc import Mapping

#: Asked for every response type.
_EVERY_RESPONSE_TYPE = (
    "oidcc-server",
    "oidcc-idtoken-signature",
    "oidcc-scope-profile",
    "oidcc-scope-email",
    "oidcc-scope-address",
    "oidcc-scope-phone",
    "oidcc-scope-all",
    "oidcc-alternate-happy-flow",
    "oidcc-display-page",
    "oidcc-display-popup",
    "oidcc-prompt-login",
    "oidcc-prompt-none-not-logged-in",
    "oidcc-prompt-none-logged-in",
    "oidcc-max-age-1",
    "oidcc-max-age-10000",
    "oidcc-ensure-request-with-unknown-parameter-succeeds",
    "oidcc-id-token-hint",
    "oidcc-login-hint",
    "oidcc-ui-locales",
    "oidcc-claims-locales",
    "oidcc-ensure-request-with-acr-values-succeeds",
    "oidcc-ensure-registered-redirect-uri",
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "oidcc-claims-essential",
    "oidcc-ensure-request-object-with-redirect-uri",
    "oidcc-response-type-missing",
    "oidcc-userinfo-get",
    "oidcc-userinfo-post-header",
    "oidcc-userinfo-post-body",
)

#: Asked wherever there is a code.
_WITH_A_CODE = (
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow",
    "oidcc-codereuse",
    "oidcc-codereuse-30seconds",
    "oidcc-server-client-secret-post",
    "oidcc-refresh-token",
    "oidcc-ensure-request-with-valid-pkce-succeeds",
)

_BASIC = (
    *_EVERY_RESPONSE_TYPE,
    *_WITH_A_CODE,
    "oidcc-idtoken-unsigned",
    "oidcc-ensure-post-request-succeeds",
)
_IMPLICIT = (*_EVERY_RESPONSE_TYPE, "oidcc-ensure-request-without-nonce-fails")
_HYBRID = (
    *_EVERY_RESPONSE_TYPE,
    *_WITH_A_CODE,
    "oidcc-ensure-request-without-nonce-fails",
)

PROFILES: Mapping[str, tuple[str, ...]] = {
    "Basic OP": _BASIC,
    "Implicit OP": _IMPLICIT,
    "Hybrid OP": _HYBRID,
    "Config OP": ("oidcc-discovery-endpoint-verification",),
    "Dynamic OP": (
        "oidcc-server",
        "oidcc-idtoken-rs256",
        "oidcc-idtoken-unsigned",
        "oidcc-userinfo-rs256",
        "oidcc-ensure-redirect-uri-in-authorization-request",
        "oidcc-redirect-uri-query-OK",
        "oidcc-redirect-uri-query-mismatch",
        "oidcc-redirect-uri-query-added",
        "oidcc-redirect-uri-regfrag",
        "oidcc-discovery-endpoint-verification",
        "oidcc-registration-logo-uri",
        "oidcc-registration-policy-uri",
        "oidcc-registration-tos-uri",
        "oidcc-registration-jwks-uri",
        "oidcc-registration-sector-uri",
        "oidcc-registration-sector-bad",
        "oidcc-server-rotate-keys",
        "oidcc-refresh-token-rp-key-rotation",
        "oidcc-request-uri-unsigned",
        "oidcc-request-uri-signed-rs256",
        "oidcc-ensure-request-object-with-redirect-uri",
        "oidcc-refresh-token",
        "oidcc-ensure-client-assertion-with-iss-aud-succeeds",
    ),
    "Form Post Basic OP": _BASIC,
    "Form Post Implicit OP": _IMPLICIT,
    "Form Post Hybrid OP": _HYBRID,
    "3rd Party-Init OP": ("oidcc-3rd_party-init-login", "oidcc-3rd_party-init-login-nohttps"),
    "RP-Initiated Logout OP": (
        "oidcc-rp-initiated-logout-discovery-endpoint-verification",
        "oidcc-rp-initiated-logout",
        "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri",
        "oidcc-rp-initiated-logout-modified-id-token-hint",
        "oidcc-rp-initiated-logout-no-id-token-hint",
        "oidcc-rp-initiated-logout-no-params",
        "oidcc-rp-initiated-logout-no-post-logout-redirect-uri",
        "oidcc-rp-initiated-logout-no-state",
        "oidcc-rp-initiated-logout-only-state",
        "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri",
        "oidcc-rp-initiated-logout-bad-id-token-hint",
    ),
    "Back-Channel Logout OP": (
        "oidcc-backchannel-logout-discovery-endpoint-verification",
        "oidcc-backchannel-rp-initiated-logout",
    ),
    "Front-Channel Logout OP": (
        "oidcc-frontchannel-logout-discovery-endpoint-verification",
        "oidcc-frontchannel-rp-initiated-logout",
    ),
}

MODULES: frozenset[str] = frozenset(module for asked in PROFILES.values() for module in asked)
