"""A site that reads from a replica, which knows what a test has copied to it (`tests.replica.router`)."""

from tests.settings.base import *  # noqa: F403

DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
    "replica": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
}
DATABASE_ROUTERS = ["tests.replica.router.ReadsFromReplica"]
