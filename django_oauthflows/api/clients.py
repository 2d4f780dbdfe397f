"""The clients of this server: listed, added by their kind, changed, stopped, deleted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as Wrong
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from django_oauthflows.api import limits, reach
from django_oauthflows.api.describing import described
from django_oauthflows.api.pagination import page
from django_oauthflows.api.queries import ListQuery
from django_oauthflows.api.shapes import (
    ChangedClient,
    ClientChange,
    ClientShape,
    ClientWithSecret,
    NewClient,
    nested,
)
from django_oauthflows.api.view import ManagementView
from django_oauthflows.clients import access, changing, deletion, presets, profiles
from django_oauthflows.clients.access import CHANGEABLE, Deed
from django_oauthflows.clients.registration import register_client
from django_oauthflows.clients.registration_warnings import warnings_about
from django_oauthflows.clients.secret_list import still_using_an_old_one
from django_oauthflows.resource_server import HasScopes
from django_oauthflows.tokens import families

READS_AND_WRITES = HasScopes(
    GET="oauthflows:clients:read",
    POST="oauthflows:clients:write",
    PATCH="oauthflows:clients:write",
    DELETE="oauthflows:clients:write",
)


#: What gives a new client something else than its kind has.
BEYOND_ITS_KIND = frozenset(
    {
        "flows",
        "token_format",
        "access_token_algorithm",
        "resources",
        "allowed_resources",
        "visible_groups",
    }
)


class ClientQuery(ListQuery):
    """Which clients."""

    orders = ("-created", "created", "name", "-name")
    lookups: ClassVar = {
        "preset": "oauthflows_policy__preset",
        "profile": "oauthflows_policy__profile",
        "name": "name__icontains",
    }

    client_id = serializers.CharField(max_length=255, required=False)
    name = serializers.CharField(max_length=255, required=False)
    preset = serializers.ChoiceField(choices=sorted(presets.BY_SLUG), required=False)
    profile = serializers.ChoiceField(choices=sorted(profiles.BY_SLUG), required=False)
    is_enabled = serializers.BooleanField(required=False, allow_null=False)
    uses_an_old_secret = serializers.BooleanField(required=False, allow_null=False)

    def by_is_enabled(self, rows: Any, value: bool) -> Any:
        disabled = {"oauthflows_policy__is_enabled": False}
        return rows.exclude(**disabled) if value else rows.filter(**disabled)

    def by_uses_an_old_secret(self, rows: Any, value: bool) -> Any:
        using = still_using_an_old_one().values("application_id")
        return rows.filter(pk__in=using) if value else rows.exclude(pk__in=using)


class Clients(ManagementView):
    permission_classes = (READS_AND_WRITES,)

    @described("list_clients", "List the clients", page_of=ClientShape, query=ClientQuery)
    def get(self, request: Request) -> Response:
        return page(request, reach.clients(request), ClientQuery, ClientShape)

    @described(
        "add_client",
        "Add a client of a kind; its secret is in this answer alone",
        takes=NewClient,
        answers=ClientWithSecret,
        status=201,
    )
    def post(self, request: Request) -> Response:
        reach.must(request, Deed.ADD)
        said = self.read(NewClient)
        if said.keys() & BEYOND_ITS_KIND:
            reach.must(request, Deed.CHANGE_POLICY)
        limits.must_not_be_given(request, said)
        person = reach.person_of(request)
        owner = access.owner_of_new(person) if person is not None else None
        with judging():
            made = register_client(**said, owner=owner, **reach.actor(request))
        made.application._shown_once = made.client_secret
        made.application._warnings = warnings_about(said)
        return Response(self.shown(ClientWithSecret, made.application), status=201)


class Client(ManagementView):
    permission_classes = (READS_AND_WRITES,)

    @described("get_client", "Show a client", answers=ClientShape, fails={404: "No such client."})
    def get(self, request: Request, key: str) -> Response:
        return Response(self.shown(ClientShape, reach.client(request, key)))

    @described(
        "change_client",
        "Change what is named of a client",
        takes=ClientChange,
        answers=ChangedClient,
        fails={404: "No such client."},
    )
    def patch(self, request: Request, key: str) -> Response:
        application = reach.client(request, key, Deed.CHANGE)
        said = self.read(ClientChange, partial=True)
        if said.keys() & set(changing.POLICY_COLUMNS) - CHANGEABLE:
            reach.must(request, Deed.CHANGE_POLICY, application)

        def must(locked: Any) -> None:
            limits.must_be_ordinary(request, locked)
            limits.must_not_be_given(request, said, locked)

        with judging(told=nested):
            changing.change_client(application.pk, said, must=must, **reach.actor(request))
        changed = reach.client(request, key)
        changed._warnings = warnings_about(said)
        return Response(self.shown(ChangedClient, changed))

    @described(
        "delete_client",
        "Delete a client, with all it was given",
        status=204,
        fails={404: "No such client."},
    )
    def delete(self, request: Request, key: str) -> Response:
        application = reach.client(request, key, Deed.DELETE)
        limits.must_be_ordinary(request, application)
        families.revoke_client(application.pk, reason="client_deleted", **reach.actor(request))
        deletion.delete(application, **reach.actor(request))
        return Response(status=204)


class EnableClient(ManagementView):
    permission_classes = (HasScopes(POST="oauthflows:clients:write"),)

    @described(
        "enable_client",
        "Let a client work again",
        answers=ClientShape,
        fails={404: "No such client."},
    )
    def post(self, request: Request, key: str) -> Response:
        application = reach.client(request, key, Deed.CHANGE_POLICY)

        def must(locked: Any) -> None:
            limits.must_be_ordinary(request, locked)

        with judging():
            changing.set_enabled(application.pk, True, must=must, **reach.actor(request))
        return Response(self.shown(ClientShape, reach.client(request, key)))


class DisableClient(ManagementView):
    permission_classes = (HasScopes(POST="oauthflows:clients:write"),)

    @described(
        "disable_client",
        "Stop a client, and all the tokens it has, at once",
        answers=ClientShape,
        fails={404: "No such client."},
    )
    def post(self, request: Request, key: str) -> Response:
        application = reach.client(request, key, Deed.CHANGE_POLICY)
        with judging():
            changing.set_enabled(application.pk, False, **reach.actor(request))
        return Response(self.shown(ClientShape, reach.client(request, key)))


@contextmanager
def judging(told: Callable[[dict[str, Any]], dict[str, Any]] = dict) -> Iterator[None]:
    """What a service refuses, in DRF's words: by field, as `told` puts it."""
    try:
        yield
    except Wrong as error:
        raise ValidationError(told(error.message_dict)) from None
