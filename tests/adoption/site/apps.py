"""An app that listens to django-oauth-toolkit's signal."""

from typing import Any

from django.apps import AppConfig


def note_authorization(sender: Any, **kwargs: Any) -> None:
    """Do nothing: it is there to be found."""


class SiteConfig(AppConfig):
    name = "tests.adoption.site"
    label = "adopted_site"

    def ready(self) -> None:
        from oauth2_provider.signals import app_authorized

        app_authorized.connect(note_authorization)
