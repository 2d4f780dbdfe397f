"""A site that runs django-oauth-toolkit as an OpenID Provider, with a validator and a key of its own."""

import os

from tests.adoption.before import *  # noqa: F403
from tests.settings.base import OAUTH2_PROVIDER as PLAIN

ALLOWED_HOSTS = ["127.0.0.1"]
OAUTH2_PROVIDER = {
    **PLAIN,
    "SCOPES": {
        **PLAIN["SCOPES"],  # type: ignore[dict-item]
        "openid": "Know who you are",
        "email": "See your email address",
        "groups": "See your groups",
    },
    "OIDC_ENABLED": True,
    "OAUTH2_VALIDATOR_CLASS": "tests.adoption.identity.validator.HospitalValidator",
    "OIDC_RSA_PRIVATE_KEY": os.environ["SITE_KEY"],
    "OIDC_RSA_PRIVATE_KEYS_INACTIVE": [os.environ["SITE_FORMER_KEY"]],
    "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
}
