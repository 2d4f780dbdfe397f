"""Which clients were told of a sign-out, and which are still to be."""

from django_oauthflows.audit.admin import ReadOnlyAdmin
from django_oauthflows.clients.guarded_screens import RowsOfClients


class LogoutDeliveryAdmin(RowsOfClients, ReadOnlyAdmin):
    list_display = ("created", "application", "attempts", "next_attempt", "delivered", "given_up")
    list_select_related = ("application",)
    list_filter = ("delivered", "given_up")
    fields = ("application", "uri", "created", "attempts", "next_attempt", "delivered", "given_up")
