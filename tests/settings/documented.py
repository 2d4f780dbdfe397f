"""A site that serves the management API with its OpenAPI document."""

from tests.settings.base import *  # noqa: F403
from tests.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "drf_spectacular"]
ROOT_URLCONF = "tests.management_api.documented"
REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
