"""MCP servers of the suite: one with tools of the SDK, and one function that speaks for itself."""

from typing import Annotated

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.urls import path
from mcp.server.mcpserver import Context
from pydantic import Field

from django_oauthflows.resource_server.mcp import MCPServer, mcp_view
from tests import urls

RESOURCE = "http://testserver/mcp/"
ALLOWED = "https://inspector.example"

server = MCPServer(
    "Notes",
    resource=RESOURCE,
    scopes=["notes:read"],
    origins=[ALLOWED],
    instructions="Notes of one person.",
)
#: The same for clients over the network, at a URL that the test learns when it starts.
live = MCPServer("Live notes", scopes=["notes:read"])
#: Named by the URL it stands at, and open to services.
unnamed = MCPServer("Counter", services=True)


@live.tool
@server.tool
def who_am_i(request: HttpRequest) -> dict[str, str]:
    """Say whose token this is."""
    return {
        "person": request.user.get_username(),
        "client": request.auth.application.client_id,
        "scope": request.auth.scope,
    }


@live.tool(scopes=["notes:write"])
@server.tool(scopes=["notes:write"], title="Rename")
def rename_me(request, name: Annotated[str, Field(max_length=20)]) -> str:
    """Give the person another first name."""
    request.user.first_name = name
    request.user.save(update_fields=["first_name"])
    return f"Hello {name}"


@server.tool
async def count_people(request: HttpRequest) -> int:
    """Count the people of this site."""
    return await get_user_model().objects.acount()


@server.tool(name="fail", scopes="notes:read notes:write")
def fail_in_some_way(request, how: str) -> str:
    request.user.first_name = "half done"
    request.user.save(update_fields=["first_name"])
    if how == "missing":
        raise Http404("No Note matches the given query, of the table secret_notes.")
    if how == "closed":
        raise PermissionDenied("internal reasons")
    if how == "invalid":
        raise ValidationError(["Too long.", "Too loud."])
    raise RuntimeError("the password is hunter2")


@unnamed.tool
def caller(request) -> str:
    return str(request.user)


@unnamed.tool
async def count(request, ctx: Context) -> str:
    """Count to two, and say so on the way."""
    for number in (1, 2):
        await ctx.report_progress(number, 2)
        await ctx.info(f"{number} is done")
    return "done"


@mcp_view(
    scopes=["notes:read"], tool_scopes={"add": ["notes:write"]}, protocol_versions=["2025-06-18"]
)
def by_hand(request, where: str = ""):
    """An endpoint without the SDK."""
    return JsonResponse(
        {"jsonrpc": "2.0", "id": 1, "result": {"where": where, "user": str(request.user)}}
    )


urlpatterns = [
    *urls.urlpatterns,
    path("mcp/", server.view()),
    path("live/mcp/", live.view()),
    path("unnamed/mcp", unnamed.view()),
    path("by-hand/<str:where>/", by_hand),
]
