"""The admin's page on how to connect a client: programs to copy, at any time, and never with a secret."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.audiences import audience_of
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.programs.catalogue import known_programs
from django_oauthflows.clients.programs.configuration import configuration_of
from django_oauthflows.clients.snippets.base import server_of
from django_oauthflows.clients.snippets.catalogue import secret_line, snippets_for


def connecting(request: HttpRequest, application: Any, *, secret: str = "") -> dict[str, Any]:
    """What `connect.html` shows. With a `secret`, the one line that sets it; that page is never kept."""
    client, server = facts_of(application), server_of(request)
    ways = snippets_for(client, server)
    reads_secret = any(way.reads_secret for way in ways)
    policy = getattr(application, "oauthflows_policy", None)
    program = known_programs().get(policy.program) if policy is not None else None
    return {
        "program": program,
        "configuration": program
        and configuration_of(
            program,
            server.issuer,
            client_id=client.client_id,
            client_secret=secret,
            redirect_uris=client.redirect_uris,
            scopes=client.scopes,
        ),
        "client": client,
        "server": server,
        "ways": ways,
        "audience": audience_of(client, server.resource),
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
