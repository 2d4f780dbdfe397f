"""The site of `before.py` again, after the app was taken out; a server may answer for it."""

from tests.adoption.before import *  # noqa: F403

ALLOWED_HOSTS = ["127.0.0.1"]
