"""The base site on an SQLite file, which several threads can use: `SQLITE_FILE` is its path."""

import os

from tests.settings.base import *  # noqa: F403

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["SQLITE_FILE"],
        "TEST": {"NAME": os.environ["SQLITE_FILE"]},
    }
}
