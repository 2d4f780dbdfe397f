"""A site whose user model is derived from nothing of Django's. It has no admin, which asks for more."""

from tests.settings.plain_user import *  # noqa: F403

AUTH_USER_MODEL = "plain_user.Bare"
