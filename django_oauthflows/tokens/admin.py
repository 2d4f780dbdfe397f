"""Grants and tokens in the admin: shown, revoked, never made and never editable."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from django_oauthflows import dot
from django_oauthflows.audit.admin import ReadOnlyAdmin
from django_oauthflows.tokens import families
from django_oauthflows.tokens.models import Authorization


class RevokingAdmin(ReadOnlyAdmin):
    """A read-only screen with one action, for whoever may delete the model's rows."""

    actions = ("revoke_selected",)
    show_full_result_count = False

    @admin.action(
        description=_("Revoke selected, with all tokens that belong to them"),
        permissions=["revoke"],
    )
    def revoke_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = 0
        for row in queryset:
            self.revoke(row)
            count += 1
        self.message_user(
            request, ngettext("%d revoked.", "%d revoked.", count) % count, messages.SUCCESS
        )

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        meta = self.opts
        return request.user.has_perm(f"{meta.app_label}.delete_{meta.model_name}")

    def revoke(self, row: Any) -> None:
        raise TypeError(f"{type(self).__name__} does not say how its rows are revoked")


class AuthorizationAdmin(RevokingAdmin):
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
    list_filter = ("flow", "revoked_because", "created")
    list_select_related = ("user", "application")
    search_fields = ("application__client_id", "application__name")
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
    )

    def revoke(self, row: Authorization) -> None:
        families.revoke(row, reason="revoked_by_administrator")


class AccessTokenAdmin(RevokingAdmin):
    """Revokes a token's whole grant: its refresh token would only bring the access back."""

    list_display = ("created", "user", "application", "scope", "expires")
    list_select_related = ("user", "application")
    search_fields = ("application__client_id", "application__name")
    fields = ("user", "application", "scope", "resource", "created", "expires")

    def revoke(self, row: Any) -> None:
        authorization = authorization_of(row)
        if authorization is not None:
            families.revoke(authorization, reason="revoked_by_administrator")
        refresh_token = getattr(row, "refresh_token", None)
        if refresh_token is not None:
            families.revoke_unparented(
                refresh_token.token_family, refresh_token.pk, reason="revoked_by_administrator"
            )
        dot.access_token_model()._default_manager.filter(pk=row.pk).delete()


class RefreshTokenAdmin(RevokingAdmin):
    list_display = ("created", "user", "application", "token_family", "revoked")
    list_select_related = ("user", "application")
    search_fields = ("application__client_id", "application__name", "token_family")
    fields = ("user", "application", "resource", "token_family", "created", "revoked")

    def revoke(self, row: Any) -> None:
        authorization = Authorization.objects.filter(pk=row.token_family).first()
        if authorization is not None:
            families.revoke(authorization, reason="revoked_by_administrator")
        else:
            families.revoke_unparented(row.token_family, row.pk, reason="revoked_by_administrator")


class GrantAdmin(RevokingAdmin):
    """Codes that were not redeemed yet; they live for a minute."""

    list_display = ("created", "user", "application", "scope", "expires")
    list_select_related = ("user", "application")
    fields = ("user", "application", "scope", "redirect_uri", "resource", "created", "expires")

    def revoke(self, row: Any) -> None:
        authorization = Authorization.objects.filter(code_checksum=row.code).first()
        if authorization is not None:
            families.revoke(authorization, reason="revoked_by_administrator")
        dot.grant_model()._default_manager.filter(pk=row.pk).delete()


def authorization_of(access_token: Any) -> Authorization | None:
    """The authorization an access token came of: through its refresh token, the one it was refreshed by, or
    its checksum."""
    for refresh_token in (
        getattr(access_token, "refresh_token", None),
        access_token.source_refresh_token,
    ):
        if refresh_token is not None and refresh_token.token_family:
            return Authorization.objects.filter(pk=refresh_token.token_family).first()
    stored = access_token.token_checksum
    return Authorization.objects.filter(
        Q(first_access_checksum=stored) | Q(front_access_checksum=stored)
    ).first()
