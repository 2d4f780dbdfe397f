"""What may stand behind the question mark of a list: filters, an order, a page. Anything else is a 400.

A list's filters are a serializer whose fields are read as DRF reads a body, so that a wrong value is refused
with the name of its field, and the OpenAPI document says what there is.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError as NotAKey
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

#: Rows of one page.
USUALLY, AT_MOST = 50, 200


def _must_be_a_key(text: str) -> None:
    key = get_user_model()._meta.pk
    try:
        # Its validators know how large a number the database takes.
        key.run_validators(key.to_python(text))
    except NotAKey:
        raise ValidationError(_("This is no person's id.")) from None


class PersonField(serializers.CharField):
    """The key of a person."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, validators=[_must_be_a_key], **kwargs)


class Query(serializers.Serializer[Any]):
    """Filters; `lookups` says what each is in the database where that is not its own name."""

    lookups: ClassVar[Mapping[str, str]] = {}

    def apply(self, rows: QuerySet[Any], chosen: Mapping[str, Any]) -> QuerySet[Any]:
        """The rows that fit what was chosen."""
        own = {name: value for name, value in chosen.items() if name not in ListQuery.PAGING}
        for name, value in own.items():
            special = getattr(self, f"by_{name}", None)
            rows = special(rows, value) if special else rows.filter(**{self._of(name): value})
        return rows

    def _of(self, name: str) -> str:
        return self.lookups.get(name, name)


class ListQuery(Query):
    """The same for a list in pages. The order is that of `orders`, the first unless another is asked for."""

    PAGING: ClassVar = frozenset({"ordering", "page_size", "cursor"})
    orders: ClassVar[tuple[str, ...]] = ("-created", "created")

    page_size = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=AT_MOST,
        help_text=gettext_lazy("Rows of one page: 50 unless told otherwise."),
    )
    cursor = serializers.CharField(
        required=False, max_length=2000, help_text=gettext_lazy("As a page's `next` has it.")
    )

    def get_fields(self) -> dict[str, Any]:
        ordering = serializers.ChoiceField(choices=self.orders, required=False)
        return {**super().get_fields(), "ordering": ordering}


def read(request: Request, kind: type[Query]) -> tuple[Query, dict[str, Any]]:
    """The query with what it chooses. Raises `ValidationError` for a name or a value it does not know."""
    said = request.query_params
    query = kind(data=said.dict())
    wrong = {name: [_("There is no such parameter.")] for name in said.keys() - query.fields.keys()}
    wrong |= {name: [_("Say it once.")] for name in said if len(said.getlist(name)) > 1}
    if wrong:
        raise ValidationError(wrong)
    query.is_valid(raise_exception=True)
    return query, dict(query.validated_data)
