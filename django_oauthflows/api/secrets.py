"""The secrets of a client: listed by their labels, added, replaced, retired. Each is told once."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from django_oauthflows.api import limits, reach
from django_oauthflows.api.describing import described
from django_oauthflows.api.shapes import Strict
from django_oauthflows.api.view import ManagementView
from django_oauthflows.clients import secrets
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.clients.secret_list import listed
from django_oauthflows.core import clock
from django_oauthflows.core.text import validate_name
from django_oauthflows.resource_server import HasScopes

WRITES = HasScopes(POST="oauthflows:secrets:write")
#: How long a secret may go on beside the one that takes its place, in seconds.
USUAL_OVERLAP, LONGEST_OVERLAP = 7 * 86400, 90 * 86400

_NO_SECRET = {404: "No such client, or no live secret of it."}


class SecretShape(serializers.Serializer[Any]):
    """A secret: all but the secret."""

    id = serializers.IntegerField(source="secret.pk")
    label = serializers.CharField(source="secret.label")  # type: ignore[assignment]
    created = serializers.DateTimeField(source="secret.created")
    expires = serializers.DateTimeField(source="secret.expires", allow_null=True)
    retired = serializers.DateTimeField(source="secret.retired", allow_null=True)
    last_used = serializers.DateTimeField(source="secret.last_used", allow_null=True)
    is_live = serializers.BooleanField(source="secret.is_live")
    is_readable = serializers.SerializerMethodField()
    is_older = serializers.BooleanField(help_text="A newer one is live.")
    is_still_used = serializers.BooleanField(help_text="It was used after a newer one was made.")

    example: ClassVar = {
        "id": 3,
        "label": "production",
        "created": "2026-03-01T08:00:00Z",
        "expires": None,
        "retired": None,
        "last_used": "2026-03-02T08:00:00Z",
        "is_live": True,
        "is_readable": False,
        "is_older": False,
        "is_still_used": False,
    }

    def get_is_readable(self, row: Any) -> bool:
        return bool(row.secret.sealed)


class MadeSecret(serializers.Serializer[Any]):
    """A secret that was just made. It is told nowhere again."""

    client_id = serializers.CharField()
    client_secret = serializers.CharField()

    example: ClassVar = {"client_id": "3xAmPl3", "client_secret": "(shown once)"}


class NewSecret(Strict):
    """One more secret. The server makes it."""

    label = serializers.CharField(max_length=100, validators=[validate_name])  # type: ignore[assignment]
    expires = serializers.DateTimeField(required=False, allow_null=True, default=None)
    keep_readable = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Keep it, encrypted, for a client that signs with its secret.",
    )

    example: ClassVar = {"label": "production", "expires": "2027-03-01T08:00:00Z"}

    def validate_expires(self, value: datetime | None) -> datetime | None:
        if value is not None and value <= clock.now():
            raise serializers.ValidationError(_("That moment has passed."))
        return value


class Rotation(Strict):
    """How long the old secret goes on working beside the new one."""

    overlap = serializers.IntegerField(
        required=False,
        default=USUAL_OVERLAP,
        min_value=0,
        max_value=LONGEST_OVERLAP,
        help_text="Seconds: a week unless told otherwise.",
    )

    example: ClassVar = {"overlap": 86400}


class Secrets(ManagementView):
    permission_classes = (
        HasScopes(GET="oauthflows:clients:read", POST="oauthflows:secrets:write"),
    )

    @described(
        "list_secrets",
        "List a client's secrets by their labels, the newest first",
        answers=SecretShape(many=True),
        fails={404: "No such client."},
    )
    def get(self, request: Request, key: str) -> Response:
        application = reach.client(request, key)
        return Response(self.shown(SecretShape, listed(application), many=True))

    @described(
        "add_secret",
        "Give a client one more secret, told in this answer alone",
        takes=NewSecret,
        answers=MadeSecret,
        status=201,
        fails={404: "No such client."},
    )
    def post(self, request: Request, key: str) -> Response:
        application = _rotatable(request, key)
        said = self.read(NewSecret)
        made = secrets.add(
            application,
            label=said["label"],
            expires=said["expires"],
            is_readable=said["keep_readable"],
            **reach.actor(request),
        )
        return _told(self, application, made)


class RotateSecret(ManagementView):
    permission_classes = (WRITES,)

    @described(
        "rotate_secret",
        "Make a secret in place of another, which works for a while yet",
        takes=Rotation,
        answers=MadeSecret,
        status=201,
        fails=_NO_SECRET,
    )
    def post(self, request: Request, key: str, secret: int) -> Response:
        application = _rotatable(request, key)
        overlap = timedelta(seconds=self.read(Rotation)["overlap"])
        old = _live(application, secret)
        made = secrets.rotate(old, overlap=overlap, **reach.actor(request))
        return _told(self, application, made)


class RetireSecret(ManagementView):
    permission_classes = (WRITES,)

    @described("retire_secret", "End a secret now", status=204, fails=_NO_SECRET)
    def post(self, request: Request, key: str, secret: int) -> Response:
        application = reach.client(request, key, Deed.RETIRE)
        secrets.retire(_live(application, secret), **reach.actor(request))
        return Response(status=204)


def _rotatable(request: Request, key: str) -> Any:
    application = reach.client(request, key, Deed.ROTATE)
    limits.must_be_ordinary(request, application)
    return application


def _live(application: Any, secret: int) -> ClientSecret:
    live = ClientSecret.objects.select_related("application").live()
    found: ClientSecret = get_object_or_404(live, pk=secret, application_id=application.pk)
    return found


def _told(view: ManagementView, application: Any, made: str) -> Response:
    told = {"client_id": application.client_id, "client_secret": made}
    return Response(view.shown(MadeSecret, told), status=201)
