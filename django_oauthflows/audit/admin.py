"""Reading the audit log: found by reference, client, person or rule, explained, exported; never written."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from django_oauthflows.audit.events import Event
from django_oauthflows.audit.explaining import explain, find
from django_oauthflows.audit.exporting import lines_of
from django_oauthflows.audit.filters import CodeFilter
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.audit.searching import SearchedByOwner
from django_oauthflows.clients.expectations import compare
from django_oauthflows.clients.facts import client_of
from django_oauthflows.counting import BoundedPaginator

#: How far from a refusal others of the same client are shown, and how many.
_NEARBY = timedelta(minutes=10)
_AT_MOST = 8


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows, of which there may be millions; adds, changes and deletes none."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not on these screens; but whoever deletes a person or a client deletes what belonged to them."""
        where = request.resolver_match.url_name if request.resolver_match else None
        if not where or where.startswith(f"{self.opts.app_label}_{self.opts.model_name}_"):
            return False
        return super().has_delete_permission(request, obj)


class AuditEventAdmin(SearchedByOwner, ReadOnlyAdmin):
    list_display = ("created", "event", "actor", "client", "rule", "reference", "occurrences")
    list_filter = ("event", "created", "endpoint", CodeFilter)
    sortable_by = ("created", "event")
    list_select_related = ("user", "application")
    search_help_text = _("A reference, a client ID or name, a person, or part of a rule")
    date_hierarchy = "created"
    change_list_template = "admin/oauthflows/audit_log.html"
    change_form_template = "admin/oauthflows/audit_event.html"

    model = AuditEvent

    @admin.display(description=_("actor"))
    def actor(self, row: AuditEvent) -> str:
        """Whoever did it: a person, else the client itself, or what the row says of it."""
        return str(row.detail.get("by") or row.user or self.client(row))

    @admin.display(description=_("client"))
    def client(self, row: AuditEvent) -> str:
        """Its name; an id that no client has is cut, since anybody may send one of any length."""
        name = row.application.name if row.application else ""
        return name or Truncator(row.client_id).chars(20) or "–"

    def search_for(self, text: str) -> Q:
        return Q(client_id=text) | Q(rule__icontains=text) | super().search_for(text)

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export)
        return [path("export/", export, name="oauthflows_auditevent_export"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A reference leads to its event at once."""
        row = find(request.GET.get("q", "").strip().lower())
        if row is not None and self.has_view_permission(request):
            return HttpResponseRedirect(
                reverse("admin:oauthflows_auditevent_change", args=[row.pk])
            )
        return super().changelist_view(request, extra_context)

    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        """What the list shows, all its pages, as JSON Lines."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        events = self.get_changelist_instance(request).get_queryset(request)
        response = StreamingHttpResponse(lines_of(events), content_type="application/jsonl")
        response["Content-Disposition"] = 'attachment; filename="audit.jsonl"'
        return response

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if obj is not None:
            client = client_of(obj.client_id) if obj.client_id else None
            context["explanation"] = explain(obj) if obj.event == Event.REQUEST_REFUSED else None
            context["compared"] = compare(obj.detail, obj.rule, client)
            context["client"] = client
            context["actor"] = self.actor(obj)
            context["same"], context["nearby"] = _others(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


def _others(row: AuditEvent) -> tuple[QuerySet[AuditEvent], QuerySet[AuditEvent]]:
    """Refusals of the same client by the same rule, and by whatever rule around the same time.

    A refusal that names no client is put beside those of its network.
    """
    who = Q(client_id=row.client_id) if row.client_id else Q(client_id="", network=row.network)
    others = AuditEvent.objects.filter(who).exclude(pk=row.pk).order_by("-created")
    around = (row.created - _NEARBY, row.created + _NEARBY)
    return (
        others.filter(event=row.event, rule=row.rule)[:_AT_MOST],
        others.filter(created__range=around).exclude(event=row.event, rule=row.rule)[:_AT_MOST],
    )
