"""A person's own things: the apps they connected, those apps' sign-ins, and their own browsers."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from django_oauthflows import dot
from django_oauthflows.api import reach
from django_oauthflows.api.describing import OWN, described
from django_oauthflows.api.view import ManagementView
from django_oauthflows.consent import sign_ins
from django_oauthflows.consent.connections import connections_of
from django_oauthflows.consent.memory import withdraw
from django_oauthflows.identity.logout import end_session
from django_oauthflows.resource_server import ActsForPerson, HasScopes
from django_oauthflows.sessions.listing import open_sessions, places_of

READS = (ActsForPerson & HasScopes(GET="oauthflows:self:read"),)
WRITES = (ActsForPerson & HasScopes(DELETE="oauthflows:self:write"),)


class ScopeShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    description = serializers.CharField()


class AppShape(serializers.Serializer[Any]):
    """An app with access to the person's data, and since when."""

    id = serializers.CharField(source="application_id")
    name = serializers.CharField()
    client_uri = serializers.CharField()
    logo_uri = serializers.CharField()
    unverified_client_uri = serializers.SerializerMethodField(
        help_text="A home page it names on another host than its own. Nobody verified it."
    )
    is_verified = serializers.BooleanField()
    scopes = serializers.SerializerMethodField()
    since = serializers.DateTimeField(allow_null=True)
    last_used = serializers.DateTimeField(allow_null=True)
    is_on_behalf = serializers.BooleanField(help_text="Another app handed a token on to it.")
    through = serializers.ListField(child=serializers.CharField())
    resources = serializers.ListField(child=serializers.CharField())

    example: ClassVar = {
        "id": "17",
        "name": "Notes",
        "client_uri": "https://notes.example.com/",
        "logo_uri": "",
        "unverified_client_uri": "",
        "is_verified": True,
        "scopes": [{"name": "notes:read", "description": "Read your notes"}],
        "since": "2026-03-01T08:00:00Z",
        "last_used": "2026-03-02T08:00:00Z",
        "is_on_behalf": False,
        "through": [],
        "resources": [],
    }

    def get_unverified_client_uri(self, row: Any) -> str:
        found = row.unverified_client_uri
        return found.uri if found else ""

    def get_scopes(self, row: Any) -> list[dict[str, str]]:
        return [{"name": name, "description": text} for name, text in row.scopes]


class SignInShape(serializers.Serializer[Any]):
    """One sign-in of an app that is open."""

    id = serializers.UUIDField()
    app = serializers.CharField(source="application_id")
    scopes = serializers.SerializerMethodField()
    since = serializers.DateTimeField()
    last_used = serializers.DateTimeField(allow_null=True)
    ends = serializers.DateTimeField(allow_null=True)
    ends_if_unused = serializers.BooleanField(source="if_unused")
    is_on_behalf = serializers.BooleanField()
    through = serializers.CharField()

    example: ClassVar = {
        "id": "0b9f7a52-7d8b-4c1e-9d3c-2f4f5a6b7c8d",
        "app": "17",
        "scopes": ["notes:read"],
        "since": "2026-03-01T08:00:00Z",
        "last_used": "2026-03-02T08:00:00Z",
        "ends": "2026-04-01T08:00:00Z",
        "ends_if_unused": True,
        "is_on_behalf": False,
        "through": "",
    }

    def get_scopes(self, row: Any) -> list[str]:
        return sorted(row.scopes)


class BrowserShape(serializers.Serializer[Any]):
    """One browser the person is signed in with at this site."""

    id = serializers.IntegerField(source="key")
    name = serializers.CharField()
    network = serializers.CharField()
    since = serializers.DateTimeField()
    last_seen = serializers.DateTimeField()

    example: ClassVar = {
        "id": 9,
        "name": "Firefox on Linux",
        "network": "192.0.2.7",
        "since": "2026-03-01T08:00:00Z",
        "last_seen": "2026-03-02T08:00:00Z",
    }


class CannotBeEnded(APIException):
    status_code = 409
    default_detail = _("That browser could not be signed out from here.")
    default_code = "cannot_be_ended"


class OwnApps(ManagementView):
    permission_classes = READS

    @described("list_own_apps", "List your apps", about=OWN, answers=AppShape(many=True))
    def get(self, request: Request) -> Response:
        return Response(self.shown(AppShape, connections_of(request.user), many=True))


class OwnApp(ManagementView):
    permission_classes = WRITES

    @described(
        "disconnect_own_app",
        "Withdraw what you agreed to for an app, and end its access",
        about=OWN,
        status=204,
        fails={404: "No such app of yours."},
    )
    def delete(self, request: Request, key: str) -> Response:
        applications = dot.application_model()
        rows = applications._default_manager.filter(
            pk__in=[row.application_id for row in connections_of(request.user)]
        )
        application = get_object_or_404(rows, pk=reach.key_of(applications, key))
        withdraw(application, request.user, **reach.actor(request))
        return Response(status=204)


class OwnSignIns(ManagementView):
    permission_classes = READS

    @described(
        "list_own_sign_ins",
        "List where your apps are signed in",
        about=OWN,
        answers=SignInShape(many=True),
    )
    def get(self, request: Request) -> Response:
        found = sign_ins.open_sign_ins(request.user)
        return Response(self.shown(SignInShape, found, many=True))


class OwnSignIn(ManagementView):
    permission_classes = WRITES

    @described(
        "end_own_sign_in",
        "End one sign-in of an app",
        about=OWN,
        status=204,
        fails={404: "No such sign-in of yours."},
    )
    def delete(self, request: Request, key: UUID) -> Response:
        if sign_ins.end(request.user, key, **reach.actor(request)) is None:
            raise Http404
        return Response(status=204)


class OwnBrowsers(ManagementView):
    permission_classes = READS

    @described(
        "list_own_browsers",
        "List where you are signed in",
        about=OWN,
        answers=BrowserShape(many=True),
    )
    def get(self, request: Request) -> Response:
        found = places_of(request.user, current_sid="")
        return Response(self.shown(BrowserShape, found, many=True))


class OwnBrowser(ManagementView):
    permission_classes = WRITES

    @described(
        "sign_out_own_browser",
        "Sign you out of a browser",
        about=OWN,
        status=204,
        fails={
            404: "No such browser of yours.",
            409: "Sessions are kept where the server cannot end them.",
        },
    )
    def delete(self, request: Request, key: int) -> Response:
        row = next((row for row in open_sessions(request.user) if row.pk == key), None)
        if row is None:
            raise Http404
        if not end_session(row, reason="ended_by_person", request=request._request):
            raise CannotBeEnded
        return Response(status=204)
