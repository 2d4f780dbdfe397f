"""The demo's people, with passwords that are no secret."""

from dataclasses import dataclass

from django.contrib.auth import get_user_model


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    username: str
    password: str
    first_name: str
    last_name: str
    email: str
    is_administrator: bool


PEOPLE = (
    Person(
        username="ada",
        password="demo-ada-2026",
        first_name="Ada",
        last_name="Lovelace",
        email="ada@example.org",
        is_administrator=True,
    ),
    Person(
        username="grace",
        password="demo-grace-2026",
        first_name="Grace",
        last_name="Hopper",
        email="grace@example.org",
        is_administrator=False,
    ),
)


def seeded_people() -> list[Person]:
    """Return the demo people who exist here: on any other database there is nothing to hint at."""
    known = set(
        get_user_model()
        .objects.filter(username__in=[person.username for person in PEOPLE])
        .values_list("username", flat=True)
    )
    return [person for person in PEOPLE if person.username in known]
