"""The security profile of a client in the admin: what another would ask, tried before it is chosen."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from django_oauthflows.clients import access, profiles, proposals
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.dry_run.panel import panel_of
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.profiles import Profile
from django_oauthflows.clients.proposals import NotAsShown, NothingToChange, Proposal
from django_oauthflows.conf import conf
from django_oauthflows.flows import catalogue

#: What brings no token by itself.
_FOLLOWING = {"refresh-token"}


class ProfileForm(forms.Form):
    """Which profile to try, and on how many days."""

    profile = forms.ChoiceField(
        label=gettext_lazy("Security profile"),
        choices=lambda: [(profile.slug, profile.title) for profile in profiles.PROFILES],
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Tried against"), coerce=int, required=False, choices=lambda: _days()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRule:
    """What a template reads of a rule, which it would call."""

    name: str
    spec: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProfile:
    """A profile as the page tells of it: its rules, and the flows it forbids the client."""

    profile: Profile
    rules: tuple[ShownRule, ...]
    forbidden: tuple[str, ...]


class NoFlowIsLeft(Exception):
    """None of the client's flows works under the profile."""


class ProfilePages:
    """For the screen of clients: a page to choose a profile on, which says first what it would refuse."""

    admin_site: Any
    client_for: Any
    log_change: Any
    message_user: Any
    _change_url: Any
    _page: Any

    def profile_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.client_profile)
        return [path("<int:pk>/profile/", view, name="oauthflows_client_profile")]

    def client_profile(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Try a profile; then, by POST, choose it, as it was shown."""
        application = self.client_for(request, pk, Deed.VIEW)
        if getattr(application, "oauthflows_policy", None) is None:
            raise Http404
        if request.method != "POST":
            return self._profile_page(request, application)
        if not access.may(request.user, Deed.CHANGE_POLICY, application):
            raise PermissionDenied
        return self._choose_profile(request, application)

    def _profile_page(self, request: HttpRequest, application: Any) -> HttpResponse:
        policy: ClientPolicy = application.oauthflows_policy
        form = ProfileForm(request.GET if "profile" in request.GET else None)
        form.initial = {"profile": policy.profile, "days": _days()[-1][0] if _days() else 0}
        tried = form.cleaned_data if form.is_bound and form.is_valid() else None
        context = _tried(application, tried["profile"], tried["days"] or 0) if tried else {}
        page: HttpResponse = self._page(
            request,
            "client_profile",
            title=_("Security profile of %(name)s") % {"name": application},
            form=form,
            now=profiles.BY_SLUG.get(policy.profile),
            may_change=access.may(request.user, Deed.CHANGE_POLICY, application),
            change_url=self._change_url(application.pk),
            **context,
        )
        return page

    def _choose_profile(self, request: HttpRequest, application: Any) -> HttpResponse:
        slug = request.POST.get("profile", "")
        try:
            changed = proposals.change(
                application.pk,
                lambda row: proposal_of(row, slug),
                seal=request.POST.get("seal", ""),
                request=request,
                reason={"profile": slug},
            )
        except (NothingToChange, NoFlowIsLeft):
            self.message_user(request, _("There is nothing to change any more."), messages.INFO)
            return redirect(self._change_url(application.pk))
        except NotAsShown:
            said = _("The client has changed meanwhile: look again.")
            self.message_user(request, said, messages.WARNING)
            return redirect(request.get_full_path())
        titles = [change.title for change in changed.changes]
        self.log_change(request, application, [{"changed": {"fields": titles}}])
        self.message_user(request, _("The client was changed."), messages.SUCCESS)
        return redirect(self._change_url(application.pk))


def _tried(application: Any, slug: str, days: int) -> dict[str, Any]:
    """What the page shows of one profile."""
    context: dict[str, Any] = {"tried": _shown(application.oauthflows_policy, slug)}
    try:
        proposal = proposal_of(application, slug)
    except NothingToChange:
        return context | {"is_chosen": True}
    except NoFlowIsLeft:
        return context
    return context | {
        "proposal": proposal,
        "dry_run": panel_of(application, proposal.wanted, days=days),
    }


def _shown(policy: ClientPolicy, slug: str) -> ShownProfile:
    profile = profiles.BY_SLUG[slug]
    kept = profiles.flows_under(slug, policy.flows)
    return ShownProfile(
        profile=profile,
        rules=tuple(
            ShownRule(name=rule.name, spec=rule.spec, note=rule.note)
            for rule in (*profile.authorization_rules, *profile.token_rules)
        ),
        forbidden=tuple(
            flow.name
            for flow in catalogue.FLOWS
            if flow.slug in policy.flows and flow.slug not in kept
        ),
    )


def proposal_of(application: Any, slug: str) -> Proposal:
    """The profile, without the flows it forbids. Raises `NothingToChange` or `NoFlowIsLeft`."""
    policy = application.oauthflows_policy
    if slug not in profiles.BY_SLUG:
        raise NothingToChange
    flows = profiles.flows_under(slug, policy.flows)
    if policy.flows and not set(flows) - _FOLLOWING:
        raise NoFlowIsLeft
    return proposals.propose(policy, "profile", {"profile": slug, "flows": flows})


def _days() -> list[tuple[int, str]]:
    """A week, a month, and all that is kept."""
    kept = conf.RECORDED_REQUESTS_KEPT
    offered = sorted({days for days in (7, 30, kept) if 0 < days <= kept})
    return [
        (days, ngettext("the last day", "the last %(days)d days", days) % {"days": days})
        for days in offered
    ]
