"""An application with the columns of django-oauth-toolkit's next release."""

from django.db import models
from oauth2_provider.models import AbstractApplication


class Application(AbstractApplication):
    token_endpoint_auth_method = models.CharField(max_length=32, blank=True, default="")
    client_jwks = models.TextField(blank=True, default="")
    client_jwks_uri = models.URLField(max_length=500, blank=True, default="")
    require_pushed_authorization_requests = models.BooleanField(null=True, default=None)
