"""The example project with django-unfold for its admin."""

from example_project.settings import *  # noqa: F403 - the same site but for its admin
from example_project.settings import INSTALLED_APPS

INSTALLED_APPS = ["unfold", *INSTALLED_APPS]
