"""What the admin's list of events adds to any other: the names of actors, and filters that ask no table."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_oauthflows import screens
from django_oauthflows.audit import actors
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.core import text
from django_oauthflows.core.admin_lookups import KnownChoiceFilter
from django_oauthflows.errors import Code


class ByWhom(KnownChoiceFilter):
    """What people did, or clients, or commands, or the server by itself."""

    title = _("kind of actor")
    parameter_name = "by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.rstrip(":"), title) for kind, title in actors.KINDS.items()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = {kind.rstrip(":"): kind for kind in actors.KINDS}.get(self.value() or "")
        return queryset if known is None else queryset.filter(actor__startswith=known)


class WithCode(KnownChoiceFilter):
    """Refusals with one error code, of those there are: the table may be long."""

    title = _("error code")
    parameter_name = "code"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(code), str(code)) for code in sorted(Code)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(code=self.value()) if self.value() else queryset


class LegibleChangeList(screens.ChangeList):
    """A page of rows whose clients are named as people are shown them, whatever their rows hold."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = [with_legible_client(row) for row in self.result_list]


def with_legible_client(row: Any) -> Any:
    """Return a row that is only shown, its client's name cleaned."""
    application = row._state.fields_cache.get("application")
    if application is not None:
        application.name = text.shown(application.name, application.client_id)
    return row


class NamedChangeList(LegibleChangeList):
    """A page of the log with the names of its actors: two statements more at most, for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[AuditEvent] = list(self.result_list)
        for row, name in zip(rows, _names_of_actors(rows), strict=True):
            row.oauthflows_actor = name  # type: ignore[attr-defined]
        self.result_list = rows


def _names_of_actors(rows: Sequence[AuditEvent]) -> list[str]:
    """Most did something of their own, and came with their rows."""
    own = [_own_name_of_actor(row) for row in rows]
    names = actors.names_of(
        row.actor for row, name in zip(rows, own, strict=True) if name is None and row.actor
    )
    return [
        names.get(row.actor, "") if name is None else name
        for row, name in zip(rows, own, strict=True)
    ]


def _own_name_of_actor(row: AuditEvent) -> str | None:
    if row.user is not None and row.actor == actors.person(row.user_id):
        return str(row.user)
    if row.application is not None and row.actor == actors.client(row.application.client_id):
        return text.shown(row.application.name, row.application.client_id)
    return None
