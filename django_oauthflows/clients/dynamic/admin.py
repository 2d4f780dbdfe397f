"""Initial access tokens in the admin: issued, shown once, revoked. Clients are on their own screen."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from django_oauthflows.audit.admin import ReadOnlyAdmin
from django_oauthflows.clients import one_time_display
from django_oauthflows.clients.admin_pages import page_of, shown_already
from django_oauthflows.clients.admin_questions import ask_before_action, is_confirmed
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
            return one_time_display.redirect_to(
                request,
                _page_of_new(row.pk),
                {"token": token},
                lambda handle: reverse("admin:oauthflows_new_initial_token", args=[row.pk, handle]),
            )
        return self._page(
            request,
            "add_initial_token",
            title=_("Add an initial access token"),
            form=form,
            media=self.media + form.media,
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_GET(self.new_token))
        shown = path("<int:pk>/new/<slug:handle>/", view, name="oauthflows_new_initial_token")
        return [shown, *super().get_urls()]

    def new_token(self, request: HttpRequest, pk: int, handle: str) -> HttpResponse:
        """The new token, once, for whoever issued it."""
        list_url = reverse("admin:oauthflows_initialaccesstoken_changelist")
        row = InitialAccessToken.objects.filter(pk=pk).first()
        waiting = one_time_display.take(request, _page_of_new(pk), handle)
        if waiting is None or row is None:
            return shown_already(self, request, list_url)
        page = self._page(
            request,
            "initial_token_created",
            title=_("%(label)s was added") % {"label": row},
            row=row,
            token=waiting["token"],
            registration_url=url_of(request, "register-client"),
            list_url=list_url,
        )
        return one_time_display.forget_cookie(request, page)

    @admin.action(
        description=gettext_lazy("Revoke: no more clients are registered with it"),
        permissions=["revoke"],
    )
    def revoke_selected(
        self, request: HttpRequest, rows: models.QuerySet[InitialAccessToken]
    ) -> HttpResponse | None:
        if not is_confirmed(request):
            return ask_before_action(
                self,
                request,
                rows,
                title=_("Revoke these tokens?"),
                sentences=(_("No more clients are registered with them. Those that did stay."),),
            )
        for row in rows:
            initial_tokens.revoke(row, request=request)
            self.log_change(request, row, [{"changed": {"fields": ["revoked"]}}])
        self.message_user(request, _("Revoked. Clients that registered stay."), messages.SUCCESS)
        return None

    def _page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        return page_of(self, request, name, context)


def _page_of_new(pk: Any) -> str:
    return f"new-initial-token:{pk}"
