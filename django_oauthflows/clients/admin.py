"""Clients in the admin: added by scenario, changed field by field, their secrets shown once."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import (
    access,
    deletion,
    gifts,
    pkce_exception,
    presets,
    trust_marks,
)
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.add_form import AddClientForm
from django_oauthflows.clients.added_page import AddedPage
from django_oauthflows.clients.admin_pages import page_of
from django_oauthflows.clients.connect_pages import ConnectPages
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.forms import ClientForm
from django_oauthflows.clients.guarded_screens import (
    ClientsWithinReach,
    OwnersInline,
    narrow_to_gift,
)
from django_oauthflows.clients.key_pages import KeyPages, understood_of
from django_oauthflows.clients.legacy import legacy_flows_of
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.overview import overview_of
from django_oauthflows.clients.plain_part import settings_are_wrong
from django_oauthflows.clients.policy_inline import PolicyInline
from django_oauthflows.clients.profile_pages import ProfilePages
from django_oauthflows.clients.programs.catalogue import known_programs
from django_oauthflows.clients.registration import register_client
from django_oauthflows.clients.registration_warnings import sentences_of, warnings_about
from django_oauthflows.clients.retire_pages import RetirePages
from django_oauthflows.clients.review.admin import ReviewedAdmin
from django_oauthflows.clients.scenarios import scenario_of
from django_oauthflows.clients.secret_forms import AddSecretForm, RotateSecretForm
from django_oauthflows.clients.secret_list import listed
from django_oauthflows.clients.secret_pages import SecretPages, using_an_old_secret
from django_oauthflows.core.admin_lookups import KnownChoiceFilter
from django_oauthflows.protocol.rehearsal.admin import RehearsalPages


class UsesAnOldSecret(KnownChoiceFilter):
    """Who has not switched yet: clients that use a secret of which there is a newer one."""

    title = gettext_lazy("secret")
    parameter_name = "secret"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("old", gettext_lazy("still uses an old one"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return using_an_old_secret(queryset) if self.value() == "old" else queryset


class ClientAdmin(
    AddedPage,
    SecretPages,
    RetirePages,
    KeyPages,
    ConnectPages,
    ProfilePages,
    RehearsalPages,
    ClientsWithinReach,
    ReviewedAdmin,
):
    """The screen of DOT's application model."""

    form = ClientForm
    inlines = (PolicyInline, OwnersInline)
    change_form_template = "admin/oauthflows/client.html"
    view_on_site = False
    list_display = (
        "name",
        "client_id",
        "kind",
        "profile",
        "security",
        "is_enabled",
        "user",
        "created",
    )
    list_filter = (
        "oauthflows_policy__preset",
        "oauthflows_policy__profile",
        "oauthflows_policy__is_enabled",
        "registration_source",
        UsesAnOldSecret,
    )
    search_fields = ("name", "client_id")
    raw_id_fields = ("user",)
    readonly_fields = ("client_id", "client_type", "registration_source", "created")
    fieldsets = (
        # The first of them is the plain part of the page.
        (None, {"fields": ("name", "redirect_uris", "post_logout_redirect_uris")}),
        (
            gettext_lazy("Registration"),
            {
                "fields": (
                    "client_id",
                    "client_type",
                    "allowed_origins",
                    "user",
                    "registration_source",
                    "created",
                )
            },
        ),
    )

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, row: Any) -> str:
        policy = _policy_of(row)
        known = presets.BY_SLUG.get(policy.preset) if policy else None
        return str(known.title) if known else str(row.get_authorization_grant_type_display())

    @admin.display(description=gettext_lazy("profile"))
    def profile(self, row: Any) -> str:
        policy = _policy_of(row)
        return policy.profile if policy else _("none yet")

    @admin.display(description=gettext_lazy("enabled"), boolean=True)
    def is_enabled(self, row: Any) -> bool:
        policy = _policy_of(row)
        return policy.is_enabled if policy else True

    def get_urls(self) -> list[URLPattern]:
        return [
            *self.added_urls(),
            *self.secret_urls(),
            *self.retire_urls(),
            *self.key_urls(),
            *self.connect_urls(),
            *self.profile_urls(),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """First what kind of client it is, then what that kind needs, then its secret, once."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        offered = {kind.slug: kind for kind in gifts.kinds_within_gift(request.user)}
        programs = {
            slug: program for slug, program in known_programs().items() if program.preset in offered
        }
        program = programs.get(request.GET.get("program", ""))
        preset = offered.get(program.preset if program else request.GET.get("preset", ""))
        if preset is None:
            return self._page(
                request,
                "choose_preset",
                title=_("Add a client"),
                presets=[scenario_of(preset) for preset in offered.values()],
                programs=programs.values(),
            )
        form = AddClientForm(
            request.POST or None, request.FILES or None, preset=preset, program=program
        )
        narrow_to_gift(request.user, form)
        if request.method == "POST" and form.is_valid():
            try:
                registered = register_client(
                    owner=access.owner_of_new(request.user),
                    by=request.user,
                    request=request,
                    **form.service_arguments(),
                )
            except ValidationError as error:
                _add_errors(form, error)
            else:
                self.log_addition(request, registered.application, [{"added": {}}])
                self._warn(request, form.cleaned_data)
                return self.redirect_to_added(request, registered)
        return self._page(
            request,
            "add_client",
            title=_("Add %(name)s") % {"name": program.title} if program else _("Add a client"),
            scenario=scenario_of(preset),
            form=form,
            media=self.media + form.media,
        )

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Change the client, and once that is committed, look at the addresses that were changed."""
        changed: dict[str, Any] = {}
        request.oauthflows_changed = changed  # type: ignore[attr-defined]
        response = super().changeform_view(request, object_id, form_url, extra_context)
        self._warn(request, changed)
        return response

    def _warn(self, request: HttpRequest, values: dict[str, Any]) -> None:
        for sentence in sentences_of(warnings_about(values)):
            self.message_user(request, sentence, messages.WARNING)

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context["client_secrets"] = listed(obj)
        context["may_rotate"] = access.may(request.user, Deed.ROTATE, obj)
        context["may_retire"] = access.may(request.user, Deed.RETIRE, obj)
        context["is_kept"] = (
            obj is not None
            and access.manages_others(obj)
            and not access.may(request.user, Deed.CHANGE_POLICY, obj)
        )
        context["add_secret_form"] = AddSecretForm(auto_id="oauthflows-%s")
        context["rotate_secret_form"] = RotateSecretForm(auto_id=False)
        context["key_set"] = understood_of(_policy_of(obj)) if obj is not None else None
        context["legacy_flows"] = legacy_flows_of(obj) if obj is not None else ()
        context["has_dot_secret"] = obj is not None and bool(facts_of(obj).dot_secret)
        if obj is not None:
            context["overview"] = overview_of(facts_of(obj), context["client_secrets"])
            context["settings_are_wrong"] = settings_are_wrong(context)
            context |= self.review_context(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.known_by = trust_marks.snapshot_in_database(obj) if change else None
        form.was_exempt = change and pkce_exception.is_given(obj)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        changed = self.construct_change_message(request, form, formsets) if change else []
        if not changed:
            return
        noted = getattr(request, "oauthflows_changed", {})
        for filled in (form, *(one for formset in formsets for one in formset.forms)):
            noted |= {name: filled.cleaned_data[name] for name in filled.changed_data}
        lost = trust_marks.keep_or_take_back(form.instance, form.known_by, by=request.user)
        if lost:
            self.message_user(request, trust_marks.TAKEN_BACK, messages.WARNING)
        if form.was_exempt and pkce_exception.has_ended(form.instance, formsets):
            self.message_user(request, pkce_exception.ENDED, messages.WARNING)
        recorder.record(
            Event.CLIENT_CHANGED,
            application=form.instance,
            request=request,
            detail={"changed": changed, **trust_marks.detail_of(lost)},
        )

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        deletion.delete(obj, request=request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with deletion.done_by(request=request):
            queryset.delete()

    def _change_url(self, pk: Any) -> str:
        meta = self.opts
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[pk])

    def _page(self, request: HttpRequest, name: str, **context: Any) -> HttpResponse:
        return page_of(self, request, name, context)


def _policy_of(row: Any) -> ClientPolicy | None:
    return getattr(row, "oauthflows_policy", None)


def _add_errors(form: AddClientForm, error: ValidationError) -> None:
    """Put what the service refused beside the field it is about."""
    for name, messages_of_field in error.message_dict.items():
        for message in messages_of_field:
            form.add_error(name if name in form.fields else None, message)
