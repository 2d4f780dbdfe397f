"""The Django app."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

_NAIVE_TIMES = (
    "django_oauthflows does not work with USE_TZ = False: codes and tokens could not have an end. Write "
    "USE_TZ = True. PostgreSQL needs nothing else; in other databases the times that are there already have "
    "to be moved from TIME_ZONE to UTC (Django's documentation: Time zones, Migration guide)."
)


class OAuthFlowsConfig(AppConfig):
    name = "django_oauthflows"
    label = "oauthflows"
    verbose_name = _("OAuth")
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Tighten DOT's defaults before anybody reads them: the admin registers its screens by them."""
        from django_oauthflows import dot

        dot.tighten_defaults()
        if dot.is_installed():
            super().import_models()
        else:
            self.models = {}

    def ready(self) -> None:
        """Listen to what ends or changes what this app keeps.

        Raises `ImproperlyConfigured` where `USE_TZ` is off: a moment without a time zone is another one on
        each server, and twice a year. Servers run no system checks, and this has to stop them too.
        """
        if not settings.USE_TZ:
            raise ImproperlyConfigured(_NAIVE_TIMES)
        from django_oauthflows import checks, dot

        if not dot.is_installed():
            # A check says so, and commands go on, `oauthflows_quickstart` among them.
            checks.register_for_half_a_site()
            return
        from django_oauthflows.clients import deletion, facts, legacy, pkce_exception
        from django_oauthflows.clients.models import ClientPolicy, ClientSecret
        from django_oauthflows.clients.review import keeping
        from django_oauthflows.core import clock, quiet_log
        from django_oauthflows.identity import logout
        from django_oauthflows.keys import ring
        from django_oauthflows.protocol import kept_requests
        from django_oauthflows.tokens import endings, sessions
        from django_oauthflows.traffic import counting

        for model in (dot.application_model(), ClientPolicy, ClientSecret):
            facts.watch(model)
            facts.watch(model, forget=legacy.forget)
        deletion.listen()
        pkce_exception.listen()
        keeping.watch()
        ring.watch()
        sessions.listen()
        endings.listen()
        logout.listen()
        kept_requests.listen()
        counting.watch()
        quiet_log.listen()
        dot.pass_on_logs()
        clock.follow(dot.token_database)
        checks.register()
        if self.apps is not None and self.apps.is_installed("drf_spectacular"):
            from django_oauthflows.resource_server import openapi  # noqa: F401 - it is found by being there
