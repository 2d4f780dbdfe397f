"""Settings of the site: what the app is added to, with the URLs not yet swapped."""

from tests.adoption.site.unswapped import *  # noqa: F403
from tests.adoption.site.unswapped import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_oauthflows"]
