"""What people agreed to; an administrator may withdraw it for them, and nothing else."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from django_oauthflows.audit.admin import ReadOnlyAdmin
from django_oauthflows.audit.searching import SearchedByOwner
from django_oauthflows.clients.guarded_screens import RowsOfClients
from django_oauthflows.consent.memory import withdraw
from django_oauthflows.consent.models import Consent


class ConsentAdmin(SearchedByOwner, RowsOfClients, ReadOnlyAdmin):
    list_display = ("user", "application", "scope", "created", "expires")
    list_select_related = ("user", "application")
    sortable_by = ("user", "application", "created", "expires")
    actions = ("withdraw_selected",)

    @admin.action(
        description=_("Withdraw selected consents and end their tokens"), permissions=["withdraw"]
    )
    def withdraw_selected(self, request: HttpRequest, queryset: QuerySet[Consent]) -> None:
        count = 0
        within = self.within_reach(request, queryset)
        for consent in within.select_related("application", "user"):
            withdraw(consent.application, consent.user, request=request)
            count += 1
        said = ngettext("%d consent was withdrawn.", "%d consents were withdrawn.", count) % count
        self.message_user(request, said, messages.SUCCESS)

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return self.may_end(request)
