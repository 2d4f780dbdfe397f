"""Every page of the admin that shows rows, in every way it can be asked for, and what it costs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import connection
from django.test import Client, RequestFactory
from django.urls import reverse

from django_oauthflows import dot

#: Typed into each list's search: a client, a person, a part of many names, and what nobody is called.
SEARCHED = ("Client 77", "person77", "ient 7", "nobody-is-called-so")
#: Of each filter: its first choices, and its last one.
CHOICES = 4
#: Times the yardstick, and statements, that leave no doubt about the limits.
_PLAINLY_QUICK = 2.5
_PLAINLY_FEW = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one page took: statements with Django's own, seconds of this process, and of the database.

    `share` is the CPU's time divided by that of the yardstick.
    """

    url: str
    status: int
    statements: int
    cpu: float
    database: float
    share: float = 0.0


def screens() -> list[Any]:
    """The screens of our own models and of django-oauth-toolkit's, as the project registered them."""
    labels = {
        "oauthflows",
        *(
            model()._meta.app_label
            for model in (
                dot.application_model,
                dot.access_token_model,
                dot.refresh_token_model,
                dot.grant_model,
                dot.id_token_model,
            )
        ),
    }
    return [
        screen for model, screen in admin.site._registry.items() if model._meta.app_label in labels
    ]


def list_urls(screen: Any, person: Any) -> Iterator[str]:
    """One list: plain, further on, sorted, searched and filtered by each of what it offers."""
    url = reverse(f"admin:{screen.opts.app_label}_{screen.opts.model_name}_changelist")
    changes = _change_list(screen, url, person)
    yield url
    if changes.multi_page:
        yield from (f"{url}?p=2", f"{url}?p={changes.paginator.num_pages}")
    for number, name in enumerate(changes.list_display):
        if name in changes.sortable_by and changes.get_ordering_field(name):
            yield from (f"{url}?o={number}", f"{url}?o=-{number}")
    if screen.get_search_fields(None):
        yield from (f"{url}?{urlencode({'q': text})}" for text in SEARCHED)
    for spec in changes.filter_specs:
        choices = [choice["query_string"] for choice in spec.choices(changes)]
        yield from (f"{url}{query}" for query in dict.fromkeys([*choices[:CHOICES], choices[-1]]))
    if screen.date_hierarchy and changes.result_list:
        newest = getattr(changes.result_list[0], screen.date_hierarchy)
        parts = {f"{screen.date_hierarchy}__{part}": getattr(newest, part) for part in _PARTS}
        for deep in range(1, len(parts) + 1):
            yield f"{url}?{urlencode(dict(list(parts.items())[:deep]))}"


_PARTS = ("year", "month", "day")


def row_urls(screen: Any) -> Iterator[str]:
    """The page of a row: of the first one, which has most of everything where it is a client."""
    name = f"admin:{screen.opts.app_label}_{screen.opts.model_name}_change"
    rows = screen.model._default_manager.order_by("pk")
    yield from (reverse(name, args=[quote(row.pk)]) for row in rows[:1])


def _change_list(screen: Any, url: str, person: Any) -> Any:
    request = RequestFactory().get(url)
    request.user = person
    return screen.get_changelist_instance(request)


def measured(browser: Client, url: str) -> float:
    """Return the seconds of CPU that a page usually takes."""
    return median(_once(browser, url).cpu for _ in range(5))


def visit(browser: Client, url: str, *, yardstick: float) -> Visit:
    """Open a page: once where it plainly takes little, else three times.

    Of three the middle one's times count, and the last one's statements: what a worker learns of a client or
    a content type, it learns once.
    """
    seen = [_once(browser, url)]
    if seen[0].cpu > _PLAINLY_QUICK * yardstick or seen[0].statements > _PLAINLY_FEW:
        seen += [_once(browser, url) for _ in range(2)]
    cpu = median(one.cpu for one in seen)
    return Visit(
        url=url,
        status=seen[-1].status,
        statements=seen[-1].statements,
        cpu=cpu,
        database=median(one.database for one in seen),
        share=cpu / yardstick,
    )


def _once(browser: Client, url: str) -> Visit:
    with _timed() as statements:
        began = process_time()
        response = browser.get(url)
        if response.streaming:
            next(iter(response.streaming_content), None)
        cpu = process_time() - began
    return Visit(
        url=url,
        status=response.status_code,
        statements=len(statements),
        cpu=cpu,
        database=sum(statements),
    )


@contextmanager
def _timed() -> Iterator[list[float]]:
    """Of each statement the seconds until it was answered."""
    statements: list[float] = []

    def wrap(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        began = perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            statements.append(perf_counter() - began)

    with connection.execute_wrapper(wrap):
        yield statements
