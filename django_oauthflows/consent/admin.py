"""What people agreed to; an administrator may withdraw it for them, and nothing else."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from django_oauthflows.audit.admin import ReadOnlyAdmin
from django_oauthflows.audit.searching import SearchedByOwner
from django_oauthflows.clients.admin_questions import ask_before_action, is_confirmed
from django_oauthflows.clients.guarded_screens import RowsOfClients
from django_oauthflows.consent.memory import withdraw
from django_oauthflows.consent.models import Consent
from django_oauthflows.consent.scope import ConsentScope


def _line(page: ConsentScope) -> str:
    """One page in words: what for, where it can be used, and where the answer went."""
    names = sorted([*page.scopes, *(claim.name for claim in page.claims)])
    return _("%(names)s – at %(resources)s – by way of %(origin)s") % {
        "names": ", ".join(names),
        "resources": ", ".join(sorted(page.resources)) or _("this site"),
        "origin": page.origin or _("a device"),
    }


class ConsentAdmin(SearchedByOwner, RowsOfClients, ReadOnlyAdmin):
    list_display = ("user", "application", "scope", "created", "expires")
    list_select_related = ("user", "application")
    sortable_by = ("user", "application", "created", "expires")
    actions = ("withdraw_selected",)
    fields = ("user", "application", "scope", "shown", "created", "updated", "expires")
    readonly_fields = ("shown",)

    @admin.display(description=_("what was shown"))
    def shown(self, consent: Consent) -> str:
        """Each page the person agreed to, in a line of its own."""
        pages = consent.remembered.pages
        if not pages:
            return str(_("Not known: the person is asked again."))
        return format_html_join(mark_safe("<br>"), "{}", ((_line(page),) for page in pages))

    @admin.action(
        description=_("Withdraw selected consents and end their tokens"), permissions=["withdraw"]
    )
    def withdraw_selected(
        self, request: HttpRequest, queryset: QuerySet[Consent]
    ) -> HttpResponse | None:
        count = 0
        within = self.within_reach(request, queryset)
        if not is_confirmed(request):
            return ask_before_action(
                self,
                request,
                within,
                title=gettext("Withdraw these consents?"),
                sentences=(
                    gettext("Every token that came of them ends now. The people are asked again."),
                ),
            )
        for consent in within.select_related("application", "user"):
            withdraw(consent.application, consent.user, request=request)
            count += 1
        said = ngettext("%d consent was withdrawn.", "%d consents were withdrawn.", count) % count
        self.message_user(request, said, messages.SUCCESS)
        return None

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        return self.may_end(request)
