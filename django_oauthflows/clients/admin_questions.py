"""Pages of the admin that ask before something ends. They work without scripts, and say what will end."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from django_oauthflows.clients.admin_pages import page_of
from django_oauthflows.long_lists import LIMIT, count_up_to

#: How many of the rows are named.
_NAMED = 10
#: As Django's own page before the deletion of chosen rows sends it.
_CONFIRMED = "post"


def is_confirmed(request: HttpRequest) -> bool:
    """Was the page that asks seen, and answered with yes?"""
    return _CONFIRMED in request.POST


def ask_before_action(
    screen: "admin.ModelAdmin[Any]",
    request: HttpRequest,
    rows: "QuerySet[Any]",
    *,
    title: str,
    sentences: Sequence[str],
) -> HttpResponse:
    """Return the page before an action of a list: how many rows it is about, and which."""
    count = count_up_to(rows, LIMIT)
    # A count that was given up is written with a plus.
    about = ngettext("%(count)s row is chosen.", "%(count)s rows are chosen.", int(count))
    named = list(islice((_name_of(row) for row in rows[: _NAMED + 1]), _NAMED + 1))
    return ask(
        screen,
        request,
        title=title,
        sentences=(about % {"count": str(count)}, *sentences),
        fields=[*_chosen(request), (_CONFIRMED, "yes")],
        back_url=request.get_full_path(),
        rows=named[:_NAMED],
        more=len(named) > _NAMED,
    )


def ask(
    screen: "admin.ModelAdmin[Any]",
    request: HttpRequest,
    *,
    title: str,
    sentences: Sequence[str],
    fields: Sequence[tuple[str, str]],
    back_url: str,
    **more: Any,
) -> HttpResponse:
    """Return a page that asks; `fields` are what a yes posts."""
    context = {
        "title": title,
        "sentences": sentences,
        "fields": fields,
        "back_url": back_url,
        "yes": title.rstrip("?"),
        **more,
    }
    return page_of(screen, request, "confirm_action", context)


def _chosen(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Yield what the list posted: the action and the rows.

    A list with its actions above and below posts both, and which of them was pressed (Django's `index`).
    """
    for number, action in enumerate(request.POST.getlist("action")):
        if str(number) == request.POST.get("index", "0"):
            yield "action", action
    if "select_across" in request.POST:
        yield "select_across", request.POST["select_across"]
    for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
        yield ACTION_CHECKBOX_NAME, key


def _name_of(row: Any) -> str:
    """Return the user a row belongs to, and its client."""
    parts = [getattr(row, name, None) for name in ("user", "application")]
    return " · ".join(str(part) for part in parts if part is not None) or str(row)
