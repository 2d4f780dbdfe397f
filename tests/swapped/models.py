"""Every model of django-oauth-toolkit, swapped by a site that wanted its own tables."""

from django.db import models
from oauth2_provider.models import (
    AbstractAccessToken,
    AbstractApplication,
    AbstractDeviceGrant,
    AbstractGrant,
    AbstractIDToken,
    AbstractRefreshToken,
)


class Application(AbstractApplication):
    """With a column of the site's own, which has to survive everything we do to an application."""

    cost_centre = models.CharField(max_length=20, blank=True)


class Grant(AbstractGrant):
    pass


class IDToken(AbstractIDToken):
    pass


class AccessToken(AbstractAccessToken):
    pass


class RefreshToken(AbstractRefreshToken):
    pass


class DeviceGrant(AbstractDeviceGrant):
    pass
