"""A site whose applications have the columns of django-oauth-toolkit's next release."""

from tests.settings.base import *  # noqa: F403 - the same site but for its applications
from tests.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.dot_next"]
OAUTH2_PROVIDER_APPLICATION_MODEL = "dot_next.Application"
