"""The example project with django-unfold for its admin."""

from tests.settings.counted_demo import *  # noqa: F403 - the same site but for its admin
from tests.settings.counted_demo import INSTALLED_APPS

INSTALLED_APPS = ["unfold", *INSTALLED_APPS]
