"""The site once its old key signs no more."""

import os

from tests.adoption.identity.after import *  # noqa: F403
from tests.adoption.identity.before import OAUTH2_PROVIDER as UNTIL_NOW

OAUTH2_PROVIDER = {
    **UNTIL_NOW,
    "OIDC_RSA_PRIVATE_KEY": "",
    "OIDC_RSA_PRIVATE_KEYS_INACTIVE": [os.environ["SITE_KEY"], os.environ["SITE_FORMER_KEY"]],
}
