"""A small API, protected by our classes and by django-oauth-toolkit's. Each view says who called it."""

from oauth2_provider.contrib.rest_framework import OAuth2Authentication, TokenHasScope
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from django_oauthflows.resource_server import (
    ActsForPerson,
    HasScopes,
    LocalJWTAuthentication,
    OAuth2TokenAuthentication,
)


class WhoCalled(APIView):
    """Answers with the person, the client and the scopes of the token; nulls without a token."""

    def get(self, request: Request) -> Response:
        token = request.auth
        return Response(
            {
                "person": getattr(request.user, "username", "") or None,
                "client_id": token.application.client_id if token else None,
                "scope": token.scope if token else None,
            }
        )

    post = get


class Notes(WhoCalled):
    authentication_classes = (OAuth2TokenAuthentication,)
    permission_classes = (HasScopes(GET="notes:read", POST="notes:write"),)


class Own(WhoCalled):
    authentication_classes = (OAuth2TokenAuthentication,)
    permission_classes = (ActsForPerson & HasScopes("notes:read"),)


class Open(WhoCalled):
    authentication_classes = (OAuth2TokenAuthentication,)
    permission_classes = (AllowAny,)


class Local(APIView):
    """Answers with what a token says by itself."""

    authentication_classes = (LocalJWTAuthentication,)
    permission_classes = (HasScopes("notes:read"),)

    def get(self, request: Request) -> Response:
        return Response(
            {
                "person": request.user.pk,
                "client_id": request.auth.client_id,
                "scope": request.auth.scope,
            }
        )


class LocalOwn(Local):
    permission_classes = (ActsForPerson & HasScopes("notes:read"),)


class Stock(WhoCalled):
    authentication_classes = (OAuth2Authentication,)
    permission_classes = (TokenHasScope,)
    required_scopes = ("notes:read",)
