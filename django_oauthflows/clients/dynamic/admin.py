"""Initial access tokens in the admin: issued, shown once, revoked. Clients are on their own screen."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_oauthflows.audit.admin import ReadOnlyAdmin
from django_oauthflows.clients.admin_pages import page_of
from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.dynamic.forms import InitialAccessTokenForm
from django_oauthflows.clients.dynamic.models import InitialAccessToken
from django_oauthflows.issuer import url_of


class InitialAccessTokenAdmin(ReadOnlyAdmin):
    """Nothing of a token changes once it is given away; it is revoked, and another one issued."""

    list_display = ("label", "uses", "max_uses", "created", "created_by", "expires", "is_live")
    list_select_related = ("created_by",)
    search_fields = ("label",)
    actions = ("revoke_selected",)

    model = InitialAccessToken

    @admin.display(description=gettext_lazy("usable"), boolean=True)
    def is_live(self, row: InitialAccessToken) -> bool:
        return row.is_live

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whoever may change tokens may end them, though the screens change nothing."""
        return admin.ModelAdmin.has_change_permission(self, request)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The limits first, then the token, once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = InitialAccessTokenForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            row, token = initial_tokens.issue(
                created_by=request.user, request=request, **form.issue_arguments()
            )
            self.log_addition(request, row, [{"added": {}}])
            return self._page(
                request,
                "initial_token_created",
                title=_("%(label)s was added") % {"label": row},
                row=row,
                token=token,
                registration_url=url_of(request, "register-client"),
                list_url=reverse("admin:oauthflows_initialaccesstoken_changelist"),
            )
        return self._page(
            request,
            "add_initial_token",
            title=_("Add an initial access token"),
            form=form,
            media=self.media + form.media,
        )

    @admin.action(
        description=gettext_lazy("Revoke: no more clients are registered with it"),
        permissions=["revoke"],
    )
    def revoke_selected(
        self, request: HttpRequest, rows: models.QuerySet[InitialAccessToken]
    ) -> None:
        for row in rows:
            initial_tokens.revoke(row, request=request)
            self.log_change(request, row, [{"changed": {"fields": ["revoked"]}}])
        self.message_user(request, _("Revoked. Clients that registered stay."), messages.SUCCESS)

    def _page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        return page_of(self, request, name, context)
