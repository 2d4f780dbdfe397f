"""Filters of the lists of grants. Their choices are known: no table is read to find them."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_oauthflows.core import clock
from django_oauthflows.core.admin_lookups import KnownChoiceFilter
from django_oauthflows.flows import catalogue


class FlowFilter(KnownChoiceFilter):
    """Grants by the flow they came by."""

    title = _("flow")
    parameter_name = "flow"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(flow.slug, flow.name) for flow in catalogue.FLOWS]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return queryset.filter(flow=self.value()) if self.value() else queryset


class StateFilter(KnownChoiceFilter):
    """Grants that are in use, were revoked, or reached their end."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("live", _("in use")), ("revoked", _("revoked")), ("expired", _("expired"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        now = clock.now()
        if self.value() == "live":
            return queryset.filter(revoked__isnull=True).exclude(expires__lte=now)
        if self.value() == "revoked":
            return queryset.filter(revoked__isnull=False)
        if self.value() == "expired":
            return queryset.filter(revoked__isnull=True, expires__lte=now)
        return queryset
