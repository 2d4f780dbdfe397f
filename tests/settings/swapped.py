"""A site that replaced every model of django-oauth-toolkit by its own."""

from tests.settings.base import *  # noqa: F403 - the same site but for its models
from tests.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.swapped"]

OAUTH2_PROVIDER_APPLICATION_MODEL = "swapped.Application"
OAUTH2_PROVIDER_GRANT_MODEL = "swapped.Grant"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "swapped.AccessToken"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "swapped.RefreshToken"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "swapped.IDToken"
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "swapped.DeviceGrant"
