"""An MCP server of a site that is no authorization server, and serves its metadata itself."""

from django.urls import path

from django_oauthflows.resource_server.mcp import MCPServer

server = MCPServer("Tools", resource="https://tools.example.com/tools/mcp/", scopes=["tools:use"])

urlpatterns = [
    path("tools/mcp/", server.view()),
    path(".well-known/oauth-protected-resource/tools/mcp/", server.metadata_view()),
]
