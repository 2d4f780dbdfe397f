"""Settings of django-oauth-toolkit's own suite, with this app added and the include swapped."""

from tests.settings import *  # noqa: F403 - the suite's own, in whose folder this runs
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "rest_framework", "django_oauthflows"]
ROOT_URLCONF = "adapted_urls"
#: The suite asks by plain http as `localhost` and `testserver`.
ALLOWED_HOSTS = ["*"]
