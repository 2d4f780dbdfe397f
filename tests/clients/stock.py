"""Applications as django-oauth-toolkit makes them: without a policy, with DOT's own secret."""

from typing import Any

from oauth2_provider.models import get_application_model

from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.testing.client import FlowClient

SECRET = "a-secret-as-django-oauth-toolkit-has-it"
CALLBACK = "https://stock.example/callback"


def stock_client(**changes: Any) -> FlowClient:
    """A client of a site that ran django-oauth-toolkit alone."""
    fields = {
        "name": "Stock",
        "client_type": "confidential",
        "authorization_grant_type": "authorization-code",
        "redirect_uris": CALLBACK,
        "client_secret": SECRET,
        **changes,
    }
    application = get_application_model().objects.create(**fields)
    is_confidential = fields["client_type"] == "confidential"
    registered = RegisteredClient(
        application=application,
        policy=None,  # type: ignore[arg-type]
        client_id=application.client_id,
        client_secret=str(fields["client_secret"]) if is_confidential else "",
        redirect_uris=tuple(str(fields["redirect_uris"]).split()),
        scopes=("notes:read",),
        preset="",
        profile="standard",
    )
    return FlowClient(registered=registered)
