"""The keys this server signs with: their public parts, and the next step of their life."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from django_oauthflows.api import reach
from django_oauthflows.api.describing import described
from django_oauthflows.api.pagination import page
from django_oauthflows.api.queries import ListQuery
from django_oauthflows.api.shapes import Strict
from django_oauthflows.api.view import ManagementView
from django_oauthflows.keys.algorithms import ALGORITHMS
from django_oauthflows.keys.models import State
from django_oauthflows.keys.rotation import rotate
from django_oauthflows.resource_server import HasScopes
from django_oauthflows.tokens.lifetimes import longest_access_token_lifetime


class KeyQuery(ListQuery):
    """Which keys."""

    orders = ("-announced", "announced")

    algorithm = serializers.ChoiceField(choices=sorted(ALGORITHMS), required=False)
    state = serializers.ChoiceField(choices=State.values, required=False)


class SigningKeyShape(serializers.Serializer[Any]):
    """A key, and its public part as the key set has it."""

    kid = serializers.CharField()
    algorithm = serializers.CharField()
    state = serializers.ChoiceField(choices=State.values)
    public = serializers.DictField()
    announced = serializers.DateTimeField()
    signing_since = serializers.DateTimeField(allow_null=True)
    retired = serializers.DateTimeField(allow_null=True)

    example: ClassVar = {
        "kid": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
        "algorithm": "ES256",
        "state": "signing",
        "public": {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig"},
        "announced": "2026-03-01T08:00:00Z",
        "signing_since": "2026-03-02T08:00:00Z",
        "retired": None,
    }


class KeyRotation(Strict):
    """Which keys, and whether their ages count."""

    algorithm = serializers.ChoiceField(choices=sorted(ALGORITHMS), required=False, default="")
    at_once = serializers.BooleanField(
        required=False,
        default=False,
        help_text="The next key signs now, whatever the ages: for a key that others may know.",
    )

    example: ClassVar = {"algorithm": "ES256"}


class KeyRotationDone(serializers.Serializer[Any]):
    """What was done, a sentence each; none where nothing was due."""

    done = serializers.ListField(child=serializers.CharField())

    example: ClassVar = {"done": ["ES256 NzbLsXh8 was announced."]}


class SigningKeys(ManagementView):
    permission_classes = (HasScopes(GET="oauthflows:keys:read"),)

    @described("list_keys", "List the signing keys", page_of=SigningKeyShape, query=KeyQuery)
    def get(self, request: Request) -> Response:
        rows = reach.keys(request, "oauthflows.view_signingkey")
        return page(request, rows, KeyQuery, SigningKeyShape)


class RotateSigningKeys(ManagementView):
    permission_classes = (HasScopes(POST="oauthflows:keys:write"),)

    @described(
        "rotate_keys",
        "Take every step that is due: announce, sign, retire",
        takes=KeyRotation,
        answers=KeyRotationDone,
    )
    def post(self, request: Request) -> Response:
        reach.keys(request, "oauthflows.change_signingkey")
        said = self.read(KeyRotation)
        done = rotate(**said, keep=longest_access_token_lifetime(), **reach.actor(request))
        return Response(self.shown(KeyRotationDone, {"done": done}))
