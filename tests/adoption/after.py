"""The same site with the app added and the include swapped."""

from tests.settings.base import *  # noqa: F403

ALLOWED_HOSTS = ["127.0.0.1"]
