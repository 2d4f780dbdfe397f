"""One view that django-oauth-toolkit's own classes protect."""

from typing import Any

from django.urls import path
from oauth2_provider.contrib.rest_framework import OAuth2Authentication, TokenHasScope
from rest_framework.response import Response
from rest_framework.views import APIView


class Prices(APIView):
    authentication_classes = [OAuth2Authentication]
    permission_classes = [TokenHasScope]
    required_scopes = ["notes:read"]

    def get(self, request: Any) -> Response:
        user = request.user
        return Response({"user": user.get_username() if user else None})


urlpatterns = [path("prices/", Prices.as_view())]
