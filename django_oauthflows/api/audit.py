"""The audit log: found by what happened, to whom and by which rule, explained, and exported."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404, StreamingHttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from django_oauthflows.api import reach
from django_oauthflows.api.describing import JSON_LINES, described
from django_oauthflows.api.pagination import page
from django_oauthflows.api.queries import ListQuery, PersonField, Query, read
from django_oauthflows.api.view import JSONLines, ManagementView
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.explaining import explain, is_explained
from django_oauthflows.audit.exporting import lines_of, members_of, record_export
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.expectations import compare
from django_oauthflows.clients.facts import client_of
from django_oauthflows.resource_server import HasScopes

READS = HasScopes(GET="oauthflows:audit:read")


class AuditFilters(Query):
    """Which events."""

    lookups: ClassVar = {
        "person": "user_id",
        "created_after": "created__gte",
        "created_before": "created__lt",
    }

    event = serializers.ChoiceField(choices=[event.value for event in Event], required=False)
    client_id = serializers.CharField(max_length=255, required=False)
    person = PersonField(required=False)
    rule = serializers.CharField(max_length=100, required=False)
    reference = serializers.CharField(max_length=16, required=False)
    endpoint = serializers.CharField(max_length=40, required=False)
    created_after = serializers.DateTimeField(required=False)
    created_before = serializers.DateTimeField(required=False)


class AuditQuery(AuditFilters, ListQuery):
    """Which events, in pages."""


class EventShape(serializers.Serializer[Any]):
    """Something that happened. People are named by their key; what is secret was never written down."""

    url = serializers.HyperlinkedIdentityField(
        view_name="oauthflows-api:audit-event", lookup_field="reference"
    )
    reference = serializers.CharField()
    created = serializers.DateTimeField()
    event = serializers.CharField()
    client_id = serializers.CharField()
    person = serializers.CharField(allow_null=True)
    actor = serializers.CharField(
        allow_blank=True,
        help_text="Who did it: `person:17`, `client:3xAmPl3`, `command`, `server`.",
    )
    network = serializers.CharField()
    endpoint = serializers.CharField()
    code = serializers.CharField()
    rule = serializers.CharField()
    specification = serializers.CharField()
    sentence = serializers.CharField()
    detail = serializers.DictField()
    occurrences = serializers.IntegerField()

    example: ClassVar[Mapping[str, Any]] = {
        "url": "https://id.example.com/api/oauthflows/audit/76f1f43ce545/",
        "reference": "76f1f43ce545",
        "created": "2026-03-01T08:00:00Z",
        "event": "request.refused",
        "client_id": "3xAmPl3",
        "person": None,
        "actor": "client:3xAmPl3",
        "network": "192.0.2.7",
        "endpoint": "token",
        "code": "invalid_grant",
        "rule": "code_must_belong_to_client",
        "specification": "RFC 6749 §4.1.3",
        "sentence": "The code was issued to another client.",
        "detail": {"grant_type": "authorization_code"},
        "occurrences": 1,
    }

    def to_representation(self, row: AuditEvent) -> dict[str, Any]:
        """As the export has it, so that a program reads both the same way."""
        person = None if row.user_id is None else str(row.user_id)
        url = self.fields["url"].to_representation(row)
        return {"url": url, **members_of(row), "person": person}


class ParagraphShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    address = serializers.CharField()


class ComparedShape(serializers.Serializer[Any]):
    """One parameter: what came, and what the client may send."""

    name = serializers.CharField()
    received = serializers.CharField()
    expected = serializers.ListField(child=serializers.CharField())
    differs = serializers.BooleanField()


class ExplanationShape(serializers.Serializer[Any]):
    """Why a request was refused, and what to do about it."""

    why = serializers.CharField()
    means = serializers.CharField()
    fix = serializers.CharField()
    paragraphs = ParagraphShape(many=True)


class ExplainedEvent(EventShape):
    """An event; a refusal with its explanation, and with what came beside what the client may send."""

    explanation = ExplanationShape(allow_null=True)
    compared = ComparedShape(many=True)

    example: ClassVar[Mapping[str, Any]] = {
        **EventShape.example,
        "explanation": {
            "why": "A code that was stolen opens nothing for whoever stole it.",
            "means": "The code or token that was presented is not valid for this client.",
            "fix": "Send the person to the authorization endpoint once more.",
            "paragraphs": [
                {
                    "name": "RFC 6749 §4.1.3",
                    "address": "https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.3",
                }
            ],
        },
        "compared": [
            {
                "name": "grant_type",
                "received": "authorization_code",
                "expected": ["authorization_code", "refresh_token"],
                "differs": False,
            }
        ],
    }

    def to_representation(self, row: AuditEvent) -> dict[str, Any]:
        has_more = is_explained(row)
        client = client_of(row.client_id) if row.client_id else None
        compared = compare(row.detail, row.rule, client) if has_more else ()
        return {
            **super().to_representation(row),
            "explanation": ExplanationShape(explain(row)).data if has_more else None,
            "compared": ComparedShape(compared, many=True).data,
        }


class AuditLog(ManagementView):
    permission_classes = (READS,)

    @described("list_audit_events", "List what happened", page_of=EventShape, query=AuditQuery)
    def get(self, request: Request) -> Response:
        return page(request, reach.events(request), AuditQuery, EventShape)


class AuditExport(ManagementView):
    permission_classes = (READS,)
    renderer_classes = (JSONLines,)

    @described(
        "export_audit_events",
        "Take what happened away as JSON Lines, the oldest first",
        answers=JSON_LINES,
        query=AuditFilters,
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        asked, chosen = read(request, AuditFilters)
        events = asked.apply(reach.events(request), chosen)
        record_export(events, chosen, **reach.actor(request))
        response = StreamingHttpResponse(lines_of(events), content_type="application/jsonl")
        response["Content-Disposition"] = 'attachment; filename="audit.jsonl"'
        return response


class OneEvent(ManagementView):
    permission_classes = (READS,)

    @described(
        "get_audit_event",
        "Explain what happened under a reference",
        answers=ExplainedEvent,
        fails={404: "No such event, or it is too old."},
    )
    def get(self, request: Request, reference: str) -> Response:
        row = reach.events(request).filter(reference=reference.lower()).order_by("pk").first()
        if row is None:
            raise Http404
        return Response(self.shown(ExplainedEvent, row))
