"""Where people are signed in; an administrator may sign one browser out, and nothing else."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from django_oauthflows.audit.admin import ReadOnlyAdmin
from django_oauthflows.clients.admin_questions import ask_before_action, is_confirmed
from django_oauthflows.identity.logout import end_session
from django_oauthflows.sessions import agents
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.tokens.sessions import current_sid

_BY_ADMINISTRATOR = "ended_by_administrator"


class ProviderSessionAdmin(ReadOnlyAdmin):
    list_display = ("user", "browser", "network", "created", "last_seen", "is_live")
    list_select_related = ("user",)
    list_filter = ("last_seen",)
    fields = ("user", "browser", "network", "created", "last_seen", "expires", "ended")
    actions = ("end_selected",)

    @admin.display(description=_("browser"))
    def browser(self, row: ProviderSession) -> str:
        return agents.described(row.user_agent)

    @admin.display(description=_("signed in"), boolean=True)
    def is_live(self, row: ProviderSession) -> bool:
        return row.is_live

    @admin.action(description=_("Sign out selected browsers"), permissions=["end"])
    def end_selected(
        self, request: HttpRequest, queryset: QuerySet[ProviderSession]
    ) -> HttpResponse | None:
        # Whoever presses the button signs out of their own browser by signing out.
        rows = queryset.select_related("user").exclude(sid=current_sid(request))
        if not is_confirmed(request):
            return ask_before_action(
                self,
                request,
                rows,
                title=gettext("Sign out these browsers?"),
                sentences=(
                    gettext("They are signed out at once; the apps opened there are told of it."),
                ),
            )
        ended = [end_session(row, reason=_BY_ADMINISTRATOR, request=request) for row in rows]
        count = sum(ended)
        said = ngettext("%d browser was signed out.", "%d browsers were signed out.", count) % count
        self.message_user(request, said, messages.SUCCESS if count else messages.WARNING)
        return None

    def has_end_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("oauthflows.delete_providersession")
