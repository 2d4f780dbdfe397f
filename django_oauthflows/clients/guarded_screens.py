"""The admin's screens within a person's reach: they show and do what `access` allows, and nothing else."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from django_oauthflows import screens
from django_oauthflows.clients import access, gifts
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.models import ClientOwner
from django_oauthflows.clients.policy_in_words import PolicyInWords


class ClientsWithinReach(admin.ModelAdmin):  # type: ignore[type-arg]
    """For the screen of clients. An owner finds no client there but their own."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return access.within_reach(request.user, Deed.VIEW, super().get_queryset(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whose a client is, only those say who may give it more."""
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if access.may(request.user, Deed.CHANGE_POLICY, obj) else (*fields, "user")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return any(access.may(request.user, deed) for deed in (Deed.VIEW, Deed.ADD))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, Deed.VIEW, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return access.may(request.user, Deed.ADD)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, Deed.CHANGE, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, Deed.DELETE, obj)

    def client_for(self, request: HttpRequest, pk: int, deed: Deed) -> Any:
        """Return the client, for a deed; one that the person may not see is not found.

        So nobody learns that there is such a client.
        """
        if not access.may(request.user, deed):
            raise PermissionDenied
        clients = super().get_queryset(request)
        found = access.within_reach(request.user, deed, clients).filter(pk=pk).first()
        if found is None:
            get_object_or_404(access.within_reach(request.user, Deed.VIEW, clients), pk=pk)
            raise PermissionDenied
        return found


class GuardedInline(admin.options.InlineModelAdmin):  # type: ignore[type-arg]
    """Part of a client's page: shown to whoever sees the client, changed only by whoever may give it more."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, Deed.VIEW, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, Deed.CHANGE_POLICY, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, Deed.CHANGE_POLICY, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, Deed.CHANGE_POLICY, obj)


class GuardedPolicy(PolicyInWords, GuardedInline):
    """A client's policy, of which some may change the addresses and the keys alone."""

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may(request.user, Deed.CHANGE, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fields = tuple(super().get_readonly_fields(request, obj))
        if access.may(request.user, Deed.CHANGE_POLICY, obj):
            return fields
        locked = set(self.form._meta.fields or ()) - access.CHANGEABLE
        return (*fields, *sorted(locked), *self.IN_WORDS.values())

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        locked = self.get_readonly_fields(request, obj)
        words: dict[Any, str] = {
            name: shown for name, shown in self.IN_WORDS.items() if name in locked
        }
        return [
            (
                title,
                {**options, "fields": tuple(words.get(name, name) for name in options["fields"])},
            )
            for title, options in super().get_fieldsets(request, obj)
        ]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Read-only fields are no fields of the form, though the form declares them: what is posted is lost.

        Django does the same for the form of a page, and not for those within it.
        """
        locked = dict.fromkeys(self.get_readonly_fields(request, obj))
        form = type(self.form.__name__, (self.form,), locked)
        return super().get_formset(request, obj, **{"form": form, **kwargs})


class OwnersInline(GuardedInline, screens.TabularInline):  # type: ignore[type-arg]
    """Who looks after a client, besides its `user`."""

    model = ClientOwner
    fields = ("user",)
    raw_id_fields = ("user",)
    extra = 0


class RowsOfClients(admin.ModelAdmin):  # type: ignore[type-arg]
    """For a screen of what belongs to clients: Django's permission shows all of it, owners see their own."""

    path_to_client = "application"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if super().has_view_permission(request):
            return rows
        return access.own_rows(request.user, rows, path=self.path_to_client)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if super().has_view_permission(request, obj):
            return True
        return access.manages_own(request.user) and (
            obj is None or access.is_owner(request.user, getattr(obj, self.path_to_client))
        )

    def may_end(self, request: HttpRequest) -> bool:
        """May this person end some of these rows?"""
        return self._may_end_all(request) or access.manages_own(request.user)

    def within_reach(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of the rows that this person may end: who sees all may still own but a few."""
        if self._may_end_all(request):
            return rows
        return access.own_rows(request.user, rows, path=self.path_to_client)

    def _may_end_all(self, request: HttpRequest) -> bool:
        return request.user.has_perm(f"{self.opts.app_label}.delete_{self.opts.model_name}")


def narrow_to_gift(person: Any, form: Form) -> None:
    """Take out of the form to add a client what this person may not give."""
    if gifts.may_give_freely(person):
        return
    for name in ("is_verified", "visible_groups"):
        form.fields.pop(name, None)
    scopes = gifts.scopes_within_gift(person)
    for name in form.fields.keys() & {"scopes", "required_scopes"}:
        field: Any = form.fields[name]
        field.choices = [choice for choice in field.choices if choice[0] in scopes]
