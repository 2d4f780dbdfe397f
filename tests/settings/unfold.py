"""A site whose admin is django-unfold's."""

from tests.settings.base import *  # noqa: F403 - the same site but for its admin
from tests.settings.base import INSTALLED_APPS

# Before Django's admin, whose site and templates it replaces.
INSTALLED_APPS = ["unfold", *INSTALLED_APPS]
