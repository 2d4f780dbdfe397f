"""Filters of the audit log. Their choices are known: the log is not read to find them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_oauthflows.audit.meanings import MEANINGS


class CodeFilter(admin.SimpleListFilter):
    """Refusals by what the client was told."""

    title = _("error code")
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(code), str(code)) for code in sorted(MEANINGS)]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(code=self.value()) if self.value() else queryset
