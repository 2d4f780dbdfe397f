"""The security review in the admin: on a client's page, in the list, and all clients by their risk."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Min, Q, QuerySet, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from django_oauthflows import screens
from django_oauthflows.clients import access
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.admin_pages import page_of
from django_oauthflows.clients.dry_run.panel import panel_of
from django_oauthflows.clients.proposals import NotAsShown, NothingToChange
from django_oauthflows.clients.review import fixing, keeping
from django_oauthflows.clients.review.base import Severity
from django_oauthflows.clients.review.catalogue import Review
from django_oauthflows.clients.review.gathering import all_applications, review_of, reviews_of
from django_oauthflows.core import text
from django_oauthflows.core.admin_lookups import KnownChoiceFilter
from django_oauthflows.long_lists import BoundedPaginator

_TITLES = {
    Severity.HIGH: gettext_lazy("high"),
    Severity.MEDIUM: gettext_lazy("medium"),
    Severity.LOW: gettext_lazy("low"),
    Severity.NOTE: gettext_lazy("note"),
}
_PER_PAGE = 50
_LAST = "oauthflows_last_review__"
#: Before all others those that nobody has looked at yet.
_RISKIEST_FIRST = (
    F(f"{_LAST}score").asc(nulls_first=True),
    F(f"{_LAST}worst").desc(nulls_last=True),
    "name",
    "pk",
)


class RiskFilter(KnownChoiceFilter):
    """Clients by the worst of what was found when they were last reviewed."""

    title = gettext_lazy("security")
    parameter_name = "risk"
    _UNKNOWN = "unknown"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        found = [(severity.word, _TITLES[severity]) for severity in reversed(Severity) if severity]
        in_order = (Severity.NOTE.word, gettext_lazy("in order"))
        return [*found, in_order, (self._UNKNOWN, gettext_lazy("not reviewed yet"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.value() == self._UNKNOWN:
            return queryset.filter(oauthflows_last_review__isnull=True)
        worst = [severity for severity in Severity if severity.word == self.value()]
        return queryset.filter(oauthflows_last_review__worst__in=worst) if worst else queryset


class ReviewedChangeList(screens.ChangeList):
    """The list of clients, with a review of each one on the page: one statement more for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows: list[Any] = list(self.result_list)
        for row, found in zip(rows, reviews_of(rows, keys=[row.pk for row in rows]), strict=True):
            row.oauthflows_review = found
            row.name = text.shown(row.name, row.client_id)  # for this page alone
        self.result_list = rows


class ReviewedAdmin(screens.ModelAdmin):
    """What the review adds to the screen of clients."""

    client_for: Any
    change_list_template = "admin/oauthflows/clients.html"

    # A client that was not reviewed yet stands where a score below zero would.
    @admin.display(
        description=gettext_lazy("security"), ordering=Coalesce("oauthflows_last_review__score", -1)
    )
    def security(self, row: Any) -> SafeString:
        return badge(row.oauthflows_review)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        return super().get_queryset(request).select_related("oauthflows_policy", "user")

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """With its secrets, which several parts of its page show something of."""
        found = super().get_object(request, object_id, from_field)
        if found is not None:
            prefetch_related_objects([found], "oauthflows_secrets")
        return found

    def get_list_filter(self, request: HttpRequest) -> Any:
        return (*super().get_list_filter(request), RiskFilter)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[screens.ChangeList]:
        return ReviewedChangeList

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("review/", wrap(require_safe(self.by_risk)), name="oauthflows_by_risk"),
            path(
                "review/again/",
                wrap(require_POST(self.review_again)),
                name="oauthflows_review_again",
            ),
            path(
                "<int:pk>/review/<slug:name>/",
                wrap(self.fix_finding),
                name="oauthflows_fix_finding",
            ),
            *super().get_urls(),
        ]

    def by_risk(self, request: HttpRequest) -> HttpResponse:
        """The riskiest first, as they were last reviewed; what is said of each was found just now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        applications = all_applications(self.get_queryset(request)).order_by(*_RISKIEST_FIRST)
        page = BoundedPaginator(applications, _PER_PAGE).get_page(request.GET.get("page"))
        rows = list(page)
        reviews = reviews_of(rows, keys=[row.pk for row in rows])
        meta = self.opts
        return self._review_page(
            request,
            "clients_by_risk",
            title=_("Security review"),
            page=page,
            rows=[(review, badge(review), self._client_url(review.key)) for review in reviews],
            list_url=reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"),
            **self.get_queryset(request).aggregate(
                oldest=Min("oauthflows_last_review__computed"),
                waiting=Count("pk", filter=Q(oauthflows_last_review__isnull=True)),
            ),
        )

    def review_again(self, request: HttpRequest) -> HttpResponse:
        """Every client, now: what the daily cleanup does."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        count = keeping.review_again(self.get_queryset(request))
        said = ngettext("%d client was reviewed.", "%d clients were reviewed.", count) % count
        self.message_user(request, said, messages.SUCCESS)
        return redirect("admin:oauthflows_by_risk")

    def fix_finding(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """What one click would change; then, by POST, the change itself, as it was shown."""
        application = self.client_for(request, pk, Deed.CHANGE)
        try:
            if request.method == "POST":
                return self._fix(request, application, name)
            return self._fix_page(request, application, fixing.preview(application, name))
        except NothingToChange:
            self.message_user(request, _("There is nothing to change any more."), messages.INFO)
            return redirect(self._client_url(pk))
        except NotAsShown:
            said = _("The client has changed meanwhile: look again.")
            self.message_user(request, said, messages.WARNING)
            return redirect(request.path)

    def _fix(self, request: HttpRequest, application: Any, name: str) -> HttpResponse:
        seal = request.POST.get("seal", "")
        fixed = fixing.fix(application.pk, name, seal=seal, request=request)
        titles = [change.title for change in fixed.changes]
        self.log_change(request, application, [{"changed": {"fields": titles}}])
        self.message_user(request, _("The client was changed."), messages.SUCCESS)
        return redirect(self._client_url(application.pk))

    def _fix_page(
        self, request: HttpRequest, application: Any, shown: fixing.Preview
    ) -> HttpResponse:
        return self._review_page(
            request,
            "fix_finding",
            title=_("A safer %(name)s") % {"name": application},
            finding=shown.finding,
            proposal=shown.proposal,
            dry_run=panel_of(application, shown.proposal.wanted),
            severity=_TITLES[shown.finding.severity],
            change_url=self._client_url(application.pk),
        )

    def may_fix(self, request: HttpRequest, application: Any) -> bool:
        """Whoever may change the client may fix it, its owner too: a fix takes away and never gives."""
        return access.may(request.user, Deed.CHANGE, application)

    def review_context(self, request: HttpRequest, application: Any) -> dict[str, Any]:
        """What the panel on a client's page shows."""
        found = review_of(application)
        return {
            "review": found,
            "review_badge": badge(found),
            "review_findings": [(_TITLES[one.severity], one) for one in found.findings],
            "may_fix": self.may_fix(request, application),
        }

    def _client_url(self, pk: Any) -> str:
        meta = self.opts
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[pk])

    def _review_page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        return page_of(self, request, name, context)


def badge(review: Review) -> SafeString:
    """The score, in the colour of the worst finding; the word says it too."""
    return format_html(
        '<span class="oauthflows-badge oauthflows-badge--{}">{}</span> {}/100',
        review.worst.word,
        _("in order") if not review.counts else _TITLES[review.worst],
        review.score,
    )
