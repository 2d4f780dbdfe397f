"""The public keys of a client, as they were understood."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from django_oauthflows.api import reach
from django_oauthflows.api.describing import described
from django_oauthflows.api.view import ManagementView
from django_oauthflows.clients.key_pages import KeySetShown, understood_of
from django_oauthflows.resource_server import HasScopes


class UnderstoodKey(serializers.Serializer[Any]):
    """One key. `size` is bits or a curve; `wrong` says why it cannot be used."""

    kid = serializers.CharField()
    kty = serializers.CharField()
    alg = serializers.CharField()
    use = serializers.CharField()
    size = serializers.CharField()
    wrong = serializers.CharField()

    example: ClassVar = {
        "kid": "2026-03",
        "kty": "EC",
        "alg": "ES256",
        "use": "sig",
        "size": "P-256",
        "wrong": "",
    }


class KeySetShape(serializers.Serializer[Any]):
    """The keys themselves, or those at `uri`, if they were ever fetched."""

    uri = serializers.CharField()
    was_fetched = serializers.BooleanField()
    keys = UnderstoodKey(many=True)

    example: ClassVar = {"uri": "", "was_fetched": True, "keys": [UnderstoodKey.example]}


class KeysOfClient(ManagementView):
    permission_classes = (HasScopes(GET="oauthflows:clients:read"),)

    @described(
        "list_client_keys",
        "Say how a client's public keys were understood",
        answers=KeySetShape,
        fails={404: "No such client."},
    )
    def get(self, request: Request, key: str) -> Response:
        policy = getattr(reach.client(request, key), "oauthflows_policy", None)
        shown = understood_of(policy) or KeySetShown(keys=())
        return Response(self.shown(KeySetShape, shown))
