"""Look-ups in the address of an admin list, limited to those the list needs.

Django's admin lets everybody who sees a list filter it by any column of its model, with any look-up:
`?client_secret__startswith=a` tells the first character of a secret that no page shows, and `?name__regex=`
runs an expression of the asker's. See `ModelAdmin.lookup_allowed` in Django's documentation.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import FieldListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.contrib.admin.widgets import url_params_from_lookup_dict
from django.db.models import Field, QuerySet
from django.http import HttpRequest

#: The longest text that is searched for: each word of it is one more condition.
LONGEST_SEARCH = 200

_EXACT = "__exact"
_PARTS_OF_DATES = ("year", "month", "day")


class OnlyNeededLookups(admin.ModelAdmin):  # type: ignore[type-arg]
    """For every screen: a list is filtered by its filters, its dates and the links to it, by nothing else."""

    #: Look-ups that links to this list use, beside those of its filters.
    linked_lookups: tuple[str, ...] = ()

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Is this one of the look-ups the list needs? Django answers 400 where it is not."""
        if "\x00" in str(value):
            return False
        if lookup in self._date_lookups():
            return _is_part_of_date(lookup, str(value))
        if lookup in self.linked_lookups or (lookup, value) in self._limits_of_popups():
            return True
        return any(_expects(spec, lookup, value) for spec in self._filters(request))

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Any]", search_term: str
    ) -> tuple["QuerySet[Any]", bool]:
        if len(search_term) > LONGEST_SEARCH:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def _date_lookups(self) -> tuple[str, ...]:
        date = self.date_hierarchy
        return tuple(f"{date}__{part}" for part in _PARTS_OF_DATES) if date else ()

    def _limits_of_popups(self) -> Iterator[tuple[str, Any]]:
        """Yield what the pop-up of a field sends whose choices its project limited (`limit_choices_to`)."""
        for limit in self.opts.related_fkey_lookups:
            chosen = limit() if callable(limit) else limit
            yield from url_params_from_lookup_dict(chosen).items()

    def _filters(self, request: HttpRequest | None) -> Iterator[admin.ListFilter]:
        """The filters of the list, with nothing chosen."""
        listed = self.list_filter if request is None else self.get_list_filter(request)
        for item in listed:
            yield self._filter_of(item, request)

    def _filter_of(self, item: Any, request: Any) -> admin.ListFilter:
        """One filter, made as Django's own list makes it."""
        if callable(item):
            made: admin.ListFilter = item(request, {}, self.model, self)
            return made
        chosen, kind = item if isinstance(item, (tuple, list)) else (item, FieldListFilter.create)
        is_path = not isinstance(chosen, Field)
        field = get_fields_from_path(self.model, chosen)[-1] if is_path else chosen
        path = chosen if is_path else None
        made = kind(field, request, {}, self.model, self, field_path=path)
        return made


class KnownChoiceFilter(admin.SimpleListFilter):
    """A filter with choices of its own: any other value is an error, and never the whole list."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        known = {str(choice) for choice, _ in self.lookup_choices}
        if self.value() is not None and self.value() not in known:
            raise IncorrectLookupParameters


def _expects(spec: admin.ListFilter, lookup: str, value: Any) -> bool:
    """Is the look-up one of a filter's? Its plain name means the same as `exact`."""
    expected = {name for name in spec.expected_parameters() if name}
    if lookup not in expected and lookup + _EXACT not in expected:
        return False
    choices = getattr(getattr(spec, "field", None), "flatchoices", None)
    if not choices or lookup.endswith("__isnull"):
        return True
    return str(value) in {str(choice) for choice, _ in choices}


def _is_part_of_date(lookup: str, value: str) -> bool:
    """A number Django's list can make a date of; the years at both ends have no neighbour."""
    if not (value.isascii() and value.isdecimal() and len(value) <= 4):
        return False
    return not lookup.endswith("__year") or 1 < int(value) < 9999
