"""Grants and tokens in the admin: shown, revoked, never made and never editable."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from django_oauthflows import dot
from django_oauthflows.audit.admin import ReadOnlyAdmin
from django_oauthflows.audit.searching import SearchedByOwner, uuid_of
from django_oauthflows.clients.admin_questions import ask_before_action, is_confirmed
from django_oauthflows.clients.guarded_screens import RowsOfClients
from django_oauthflows.core import clock
from django_oauthflows.rules.parties import actors_named_in
from django_oauthflows.tokens import families
from django_oauthflows.tokens import telling as tell
from django_oauthflows.tokens.filters import FlowFilter, StateFilter
from django_oauthflows.tokens.mass_revocation_page import MassRevocation, may_revoke_in_bulk
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.reading import authorization_of

#: What the record says of every end that comes from these screens.
_REASON = "revoked_by_administrator"


class RevokingAdmin(SearchedByOwner, RowsOfClients, ReadOnlyAdmin):
    """A read-only screen with one action: for whoever may delete the model's rows, and for owners.

    Sorted by what has an index: a million rows are not put in order of their scope for one page.
    """

    actions = ("revoke_selected",)
    list_select_related = ("user", "application")
    sortable_by: ClassVar[tuple[str, ...]] = ("issued", "user", "application")

    # Of django-oauth-toolkit's tables the time has no index, and the key grows with it.
    @admin.display(description=gettext_lazy("created"), ordering="pk")
    def issued(self, row: Any) -> datetime:
        created: datetime = row.created
        return created

    @admin.action(
        description=gettext_lazy("Revoke selected, with all tokens that belong to them"),
        permissions=["revoke"],
    )
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        count, within = 0, self.within_reach(request, queryset)
        if not is_confirmed(request):
            return ask_before_action(
                self,
                request,
                within,
                title=_("Revoke these?"),
                sentences=(_("They end now, with all tokens that belong to the same grant."),),
            )
        for row in within:
            self.revoke(row, request)
            count += 1
        self.message_user(
            request, ngettext("%d revoked.", "%d revoked.", count) % count, messages.SUCCESS
        )
        return None

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return self.may_end(request)

    def revoke(self, row: Any, request: HttpRequest) -> None:
        raise TypeError(f"{type(self).__name__} does not say how its rows are revoked")


class AuthorizationAdmin(MassRevocation, RevokingAdmin):
    change_list_template = "admin/oauthflows/grants.html"
    list_display = (
        "created",
        "user",
        "application",
        "flow",
        "scope",
        "last_used",
        "expires",
        "revoked",
    )
    list_filter = (FlowFilter, StateFilter, "created")
    sortable_by = ("created", "user", "application")
    fields = (
        "id",
        "user",
        "application",
        "flow",
        "scope",
        "resource",
        "created",
        "auth_time",
        "redeemed",
        "last_used",
        "expires",
        "revoked",
        "revoked_because",
        "exchanged_from",
        "acted_by",
        "tokens",
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        extra = {**(extra_context or {}), "may_revoke_in_bulk": may_revoke_in_bulk(request)}
        return super().changelist_view(request, extra)

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        row: Any = super().get_object(request, *args, **kwargs)
        if row is not None:
            row.oauthflows_seen = self.get_queryset(request)
        return row

    @admin.display(description=gettext_lazy("tokens"))
    def tokens(self, row: Authorization) -> str:
        """How the family came to be, oldest first: each refresh token with the access token beside it."""
        now = clock.now()
        lines = [_state_of_access(expires, now) for expires in _first_access_alone(row)]
        for created, revoked, expires in _rotations(row):
            refresh = _state_of_refresh(created, revoked)
            lines.append(format_html("{}<br>{}", refresh, _state_of_access(expires, now)))
        items = format_html_join("", "<li>{}</li>", ((line,) for line in lines))
        return format_html("<ol>{}</ol>", items) if lines else "–"

    @admin.display(description=gettext_lazy("exchanged from"))
    def exchanged_from(self, row: Any) -> str:
        """The grant whose token this one was made of, as a link where whoever looks may see it."""
        if row.parent is None:
            return "–"
        parent = row.oauthflows_seen.filter(pk=row.parent).select_related("application").first()
        if parent is None:
            return str(row.parent)
        url = reverse(f"{self.admin_site.name}:oauthflows_authorization_change", args=[parent.pk])
        return format_html('<a href="{}">{} ({})</a>', url, parent.pk, parent.application)

    @admin.display(description=gettext_lazy("acted by"))
    def acted_by(self, row: Authorization) -> str:
        """Who acts, and for whom that one acted before (RFC 8693 §4.1)."""
        return " ← ".join(actors_named_in(row.act)) or "–"

    def revoke(self, row: Authorization, request: HttpRequest) -> None:
        families.revoke(row, reason=_REASON, request=request)


class AccessTokenAdmin(RevokingAdmin):
    """Revokes a token's whole grant: its refresh token would only bring the access back."""

    list_display = ("issued", "user", "application", "scope", "expires")
    fields = ("user", "application", "scope", "resource", "created", "expires")

    def revoke(self, row: Any, request: HttpRequest) -> None:
        authorization = authorization_of(row)
        refresh_token = getattr(row, "refresh_token", None)
        if authorization is not None:
            families.revoke(authorization, reason=_REASON, request=request)
        elif refresh_token is not None:
            families.revoke_unparented(
                refresh_token.token_family, refresh_token.pk, reason=_REASON, request=request
            )
        if dot.access_token_model()._default_manager.filter(pk=row.pk).exists():
            families.revoke_access_token(row, reason=_REASON, request=request)


class RefreshTokenAdmin(RevokingAdmin):
    list_display = ("issued", "user", "application", "token_family", "revoked")
    sortable_by = ("issued", "user", "application", "token_family")
    fields = ("user", "application", "resource", "token_family", "created", "revoked")

    def search_for(self, text: str) -> Q:
        family = uuid_of(text)
        return super().search_for(text) if family is None else Q(token_family=family)

    def revoke(self, row: Any, request: HttpRequest) -> None:
        authorization = Authorization.objects.filter(pk=row.token_family).first()
        if authorization is not None:
            families.revoke(authorization, reason=_REASON, request=request)
        else:
            families.revoke_unparented(row.token_family, row.pk, reason=_REASON, request=request)


class GrantAdmin(RevokingAdmin):
    """Codes that were not redeemed yet; they live for a minute."""

    list_display = ("issued", "user", "application", "scope", "expires")
    fields = ("user", "application", "scope", "redirect_uri", "resource", "created", "expires")

    def revoke(self, row: Any, request: HttpRequest) -> None:
        authorization = Authorization.objects.filter(code_checksum=row.code).first()
        if authorization is not None:
            families.revoke(authorization, reason=_REASON, request=request)
        gone = dot.grant_model()._default_manager.filter(pk=row.pk).delete()[0]
        if gone and authorization is None:
            tell.token_ended(row, _REASON, None, request)


class IDTokenAdmin(SearchedByOwner, RowsOfClients, ReadOnlyAdmin):
    """What django-oauth-toolkit noted of the ID tokens it issued; this app's own leave no row."""

    list_display = ("jti", "user", "application", "expires")
    list_select_related = ("user", "application")
    sortable_by = ("jti", "user", "application")
    fields = ("jti", "user", "application", "scope", "created", "expires")


#: How much of a long history is shown: its end.
_MOST_ROTATIONS = 50


def _rotations(row: Authorization) -> list[tuple[datetime, datetime | None, datetime | None]]:
    tokens = dot.refresh_token_model()._default_manager.filter(token_family=row.pk).order_by("-pk")
    shown = tokens.values_list("created", "revoked", "access_token__expires")[:_MOST_ROTATIONS]
    return list(reversed(shown))


def _first_access_alone(row: Authorization) -> list[datetime]:
    """The end of the access token a code earned without a refresh token."""
    tokens = dot.access_token_model()._default_manager.filter(
        token_checksum=row.first_access_checksum, refresh_token__isnull=True
    )
    return list(tokens.values_list("expires", flat=True)) if row.first_access_checksum else []


def _shown(moment: datetime) -> str:
    return str(localize(timezone.localtime(moment)))


def _state_of_refresh(created: datetime, revoked: datetime | None) -> str:
    if revoked is None:
        return _("Refresh token since %(since)s, in use") % {"since": _shown(created)}
    return _("Refresh token since %(since)s, used or ended %(until)s") % {
        "since": _shown(created),
        "until": _shown(revoked),
    }


def _state_of_access(expires: datetime | None, now: datetime) -> str:
    if expires is None:
        return _("Its access token is gone")
    if expires <= now:
        return _("Access token, expired %(when)s") % {"when": _shown(expires)}
    return _("Access token, good until %(when)s") % {"when": _shown(expires)}
