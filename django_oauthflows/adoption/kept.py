"""Settings of django-oauth-toolkit that a project wrote and that go on being obeyed."""

from collections.abc import Iterator, Mapping

from django_oauthflows import dot
from django_oauthflows.adoption.findings import Finding, Level

#: By setting: what goes on. Settings that are obeyed in part are told by the system checks.
KEPT: Mapping[str, str] = {
    "SCOPES": "The scopes and their descriptions are those of the consent page.",
    "SCOPES_BACKEND_CLASS": "The scopes backend is asked, for each application.",
    "DEFAULT_SCOPES": "A request without scope gets these, as far as they are the client's own.",
    "ALLOWED_REDIRECT_URI_SCHEMES": "Redirect URIs may have these schemes.",
    "ALLOW_URI_WILDCARDS": "Redirect URIs with a star match as before.",
    "ACCESS_TOKEN_EXPIRE_SECONDS": "Access tokens live as long as this says.",
    "REFRESH_TOKEN_EXPIRE_SECONDS": "A refresh token that nobody uses ends after this time.",
    "ID_TOKEN_EXPIRE_SECONDS": "ID tokens are valid for this long.",
    "AUTHORIZATION_CODE_EXPIRE_SECONDS": "Codes live as long as this says.",
    "OIDC_ISS_ENDPOINT": "It is the issuer.",
    "OAUTH_DEVICE_VERIFICATION_URI": "Devices show this address.",
    "OIDC_RSA_PRIVATE_KEY": "The key stays in the JWKS, and ID tokens signed with it are good as hints.",
    "OIDC_RSA_PRIVATE_KEYS_INACTIVE": "The keys stay in the JWKS.",
    "REQUEST_APPROVAL_PROMPT": "With force, each request shows the consent page.",
    "ROTATE_REFRESH_TOKEN": "Clients with a secret keep their refresh token.",
    "PKCE_REQUIRED": "It decides about clients with a secret. Public clients always need PKCE.",
    "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": "For so long a repeated refresh gets its answer again.",
    "OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS": "A sign-out ends the user's tokens.",
    "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": "A sign-out is asked about each time.",
    "OIDC_RP_INITIATED_LOGOUT_STRICT_REDIRECT_URIS": "Post-logout redirect URIs are https.",
    "OIDC_RP_INITIATED_LOGOUT_ACCEPT_EXPIRED_TOKENS": "It decides about expired id_token_hints.",
    "CIMD_ENABLED": "Clients may be known by the address of a metadata document.",
    "RESOURCE_SERVER_TOKEN_RESOURCE_VALIDATOR": "It decides which API a token is for.",
}


def of_settings() -> Iterator[Finding]:
    """Yield each setting that the project wrote and that goes on as it is."""
    for name, sentence in KEPT.items():
        if dot.project_says(name):
            yield Finding(
                level=Level.NOTE, where=f"OAUTH2_PROVIDER[{name!r}]", sentence=f"Kept. {sentence}"
            )
