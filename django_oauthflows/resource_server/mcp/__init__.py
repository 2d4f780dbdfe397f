"""MCP servers in a Django project: the Model Context Protocol behind access tokens (Streamable HTTP).

`MCPServer` has tools and a view, and needs the extra `mcp`, the official SDK. `MCPView` and `mcp_view` do the
HTTP and the authorization alone, for a view that speaks the protocol by itself.
"""

from django_oauthflows.resource_server.mcp.server import MCPServer
from django_oauthflows.resource_server.mcp.views import MCPView, mcp_view

__all__ = ["MCPServer", "MCPView", "mcp_view"]
