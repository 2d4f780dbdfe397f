"""The Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OAuthFlowsConfig(AppConfig):
    name = "django_oauthflows"
    label = "oauthflows"
    verbose_name = _("OAuth")
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Tighten DOT's defaults before anybody reads them: the admin registers its screens by them."""
        from django_oauthflows import dot

        dot.tighten_defaults()
        super().import_models()

    def ready(self) -> None:
        """Listen to what ends or changes what this app keeps."""
        from django_oauthflows import checks, dot
        from django_oauthflows.clients import deletion, facts, legacy
        from django_oauthflows.clients.models import ClientPolicy, ClientSecret
        from django_oauthflows.clients.review import keeping
        from django_oauthflows.identity import logout
        from django_oauthflows.keys import ring
        from django_oauthflows.tokens import endings, sessions
        from django_oauthflows.traffic import counting

        for model in (dot.application_model(), ClientPolicy, ClientSecret):
            facts.watch(model)
            facts.watch(model, forget=legacy.forget)
        deletion.listen()
        keeping.watch()
        ring.watch()
        sessions.listen()
        endings.listen()
        logout.listen()
        counting.watch()
        checks.register()
        if self.apps is not None and self.apps.is_installed("drf_spectacular"):
            from django_oauthflows.resource_server import openapi  # noqa: F401 - it is found by being there
