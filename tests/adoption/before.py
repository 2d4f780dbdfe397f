"""A site that runs django-oauth-toolkit alone."""

from tests.settings.base import *  # noqa: F403
from tests.settings.base import INSTALLED_APPS

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "django_oauthflows"]
ROOT_URLCONF = "tests.adoption.before_urls"
