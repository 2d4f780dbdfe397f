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
