"""The demo's front page: what there is to open, and how each client could be used."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from oauth2_provider.models import get_application_model

from example_project.accounts.people import people_shown_to
from example_project.playground.models import DemoClient
from example_project.relying_party.sites import SITES


@dataclass(frozen=True, slots=True, kw_only=True)
class SeededClient:
    preset: str
    name: str
    client_id: str
    redirect_uris: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningSite:
    name: str
    what_it_is: str
    url: str


def overview(request: HttpRequest) -> HttpResponse:
    origin = settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"
    clients = {client.preset.replace("-", "_"): client for client in _seeded_clients()}
    context = {
        "origin": origin,
        "issuer": f"{origin}/o",
        "people": people_shown_to(request),
        "clients": clients,
        "sites": _running_sites(),
        "native_authorize_url": _native_authorize_url(origin, clients.get("native_app")),
    }
    return render(request, "playground/overview.html", context)


def _running_sites() -> list[RunningSite]:
    """The other sites, where the demo started them beside this one."""
    return [
        RunningSite(name=site.name, what_it_is=site.what_it_is, url=f"http://{address}/")
        for site, address in zip(SITES.values(), settings.DEMO_SITES, strict=False)
    ]


def _seeded_clients() -> list[SeededClient]:
    presets = dict(DemoClient.objects.values_list("client_id", "preset"))
    applications = get_application_model().objects.filter(client_id__in=presets)
    return [
        SeededClient(
            preset=presets[application.client_id],
            name=application.name,
            client_id=application.client_id,
            redirect_uris=application.redirect_uris.split(),
        )
        for application in applications
    ]


def _native_authorize_url(origin: str, client: SeededClient | None) -> str:
    if client is None:
        return ""
    query = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uris[0],
        "scope": "notes:read",
        "state": "demo",
        "code_challenge_method": "S256",
    }
    return f"{origin}{reverse('oauthflows:authorize')}?{urlencode(query)}&code_challenge="
