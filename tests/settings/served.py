"""The base site as a real server runs it, with access tokens that are JWTs by their scope."""

from tests.settings.base import *  # noqa: F403

ALLOWED_HOSTS = ["127.0.0.1"]
OAUTHFLOWS = {"JWT_SCOPES": ["notes:read"]}
