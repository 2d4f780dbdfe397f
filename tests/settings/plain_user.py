"""A site whose user model has no user name, e-mail address, full name or last sign-in."""

from tests.settings.base import *  # noqa: F403
from tests.settings.base import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.plain_user"]
AUTH_USER_MODEL = "plain_user.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
