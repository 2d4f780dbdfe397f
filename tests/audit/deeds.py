"""What anybody does here that the audit log has to tell of, and what it has to say of each deed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import PersonFactory
from tests.admin.pages import browser_of

#: Where every request of Django's test client comes from.
HERE = "127.0.0.1"

SERVER, COMMAND, NOBODY = "server", "command", ""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that is done, once its story is prepared.

    `told` are the events with their actors, in any order; what the first one says of the `client` and of the
    `person` it concerns, and where all of them came from, is asked as well.
    """

    do: Callable[[], Any]
    told: tuple[tuple[str, str], ...]
    client: str = ""
    person: Any = None
    network: str = HERE


#: Every deed by its sentence: a function of the settings that prepares it.
DEEDS: dict[str, Callable[[Any], Deed]] = {}


def deed(prepare: Callable[[Any], Deed]) -> Callable[[Any], Deed]:
    DEEDS[prepare.__name__] = prepare
    return prepare


def by_person(person: Any) -> str:
    return f"person:{person.pk}"


def by_client(flow: FlowClient) -> str:
    return f"client:{flow.registered.client_id}"


def administrator() -> tuple[Any, Client]:
    """Somebody with every permission, and their browser."""
    person = PersonFactory(is_staff=True, is_superuser=True)
    return person, browser_of(person)
