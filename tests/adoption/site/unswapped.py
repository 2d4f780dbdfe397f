"""Settings of the site as it ran before it heard of the app."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.settings.base import *  # noqa: F403
from tests.settings.base import INSTALLED_APPS, TEMPLATES

INSTALLED_APPS = [
    "tests.adoption.site.apps.SiteConfig",
    *(app for app in INSTALLED_APPS if app != "django_oauthflows"),
]
ROOT_URLCONF = "tests.adoption.site.urls"
TEMPLATES = [{**TEMPLATES[0], "DIRS": []}]
OAUTHFLOWS: dict[str, Any] = {}
OAUTH2_PROVIDER: dict[str, Any] = {
    "SCOPES": {"openid": "Know who you are", "introspection": "Introspect", "notes:read": "Read"},
    "OIDC_ENABLED": True,
    "OIDC_RSA_PRIVATE_KEY": generate_private_key(public_exponent=65537, key_size=2048)
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode(),
    "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
    "OIDC_RP_INITIATED_LOGOUT_DELETE_TOKENS": True,
    "OAUTH2_VALIDATOR_CLASS": "tests.adoption.site.validators.SiteValidator",
    "PKCE_REQUIRED": lambda client_id: client_id != "old",
    "ROTATE_REFRESH_TOKEN": False,
    "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 3600,
    "REQUEST_APPROVAL_PROMPT": "force",
    "DCR_ENABLED": True,
    "DCR_REGISTRATION_PERMISSION_CLASSES": ("oauth2_provider.dcr.AllowAllDCRPermission",),
    "ACCESS_TOKEN_GENERATOR": "oauthlib.oauth2.rfc6749.tokens.random_token_generator",
}
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"null": {"class": "logging.NullHandler"}},
    "loggers": {"oauth2_provider": {"handlers": ["null"], "level": "INFO"}},
}
