"""The site for ASGI servers: `uvicorn example_project.asgi:application`."""

import logging
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "example_project.settings")
# Under ASGI each request has a thread of its own, so a connection kept open is never used again.
os.environ.setdefault("CONN_MAX_AGE", "0")

application = get_asgi_application()

from example_project.log import WithoutQuery  # noqa: E402 - after Django has set up logging

logging.getLogger("uvicorn.access").addFilter(WithoutQuery())
