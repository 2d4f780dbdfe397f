"""The signal by which django-oauth-toolkit tells a project of tokens that a client was given."""

from typing import Any

from django.http import HttpRequest

from django_oauthflows.dot.models import access_token_model, token_database
from django_oauthflows.dot.moved import module

app_authorized = module("signals").app_authorized


def somebody_hears_of_tokens() -> bool:
    """Return whether the project has a receiver of `app_authorized`."""
    return bool(app_authorized.has_listeners())


def tell_app_authorized(request: HttpRequest, checksum: str) -> None:
    """Tell the receivers of an access token that is saved under this checksum.

    As DOT does, with a token view as the sender. Django logs what a receiver raises; the others are still
    told, and the client has its answer.
    """
    from oauth2_provider.views import TokenView

    rows = access_token_model()._default_manager.using(token_database())
    token: Any = rows.select_related("application", "user").filter(token_checksum=checksum).first()
    if token is None:
        # A receiver before this one, or another request, has revoked it.
        return
    view = TokenView()
    view.setup(request)
    app_authorized.send_robust(sender=view, request=request, token=token)
