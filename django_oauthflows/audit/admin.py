"""Reading the audit log. Nobody writes, changes or deletes it here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from django_oauthflows.audit.models import AuditEvent


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows; adds, changes and deletes none."""

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


class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("created", "event", "client_id", "user", "rule", "reference", "occurrences")
    list_filter = ("event", "created", "code")
    list_select_related = ("user",)
    search_fields = ("reference__exact", "client_id__exact", "rule")
    date_hierarchy = "created"
    show_full_result_count = False

    model = AuditEvent
