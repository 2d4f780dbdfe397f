"""A site with a view that takes sessions, and tokens too."""

from django.urls import include, path
from rest_framework.authentication import SessionAuthentication
from rest_framework.views import APIView

from django_oauthflows.resource_server import HasScopes, OAuth2TokenAuthentication
from tests.urls import urlpatterns as of_the_suite


class SessionsFirst(APIView):
    authentication_classes = [SessionAuthentication, OAuth2TokenAuthentication]
    permission_classes = [HasScopes("notes:read")]


class TokensFirst(APIView):
    authentication_classes = [OAuth2TokenAuthentication, SessionAuthentication]
    permission_classes = [HasScopes("notes:read")]


urlpatterns = [
    path("", include("django_oauthflows.urls")),
    path("sessions-first/", SessionsFirst.as_view()),
    path("tokens-first/", TokensFirst.as_view()),
    *of_the_suite,
]
