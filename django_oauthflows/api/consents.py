"""What people agreed to: listed, and withdrawn with the tokens that came of it."""

from typing import Any, ClassVar

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
from django_oauthflows.consent.memory import withdraw
from django_oauthflows.consent.models import Consent
from django_oauthflows.consent.scope import ConsentScope
from django_oauthflows.core import clock
from django_oauthflows.resource_server import HasScopes


class ConsentQuery(ListQuery):
    """Which consents."""

    lookups: ClassVar = {
        "client_id": "application__client_id",
        "person": "user_id",
        "created_after": "created__gte",
        "created_before": "created__lt",
    }

    client_id = serializers.CharField(max_length=255, required=False)
    person = PersonField(required=False)
    live = serializers.BooleanField(required=False, allow_null=False)
    created_after = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)

    def by_live(self, rows: QuerySet[Consent], value: bool) -> QuerySet[Consent]:
        is_live = Q(expires__isnull=True) | Q(expires__gt=clock.now())
        return rows.filter(is_live if value else ~is_live)


class ConsentPageShape(serializers.Serializer[Any]):
    """One page that the person agreed to, as a whole: another request is answered by it, or asked about."""

    scopes = serializers.SerializerMethodField()
    resources = serializers.SerializerMethodField(help_text="Empty: this whole site.")
    claims = serializers.SerializerMethodField(help_text="Those asked for by name alone.")
    origin = serializers.CharField(help_text="Where the answer went. Empty: to a device.")

    example: ClassVar = {
        "scopes": ["notes:read"],
        "resources": ["https://notes.example.com/"],
        "claims": [],
        "origin": "https://client.example.com",
    }

    def get_scopes(self, page: ConsentScope) -> list[str]:
        return sorted(page.scopes)

    def get_resources(self, page: ConsentScope) -> list[str]:
        return sorted(page.resources)

    def get_claims(self, page: ConsentScope) -> list[str]:
        return sorted(claim.name for claim in page.claims)


class ConsentShape(serializers.Serializer[Any]):
    """One person's remembered yes to one client. People are named by their key."""

    id = serializers.IntegerField(source="pk")
    client = ClientName(source="application")
    person = serializers.CharField(source="user_id")
    scopes = serializers.SerializerMethodField()
    pages = ConsentPageShape(source="remembered.pages", many=True)
    created = serializers.DateTimeField()
    updated = serializers.DateTimeField()
    expires = serializers.DateTimeField(allow_null=True)

    example: ClassVar = {
        "id": 5,
        "client": ClientName.example,
        "person": "42",
        "scopes": ["notes:read"],
        "pages": [ConsentPageShape.example],
        "created": "2026-03-01T08:00:00Z",
        "updated": "2026-03-01T08:00:00Z",
        "expires": "2027-03-01T08:00:00Z",
    }

    def get_scopes(self, row: Consent) -> list[str]:
        return sorted(row.scopes)


class Consents(ManagementView):
    permission_classes = (HasScopes(GET="oauthflows:consents:read"),)

    @described(
        "list_consents", "List what people agreed to", page_of=ConsentShape, query=ConsentQuery
    )
    def get(self, request: Request) -> Response:
        rows = reach.rows(
            request, Consent.objects.select_related("application"), "oauthflows.view_consent"
        )
        return page(request, rows, ConsentQuery, ConsentShape)


class OneConsent(ManagementView):
    permission_classes = (HasScopes(DELETE="oauthflows:consents:write"),)

    @described(
        "withdraw_consent",
        "Withdraw what a person agreed to, and end every token that came of it",
        status=204,
        fails={404: "No such consent."},
    )
    def delete(self, request: Request, key: int) -> Response:
        known = Consent.objects.select_related("application", "user")
        rows = reach.rows(request, known, "oauthflows.delete_consent")
        consent = get_object_or_404(rows, pk=key)
        withdraw(consent.application, consent.user, **reach.actor(request))
        return Response(status=204)
