"""The admin's page on how to connect a client: programs to copy, at any time, and never with a secret."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.snippets.base import server_of
from django_oauthflows.clients.snippets.catalogue import secret_line, snippets_for


def connecting(request: HttpRequest, application: Any, *, secret: str = "") -> dict[str, Any]:
    """What `connect.html` shows. With a `secret`, the one line that sets it; that page is never kept."""
    client, server = facts_of(application), server_of(request)
    ways = snippets_for(client, server)
    reads_secret = any(way.reads_secret for way in ways)
    return {
        "client": client,
        "server": server,
        "ways": ways,
        "secret_line": secret_line(secret) if reads_secret else "",
    }


class ConnectPages:
    """For the screen of clients."""

    admin_site: Any
    client_for: Any
    _change_url: Any
    _page: Any

    def connect_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_safe(self.connect_client))
        return [path("<int:pk>/connect/", view, name="oauthflows_connect_client")]

    def connect_client(self, request: HttpRequest, pk: int) -> HttpResponse:
        application = self.client_for(request, pk, Deed.VIEW)
        page: HttpResponse = self._page(
            request,
            "connect_client",
            title=_("How to connect %(name)s") % {"name": application},
            change_url=self._change_url(pk),
            **connecting(request, application),
        )
        return page
