"""What every page of the admin costs on a site of a certain size, printed and held against the limits.

Statements are all of a page's, with Django's two for the person who looks. The CPU is this process's alone,
and is compared with what Django's own list of users takes in the same run; the database's time is printed,
and left to the machine it runs on.
"""

from collections.abc import Iterator
from time import perf_counter
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from django_oauthflows import long_lists
from django_oauthflows.clients.review import keeping
from django_oauthflows.clients.review.models import ClientReview
from django_oauthflows.testing.factories import PersonFactory
from django_oauthflows.tokens import blast
from django_oauthflows.tokens.radius import Radius
from tests.admin.pages import CLIENTS, browser_of
from tests.scale.filling import Size, fill
from tests.scale.visiting import Visit, list_urls, measured, row_urls, screens, visit

#: A page takes fewer statements than this, and at most so many times the CPU of Django's own list of users.
STATEMENTS = 10
AS_MUCH = 4.0
YARDSTICK = "/admin/auth/user/"
#: How often a page may try: another program's turn on the same core counts in no claim of ours.
TRIES = 5
#: Seconds in which anybody who reacts to an incident has to know how far it reaches.
LONGEST_PREVIEW = 30


def hold_costs_down(size: Size) -> None:
    """Fill an empty database, open every page in every way, and look how far incidents would reach."""
    # With a key and a name that nobody of those to come has, wherever the sequences stand by now.
    person = PersonFactory(pk=1, username="who-looks", is_staff=True, is_superuser=True)
    seconds = {"fill": timed(fill, size), "review all": timed(keeping.review_again)}
    assert ClientReview.objects.count() == size.clients
    browser = browser_of(person)
    yardstick = measured(browser, YARDSTICK)
    visits = [attempt(browser, url, yardstick) for url in urls(person)]
    seconds |= {f"preview of {name}": timed(preview, of) for name, of in radii().items()}
    show(visits, seconds)
    assert [one for one in visits if one.status != 200] == []
    assert [one for one in visits if one.statements >= STATEMENTS] == []
    assert [one for one in visits if one.share >= AS_MUCH] == []
    previews = {name: took for name, took in seconds.items() if name.startswith("preview")}
    assert {name: took for name, took in previews.items() if took > LONGEST_PREVIEW} == {}


def urls(person: Any) -> Iterator[str]:
    yield from ("/admin/", reverse("admin:app_list", args=["oauthflows"]))
    yield from (f"{CLIENTS}review/", f"{CLIENTS}review/?page=2", f"{CLIENTS}review/?page=100")
    yield reverse("admin:oauthflows_auditevent_export")
    shown = screens()
    assert len(shown) >= 11
    for screen in shown:
        yield from list_urls(screen, person)
        yield from row_urls(screen)


def attempt(browser: Client, url: str, yardstick: float) -> Visit:
    """Visit a page; one that seems to take too long is measured beside the yardstick, more than once."""
    for _ in range(TRIES):
        seen = visit(browser, url, yardstick=yardstick)
        if seen.share < AS_MUCH:
            break
        yardstick = measured(browser, YARDSTICK)
    return seen


def radii() -> dict[str, Radius]:
    return {
        "a person": Radius(person=1500),
        "a client": Radius(client=1500),
        "a large client": Radius(client=1002),
        "a scope": Radius(scope="notes:write"),
        "everything": Radius(until=timezone.now()),
    }


def preview(of: Radius) -> None:
    """Counted as the page does, and as the command does where that is asked of a person or a client."""
    counts = blast.preview(of, at_most=long_lists.LIMIT).counts
    assert counts.total
    if of.client or of.person:
        assert blast.preview(of).counts == counts


def timed(do: Any, *arguments: Any) -> float:
    began = perf_counter()
    do(*arguments)
    return perf_counter() - began


def show(visits: list[Visit], seconds: dict[str, float]) -> None:
    lines = [
        f"{one.statements:>3} {one.share:7.2f} {one.cpu:7.3f} {one.database:7.3f}  {one.url}"
        for one in visits
    ]
    lines += [f"{took:19.1f}  {name}" for name, took in seconds.items()]
    print("\nstatements, times the yardstick, s of CPU, s of the database", *lines, sep="\n")  # noqa: T201
