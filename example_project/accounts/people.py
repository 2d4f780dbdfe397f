"""The demo's people, with passwords that are no secret."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody of the demo; `details` are the fields of the model of that name."""

    username: str
    password: str
    first_name: str
    last_name: str
    email: str
    is_administrator: bool
    details: Mapping[str, Any] = field(default_factory=dict)


PEOPLE = (
    Person(
        username="ada",
        password="demo-ada-2026",
        first_name="Ada",
        last_name="Lovelace",
        email="ada@example.org",
        is_administrator=True,
        details={
            "middle_name": "Augusta",
            "nickname": "Enchantress",
            "profile": "https://people.example.org/ada",
            "picture": "https://people.example.org/ada.png",
            "website": "https://ada.example.org/",
            "gender": "female",
            "birthdate": "1815-12-10",
            "zoneinfo": "Europe/London",
            "locale": "en-GB",
            "address": {
                "formatted": "12 St James's Square\nLondon\nSW1Y 4LE\nUnited Kingdom",
                "street_address": "12 St James's Square",
                "locality": "London",
                "region": "Greater London",
                "postal_code": "SW1Y 4LE",
                "country": "United Kingdom",
            },
            "phone_number": "+442079460018",
            "phone_number_verified": True,
        },
    ),
    Person(
        username="grace",
        password="demo-grace-2026",
        first_name="Grace",
        last_name="Hopper",
        email="grace@example.org",
        is_administrator=False,
        details={
            "middle_name": "Brewster",
            "nickname": "Amazing Grace",
            "profile": "https://people.example.org/grace",
            "picture": "https://people.example.org/grace.png",
            "website": "https://grace.example.org/",
            "gender": "female",
            "birthdate": "1906-12-09",
            "zoneinfo": "America/New_York",
            "locale": "en-US",
            "address": {
                "formatted": "1 Harbor Street\nArlington, VA 22202\nUnited States",
                "street_address": "1 Harbor Street",
                "locality": "Arlington",
                "region": "VA",
                "postal_code": "22202",
                "country": "United States",
            },
            "phone_number": "+12025550134",
            "phone_number_verified": True,
        },
    ),
)


#: Headers of a front that passes requests on: whoever it speaks for is somewhere else.
_PASSED_ON = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
)


def people_shown_to(request: HttpRequest) -> list[Person]:
    """Return the demo people, whose passwords a page shows, to a browser on this machine alone."""
    return seeded_people() if is_on_this_machine(request) else []


def is_on_this_machine(request: HttpRequest) -> bool:
    """Return whether the other end of the connection and the name in the address are both loopback.

    Headers decide nothing but the contrary: anybody can send one.
    """
    hosts = [request.META.get("REMOTE_ADDR", ""), _host_of(request.get_host())]
    if settings.PUBLIC_URL:
        hosts.append(urlsplit(settings.PUBLIC_URL).hostname or "")
    return all(map(_is_loopback, hosts)) and not any(name in request.META for name in _PASSED_ON)


def _host_of(authority: str) -> str:
    return urlsplit(f"//{authority}").hostname or ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def seeded_people() -> list[Person]:
    """Return the demo people who exist here: on any other database there is nothing to hint at."""
    known = set(
        get_user_model()
        .objects.filter(username__in=[person.username for person in PEOPLE])
        .values_list("username", flat=True)
    )
    return [person for person in PEOPLE if person.username in known]
