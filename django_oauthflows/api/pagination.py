"""A page of a list, however long the list is: after the last row of the page before, by an index.

A cursor names that row by what the list is ordered by and by its key, so that rows of one moment are neither
left out nor told twice, and what is added meanwhile moves nothing.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from django.core.exceptions import ValidationError as NotAValue
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.utils.urls import replace_query_param

from django_oauthflows.api.queries import USUALLY, ListQuery, read


def page(
    request: Request, rows: QuerySet[Any], query: type[ListQuery], shown: type[BaseSerializer[Any]]
) -> Response:
    """What was asked for of these rows: `results`, and the address of the `next` page or null."""
    asked, chosen = read(request, query)
    ordering = chosen.get("ordering", query.orders[0])
    size = chosen.get("page_size", USUALLY)
    found = _after(asked.apply(rows, chosen), ordering, chosen.get("cursor", ""))
    some = list(found[: size + 1])
    told = shown(some[:size], many=True, context={"request": request}).data
    following = _link(request, some[size - 1], ordering) if len(some) > size else None
    return Response({"next": following, "results": told})


def _after(rows: QuerySet[Any], ordering: str, cursor: str) -> QuerySet[Any]:
    column, sign = ordering.removeprefix("-"), "-" if ordering.startswith("-") else ""
    ordered = rows.order_by(ordering, f"{sign}pk")
    if not cursor:
        return ordered
    value, key = _read(cursor, ordering, rows.model)
    beyond = "lt" if sign else "gt"
    # Both halves bound the column, so that an index on it alone serves.
    return ordered.filter(**{f"{column}__{beyond}e": value}).exclude(
        ~Q(**{f"pk__{beyond}": key}), **{column: value}
    )


def _link(request: Request, last: Any, ordering: str) -> str:
    value = getattr(last, ordering.removeprefix("-"))
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    named = json.dumps([ordering, text, str(last.pk)]).encode()
    cursor = urlsafe_b64encode(named).decode().rstrip("=")
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)


def _read(cursor: str, ordering: str, model: Any) -> tuple[Any, Any]:
    """The column's value and the key of the last row told. Raises `ValidationError`."""
    try:
        said: Any = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        named, value, key = said
        if named != ordering or not all(isinstance(text, str) for text in said) or "\0" in value:
            raise ValueError
        column = model._meta.get_field(ordering.removeprefix("-"))
        last = model._meta.pk.to_python(key)
        model._meta.pk.run_validators(last)
        return column.to_python(value), last
    except (ValueError, TypeError, NotAValue, RecursionError):
        raise ValidationError({"cursor": [_("This is no cursor of this list.")]}) from None
