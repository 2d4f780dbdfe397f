"""Finding the rows of a client or a person in tables of millions.

Who is meant is asked first, of tables that are short, and then the rows by their keys: told by a join, a
database cannot guess how few rows there will be, and reads all of them.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.core import users
from django_oauthflows.core.admin_lookups import LONGEST_SEARCH
from django_oauthflows.strict_json import is_storable

#: More keys than these are better looked up by the database itself.
_MOST_KEYS = 5_000
_MOST_PEOPLE = 100


class SearchedByOwner(admin.ModelAdmin):  # type: ignore[type-arg]
    """For screens of rows that belong to a client and a person: both are what one searches by."""

    #: Makes Django show the field; what is looked for is said below.
    search_fields = ("application__client_id",)
    search_help_text = _(
        "A client’s ID or part of its name, or a person’s user name or email address"
    )

    def get_search_results(
        self, request: Any, queryset: "QuerySet[Any]", search_term: str
    ) -> tuple["QuerySet[Any]", bool]:
        text = search_term.strip()
        if len(text) > LONGEST_SEARCH or not is_storable(text):
            return queryset.none(), False
        return (queryset.filter(self.search_for(text)) if text else queryset), False

    def search_for(self, text: str) -> Q:
        """Rows of the clients and the people that are meant by what somebody typed."""
        return of_clients(text) | Q(user_id__in=people_known_as(text))


def of_clients(text: str) -> Q:
    return Q(application_id__in=_keys(_clients(text)))


def people_known_as(name: str) -> list[Any]:
    """The keys of the people of this user name or email address: a few, since both are somebody's own."""
    return list(_people(name).order_by().values_list("pk", flat=True)[:_MOST_PEOPLE])


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _clients(text: str) -> "QuerySet[Any]":
    """Those with this ID, or every word in their name; a part of an ID as well."""
    named = Q(*(Q(name__icontains=word) for word in text.split()))
    found: QuerySet[Any] = dot.application_model()._default_manager.filter(
        named | Q(client_id__icontains=text)
    )
    return found


def _people(text: str) -> "QuerySet[Any]":
    person = get_user_model()
    known = {field.name for field in person._meta.get_fields()}
    names = {person.USERNAME_FIELD, users.email_field()} & known
    found: QuerySet[Any] = person._default_manager.filter(
        Q(*(Q(**{f"{name}__iexact": text}) for name in sorted(names)), _connector=Q.OR)
    )
    return found


def _keys(rows: "QuerySet[Any]") -> Any:
    keys = rows.order_by().values_list("pk", flat=True)
    found = list(keys[: _MOST_KEYS + 1])
    return keys if len(found) > _MOST_KEYS else found
