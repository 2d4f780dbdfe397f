"""MCP servers with mistakes: at another place than they say, with a scope that nobody can have."""

from django.http import JsonResponse
from django.urls import path

from django_oauthflows.resource_server.mcp import mcp_view
from tests import urls


def answer(request: object) -> JsonResponse:
    return JsonResponse({})


SCOPES = ["notes:read"]

urlpatterns = [
    *urls.urlpatterns,
    path("good/", mcp_view(resource="https://testserver/good/", scopes=SCOPES)(answer)),
    path("unnamed/", mcp_view(scopes=SCOPES)(answer)),
    path("slash/", mcp_view(resource="https://testserver/slash")(answer)),
    path("scope/", mcp_view(resource_name="Tools", tool_scopes={"one": ["notes:raed"]})(answer)),
]
