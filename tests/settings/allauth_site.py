"""A site that verifies people's e-mail addresses with django-allauth."""

from tests.settings.base import *  # noqa: F403 - the same site with another app
from tests.settings.base import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [*INSTALLED_APPS, "allauth", "allauth.account"]
MIDDLEWARE = [*MIDDLEWARE, "allauth.account.middleware.AccountMiddleware"]
