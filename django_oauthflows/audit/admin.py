"""Reading the audit log: found by reference, client, person or rule, explained, exported; never written."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from django_oauthflows import screens
from django_oauthflows.audit import actors
from django_oauthflows.audit.actors import UNPROVEN, names_of
from django_oauthflows.audit.explaining import explain, find, is_explained
from django_oauthflows.audit.exporting import lines_of, record_export
from django_oauthflows.audit.list_of_events import (
    ByWhom,
    LegibleChangeList,
    NamedChangeList,
    WithCode,
    with_legible_client,
)
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.audit.searching import SearchedByOwner, of_clients, people_known_as
from django_oauthflows.clients import access
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.expectations import compare
from django_oauthflows.clients.facts import client_of
from django_oauthflows.core import clock
from django_oauthflows.core.text import for_terminal, shown
from django_oauthflows.long_lists import BoundedPaginator

#: How far from a refusal others of the same client are shown, and how many.
_NEARBY = timedelta(minutes=10)
_AT_MOST = 8


class ReadOnlyAdmin(screens.ModelAdmin):
    """Shows rows, of which there may be millions; adds, changes and deletes none."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[screens.ChangeList]:
        return LegibleChangeList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the row with what its page shows of its client."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and getattr(found, "application", None) is not None:
            with_legible_client(found)
        return found

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
    list_display = ("created", "event", "actor_name", "client", "rule", "reference", "occurrences")
    list_filter = ("event", "created", ByWhom, "endpoint", WithCode)
    linked_lookups = ("actor",)
    sortable_by = ("created", "event")
    list_select_related = ("user", "application")
    search_help_text = _("A reference, a client ID or name, a person, or part of a rule")
    date_hierarchy = "created"
    change_list_template = "admin/oauthflows/audit_log.html"
    change_form_template = "admin/oauthflows/audit_event.html"

    model = AuditEvent

    @admin.display(description=_("actor"), ordering="actor")
    def actor_name(self, row: AuditEvent) -> str:
        """Whoever did it. Rows from before that was noted say it as far as they know."""
        known = getattr(row, "oauthflows_actor", row.actor)
        if not known and row.code in UNPROVEN:
            return "–"
        return known or str(row.detail.get("by") or row.user or self.client(row))

    @admin.display(description=_("client"))
    def client(self, row: AuditEvent) -> str:
        """Its name; an id that no client has is cut, since anybody may send one of any length."""
        named = for_terminal(Truncator(row.client_id).chars(20)) or "–"
        return shown(row.application.name, named) if row.application else named

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        return access.events_within_reach(request.user, super().get_queryset(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return access.may(request.user, Deed.SEE_AUDIT)

    def has_view_permission(self, request: HttpRequest, obj: AuditEvent | None = None) -> bool:
        if obj is None or access.may_to_all(request.user, Deed.SEE_AUDIT):
            return access.may(request.user, Deed.SEE_AUDIT)
        return access.events_within_reach(request.user).filter(pk=obj.pk).exists()

    def search_for(self, text: str) -> Q:
        """By reference, client, person or rule; a person is found by what they did, too."""
        named = Q(reference=text) | Q(client_id=text) | Q(rule__icontains=text) | of_clients(text)
        people = people_known_as(text)
        return named | Q(user_id__in=people) | Q(actor__in=[actors.person(key) for key in people])

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[screens.ChangeList]:
        return NamedChangeList

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export)
        return [path("export/", export, name="oauthflows_auditevent_export"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A reference leads to its event at once."""
        row = find(request.GET.get("q", "").strip().lower())
        if row is not None and self.get_queryset(request).filter(pk=row.pk).exists():
            return HttpResponseRedirect(
                reverse("admin:oauthflows_auditevent_change", args=[row.pk])
            )
        return super().changelist_view(request, extra_context)

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with all pages of the list as JSON Lines; 400 where a filter cannot be understood."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            shown = self._filtered(request)
        except IncorrectLookupParameters:
            return HttpResponseBadRequest(_("There is no such filter."), content_type="text/plain")
        # Up to now, so that an export does not hold itself.
        events = shown.filter(created__lt=clock.now())
        record_export(events, request.GET.dict(), request=request)
        response = StreamingHttpResponse(lines_of(events), content_type="application/jsonl")
        response["Content-Disposition"] = 'attachment; filename="audit.jsonl"'
        return response

    def _filtered(self, request: HttpRequest) -> QuerySet[AuditEvent]:
        """The events of the list. Raises `IncorrectLookupParameters` or `SuspiciousOperation`."""
        shown = self.get_changelist_instance(request)
        if not shown.search_form_class(request.GET).is_valid():
            raise IncorrectLookupParameters
        return shown.get_queryset(request)

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
            context["explanation"] = explain(obj) if is_explained(obj) else None
            context["compared"] = compare(obj.detail, obj.rule, client)
            context["client"] = client
            context["actor"] = names_of([obj.actor])[obj.actor] or self.actor_name(obj)
            context["same"], context["nearby"] = _others(obj, self.get_queryset(request))
        return super().render_change_form(request, context, add, change, form_url, obj)


def _others(
    row: AuditEvent, seen: QuerySet[AuditEvent]
) -> tuple[QuerySet[AuditEvent], QuerySet[AuditEvent]]:
    """Refusals of the same client by the same rule, and by whatever rule around the same time.

    A refusal that names no client is put beside those of its network. Only what is `seen` is among them.
    """
    who = Q(client_id=row.client_id) if row.client_id else Q(client_id="", network=row.network)
    others = seen.filter(who).exclude(pk=row.pk).order_by("-created")
    around = (row.created - _NEARBY, row.created + _NEARBY)
    return (
        others.filter(event=row.event, rule=row.rule)[:_AT_MOST],
        others.filter(created__range=around).exclude(event=row.event, rule=row.rule)[:_AT_MOST],
    )
