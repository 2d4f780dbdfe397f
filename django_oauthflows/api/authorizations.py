"""The grants behind the tokens: one for each sign-in of a person at a client. Listed, shown, revoked."""

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from django_oauthflows.api import reach
from django_oauthflows.api.describing import described
from django_oauthflows.api.pagination import page
from django_oauthflows.api.queries import ListQuery, PersonField
from django_oauthflows.api.shapes import ClientName
from django_oauthflows.api.view import ManagementView
from django_oauthflows.core import clock
from django_oauthflows.flows import catalogue
from django_oauthflows.resource_server import HasScopes
from django_oauthflows.rules.parties import actors_named_in
from django_oauthflows.tokens import families
from django_oauthflows.tokens.models import Authorization

_BY_ADMINISTRATOR = "revoked_by_administrator"


class AuthorizationQuery(ListQuery):
    """Which grants."""

    lookups: ClassVar = {
        "client_id": "application__client_id",
        "person": "user_id",
        "created_after": "created__gte",
        "created_before": "created__lt",
    }

    client_id = serializers.CharField(max_length=255, required=False)
    person = PersonField(required=False)
    flow = serializers.ChoiceField(choices=sorted(catalogue.BY_SLUG), required=False)
    live = serializers.BooleanField(required=False, allow_null=False)
    created_after = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)

    def by_live(self, rows: QuerySet[Authorization], value: bool) -> QuerySet[Authorization]:
        has_time = Q(expires__isnull=True) | Q(expires__gt=clock.now())
        is_live = has_time & Q(revoked__isnull=True)
        return rows.filter(is_live if value else ~is_live)


class AuthorizationShape(serializers.Serializer[Any]):
    """One person's grant to one client. People are named by their key."""

    id = serializers.UUIDField(source="pk")
    url = serializers.HyperlinkedIdentityField(
        view_name="oauthflows-api:authorization", lookup_url_kwarg="key"
    )
    client = ClientName(source="application")
    person = serializers.CharField(source="user_id")
    flow = serializers.CharField()
    scopes = serializers.SerializerMethodField()
    resource = serializers.ListField(child=serializers.CharField())
    is_live = serializers.BooleanField()
    created = serializers.DateTimeField()
    last_used = serializers.DateTimeField(allow_null=True)
    expires = serializers.DateTimeField(allow_null=True)
    auth_time = serializers.DateTimeField(allow_null=True)
    acr = serializers.CharField()
    amr = serializers.ListField(child=serializers.CharField())
    exchanged_from = serializers.UUIDField(source="parent", allow_null=True)
    acted_by = serializers.SerializerMethodField()
    revoked = serializers.DateTimeField(allow_null=True)
    revoked_because = serializers.CharField()

    example: ClassVar = {
        "id": "0b9f7a52-7d8b-4c1e-9d3c-2f4f5a6b7c8d",
        "url": "https://id.example.com/api/oauthflows/authorizations/0b9f7a52-7d8b-4c1e-9d3c-2f4f5a6b7c8d/",
        "client": ClientName.example,
        "person": "42",
        "flow": "authorization-code-pkce",
        "scopes": ["notes:read"],
        "resource": [],
        "is_live": True,
        "created": "2026-03-01T08:00:00Z",
        "last_used": "2026-03-02T08:00:00Z",
        "expires": "2026-05-30T08:00:00Z",
        "auth_time": "2026-03-01T07:59:00Z",
        "acr": "",
        "amr": [],
        "exchanged_from": None,
        "acted_by": [],
        "revoked": None,
        "revoked_because": "",
    }

    def get_scopes(self, row: Authorization) -> list[str]:
        return sorted(row.scope.split())

    def get_acted_by(self, row: Authorization) -> list[str]:
        return list(actors_named_in(row.act))


class Authorizations(ManagementView):
    permission_classes = (HasScopes(GET="oauthflows:authorizations:read"),)

    @described(
        "list_authorizations",
        "List the grants",
        page_of=AuthorizationShape,
        query=AuthorizationQuery,
    )
    def get(self, request: Request) -> Response:
        rows = _rows(request, "view")
        return page(request, rows, AuthorizationQuery, AuthorizationShape)


class OneAuthorization(ManagementView):
    permission_classes = (HasScopes(GET="oauthflows:authorizations:read"),)

    @described(
        "get_authorization",
        "Show a grant",
        answers=AuthorizationShape,
        fails={404: "No such grant."},
    )
    def get(self, request: Request, key: UUID) -> Response:
        row = get_object_or_404(_rows(request, "view"), pk=key)
        return Response(self.shown(AuthorizationShape, row))


class RevokeAuthorization(ManagementView):
    permission_classes = (HasScopes(POST="oauthflows:authorizations:write"),)

    @described(
        "revoke_authorization",
        "End a grant with all its tokens, and what was exchanged from them",
        answers=AuthorizationShape,
        fails={404: "No such grant."},
    )
    def post(self, request: Request, key: UUID) -> Response:
        row = get_object_or_404(_rows(request, "delete"), pk=key)
        families.revoke(row, reason=_BY_ADMINISTRATOR, **reach.actor(request))
        row.refresh_from_db()
        return Response(self.shown(AuthorizationShape, row))


def _rows(request: Request, action: str) -> QuerySet[Authorization]:
    known = Authorization.objects.select_related("application")
    return reach.rows(request, known, f"oauthflows.{action}_authorization")
