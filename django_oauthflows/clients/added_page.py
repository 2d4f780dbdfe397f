"""The admin's page of a client that was just added: how to connect it, and its secret, once."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from django_oauthflows import dot
from django_oauthflows.clients import one_time_display
from django_oauthflows.clients.admin_pages import shown_already
from django_oauthflows.clients.connect_pages import connecting
from django_oauthflows.clients.pkce_exception import needs_pkce
from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.rules.pkce_switches import SWITCHES

_NAME = "oauthflows_client_added"


class AddedPage:
    """For the screen of clients. Those who may only add clients see this page of theirs, and no other."""

    admin_site: Any
    opts: Any
    _change_url: Any
    _page: Any

    def added_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_GET(self.client_added))
        return [path("<int:pk>/added/<slug:handle>/", view, name=_NAME)]

    def redirect_to_added(self, request: HttpRequest, made: RegisteredClient) -> HttpResponse:
        """Leave the form: a reload of the page that follows adds no second client."""
        pk = made.application.pk
        return one_time_display.redirect_to(
            request,
            _page_of(pk),
            {"secret": made.client_secret},
            lambda handle: reverse(f"admin:{_NAME}", args=[pk, handle]),
        )

    def client_added(self, request: HttpRequest, pk: int, handle: str) -> HttpResponse:
        waiting = one_time_display.take(request, _page_of(pk), handle)
        application: Any = dot.application_model()._default_manager.filter(pk=pk).first()
        if waiting is None or application is None:
            return shown_already(self, request, self._list_url())  # type: ignore[arg-type]
        secret = waiting["secret"]
        shown = connecting(request, application, secret=secret)
        page: HttpResponse = self._page(
            request,
            "client_created",
            title=_("%(name)s was added") % {"name": application},
            application=application,
            client_secret=secret,
            change_url=self._change_url(pk),
            switches=SWITCHES if needs_pkce(shown["client"]) else (),
            **shown,
        )
        return one_time_display.forget_cookie(request, page)

    def _list_url(self) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")


def _page_of(pk: Any) -> str:
    return f"client-added:{pk}"
