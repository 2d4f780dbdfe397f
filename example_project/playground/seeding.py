"""What the demo's database starts with. Nothing that exists is changed."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from joserfc.jwk import ECKey
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.registration import register_client
from example_project.accounts.models import Details
from example_project.accounts.people import PEOPLE, Person
from example_project.notes import api_page
from example_project.notes.models import Note
from example_project.playground.models import DemoClient
from example_project.playground.provider import PRESET
from example_project.playground.walks.base import Walk
from example_project.playground.walks.catalogue import WALKS
from example_project.relying_party.sites import BACKCHANNEL_LOGOUT, CALLBACK, HOME, SITES, Site

NOTES = {
    "ada": (
        ("Note G", "How the engine would compute the numbers of Bernoulli."),
        ("A letter to Mr Babbage", "He has promised to send the drawings by Thursday."),
        ("For the weavers", "The engine weaves algebraic patterns as the loom weaves flowers."),
    ),
    "grace": (
        ("The moth", "Relay 70, panel F. First actual case of a bug being found."),
        ("A nanosecond", "Cut the wire to 29.97 cm and take it to the next lecture."),
    ),
}

EVERYTHING = ("notes:read", "notes:write", "profile")

#: The clients whose addresses do not follow from where the demo runs.
CLIENTS: tuple[dict[str, Any], ...] = (
    {
        "preset": "single-page-app",
        "name": "Notes in the Browser",
        "redirect_uris": ("http://localhost:5173/callback",),
        "scopes": EVERYTHING,
        "required_scopes": ("notes:read",),
    },
    {
        "preset": "native-app",
        "name": "Notes for the Desktop",
        "redirect_uris": ("http://127.0.0.1/callback",),
        "scopes": EVERYTHING,
        "required_scopes": ("notes:read",),
    },
    {
        "preset": "device",
        "name": "Notes on TV",
        "scopes": EVERYTHING,
        "required_scopes": ("notes:read",),
    },
    {"preset": "service", "name": "Notes Counter", "scopes": ("notes:read",)},
    # May look at the provider's clients and its audit log, by the management API.
    {
        "preset": "service",
        "known_as": "operations",
        "name": "Operations",
        "scopes": ("oauthflows:audit:read", "oauthflows:clients:read"),
        "is_verified": True,
    },
)


@transaction.atomic
def seed(origins: Sequence[str], site_ports: Mapping[str, int] | None = None) -> None:
    """Create people, notes and clients; the playground answers at each of `origins`.

    The other sites answer at `site_ports`, or where the demo starts them by itself.
    """
    for person in PEOPLE:
        seed_person(person)
    seed_client(
        preset=PRESET,
        name="Notes Web",
        redirect_uris=callbacks(origins),
        post_logout_redirect_uris=homes(origins),
        scopes=EVERYTHING,
        required_scopes=("notes:read",),
        is_verified=True,
    )
    for client in CLIENTS:
        seed_client(**client)
    allow(PRESET, redirect_uris=callbacks(origins), post_logout_redirect_uris=homes(origins))
    seed_api_page(origins)
    for walk in WALKS.values():
        seed_walk(walk, origins)
    for site in SITES.values():
        seed_site(site, port=(site_ports or {}).get(site.slug, site.port))


def seed_person(person: Person) -> None:
    model = get_user_model()
    known = model.objects.filter(username=person.username).first()
    if known:
        Details.objects.get_or_create(user=known, defaults=person.details)
        return
    user = model.objects.create_user(
        username=person.username,
        password=person.password,
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        is_staff=person.is_administrator,
        is_superuser=person.is_administrator,
    )
    Details.objects.create(user=user, **person.details)
    for title, body in NOTES[person.username]:
        Note.objects.create(owner=user, title=title, body=body)


def seed_site(site: Site, *, port: int) -> None:
    """Register one of the sites where people sign in with this provider (OpenID Connect)."""
    origins = origins_of(port=port)
    uris = {
        "redirect_uris": [origin + CALLBACK for origin in origins],
        "post_logout_redirect_uris": [origin + HOME for origin in origins],
    }
    seed_client(
        preset="web-app",
        known_as=site.slug,
        name=site.name,
        scopes=("openid", "profile", "email"),
        required_scopes=("openid",),
        is_verified=True,
        **uris,
    )
    application = allow(site.slug, **uris)
    ClientPolicy.objects.filter(application=application).update(
        backchannel_logout_uri=origins[0] + BACKCHANNEL_LOGOUT
    )


def seed_api_page(origins: Sequence[str]) -> None:
    """Register the client of the API's page."""
    uris = [origin + reverse("api-page-answer") for origin in origins]
    seed_client(
        preset="single-page-app",
        known_as=api_page.CLIENT,
        name="The API's page",
        redirect_uris=uris,
        scopes=api_page.SCOPES,
        is_verified=True,
    )
    allow(api_page.CLIENT, redirect_uris=uris)


def seed_walk(walk: Walk, origins: Sequence[str]) -> None:
    """Register the client that is taken through a flow, with a key of its own where it signs."""
    registration = dict(walk.client)
    uris = answers(walk.flow.slug, origins) if walk.comes_back else []
    if walk.has_own_key:
        key = ECKey.generate_key("P-256", {"kid": walk.flow.slug, "use": "sig"})
        registration["jwks"] = {"keys": [key.as_dict(private=False)]}
        registration["private_key"] = json.dumps(key.as_dict(private=True))
    seed_client(known_as=walk.flow.slug, redirect_uris=uris, **registration)
    application = allow(walk.flow.slug, redirect_uris=uris)
    if walk.exchanges_tokens:
        policies = ClientPolicy.objects.filter(application=application)
        known = policies.get().exchange_targets
        targets = dict.fromkeys([*known, *(f"{origin}/" for origin in origins)])
        policies.update(exchange_targets=list(targets))


def seed_client(
    *, preset: str, known_as: str = "", private_key: str = "", **registration: Any
) -> None:
    name = known_as or preset
    known = DemoClient.objects.filter(preset=name).first()
    applications = get_application_model().objects
    if known and applications.filter(client_id=known.client_id).exists():
        return
    client = register_client(preset=preset, **registration)
    DemoClient.objects.update_or_create(
        preset=name,
        defaults={
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            "private_key": private_key,
        },
    )


def allow(known_as: str, **uris: Sequence[str]) -> Any:
    """Add what this run's ports and public URL need to what earlier runs registered."""
    application = get_application_model().objects.get(
        client_id=DemoClient.objects.get(preset=known_as).client_id
    )
    changed = []
    for field, wanted in uris.items():
        known = getattr(application, field).split()
        merged = list(dict.fromkeys([*known, *wanted]))
        if merged != known:
            setattr(application, field, " ".join(merged))
            changed.append(field)
    if changed:
        application.save(update_fields=changed)
    return application


def callbacks(origins: Sequence[str]) -> list[str]:
    return [origin + reverse("playground:callback") for origin in origins]


def answers(slug: str, origins: Sequence[str]) -> list[str]:
    return [origin + reverse("playground:flow-answer", args=[slug]) for origin in origins]


def homes(origins: Sequence[str]) -> list[str]:
    return [origin + reverse("playground:client") for origin in origins]


def origins_of(*, port: int, public_url: str = "") -> list[str]:
    """Return each origin under which a browser may open the demo."""
    loopback = [f"http://127.0.0.1:{port}", f"http://localhost:{port}"]
    return [*loopback, *([public_url] if public_url else [])]
