"""An API that runs django-oauth-toolkit alone and asks another site about each token, as its docs set it up.

`INTROSPECTION_URL` names the site; `ASKS_BY_TOKEN` is a token of the API's own, else it asks with the client
`CLIENT_ID` and `CLIENT_SECRET`.
"""

import os

from tests.adoption.before import *  # noqa: F403
from tests.settings.base import OAUTH2_PROVIDER

ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "tests.adoption.resource_server_urls"
OAUTH2_PROVIDER = {
    **OAUTH2_PROVIDER,
    "RESOURCE_SERVER_INTROSPECTION_URL": os.environ["INTROSPECTION_URL"],
}
if os.environ.get("ASKS_BY_TOKEN"):
    OAUTH2_PROVIDER["RESOURCE_SERVER_AUTH_TOKEN"] = os.environ["ASKS_BY_TOKEN"]
else:
    credentials = (os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"])
    OAUTH2_PROVIDER["RESOURCE_SERVER_INTROSPECTION_CREDENTIALS"] = credentials
