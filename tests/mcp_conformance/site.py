"""A site with one MCP server that has all that the runner's scenarios look for."""

from django.urls import path

from django_oauthflows.resource_server.mcp import MCPServer
from tests import urls
from tests.mcp_conformance.asking import add_questions
from tests.mcp_conformance.content import add_content

#: Named by the URL it is called at: the test learns the port of its front when that starts.
server = MCPServer("Everything", scopes=["notes:read"], version="1.0")
add_content(server)
add_questions(server)

urlpatterns = [*urls.urlpatterns, path("mcp/", server.view())]
