"""The site of `after.py` with the scope that django-oauth-toolkit asks for at introspection."""

from tests.adoption.after import *  # noqa: F403
from tests.settings.base import OAUTH2_PROVIDER

OAUTH2_PROVIDER = {
    **OAUTH2_PROVIDER,
    "SCOPES": {**OAUTH2_PROVIDER["SCOPES"], "introspection": "Ask about tokens"},
}
