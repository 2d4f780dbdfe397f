"""The same site with the app added and the include swapped; its own settings are as they were."""

from tests.adoption.identity.before import *  # noqa: F403
from tests.settings.base import INSTALLED_APPS as WITH_THE_APP

INSTALLED_APPS = WITH_THE_APP
ROOT_URLCONF = "tests.urls"
