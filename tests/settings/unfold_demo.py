"""The example project with django-unfold for its admin."""

from tests.settings.counted_demo import *  # noqa: F403 - the same site but for its admin
from tests.settings.counted_demo import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = ["unfold", *INSTALLED_APPS]
# unfold evaluates what stands in its pages (Alpine.js), which the example's own policy stops.
MIDDLEWARE = [name for name in MIDDLEWARE if not name.endswith("PagePolicyMiddleware")]
