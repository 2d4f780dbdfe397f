"""Settings of the site that name a validator which is not there."""

from tests.adoption.site.settings import *  # noqa: F403
from tests.adoption.site.settings import OAUTH2_PROVIDER

OAUTH2_PROVIDER = {**OAUTH2_PROVIDER, "OAUTH2_VALIDATOR_CLASS": "nowhere.Validator"}
