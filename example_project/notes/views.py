"""The protected API. Each view names the scopes that a token needs; nothing else about OAuth is in
here."""

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from django_oauthflows.resource_server import ActsForPerson, HasScopes
from example_project.notes.models import Note
from example_project.notes.serializers import NoteSerializer


class NoteViewSet(ModelViewSet):
    """A person's own notes. `request.user` is the person who let the client in."""

    serializer_class = NoteSerializer
    permission_classes = (
        ActsForPerson,
        HasScopes(
            GET="notes:read",
            POST="notes:write",
            PUT="notes:write",
            PATCH="notes:write",
            DELETE="notes:write",
        ),
    )

    def get_queryset(self) -> QuerySet[Note]:
        return Note.objects.filter(owner_id=self.request.user.pk)

    def perform_create(self, serializer: BaseSerializer) -> None:
        serializer.save(owner=self.request.user)


class NoteCountView(APIView):
    """How many notes there are in all: for services, which act for nobody and so see nobody's
    notes."""

    permission_classes = (HasScopes("notes:read") & ~ActsForPerson,)

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        return Response({"count": Note.objects.count()})


class MeView(APIView):
    """The name of the person the client acts for."""

    permission_classes = (ActsForPerson, HasScopes("profile"))

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        user = request.user
        return Response({"username": user.get_username(), "name": user.get_full_name()})
