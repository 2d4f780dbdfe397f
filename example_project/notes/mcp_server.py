"""The notes for AI agents: the same API as an MCP server, behind the same scopes."""

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from django_oauthflows.resource_server.mcp import MCPServer
from example_project.notes.models import Note

server = MCPServer(
    "Notes",
    # The URL that agents are given. Without a public one, it is the URL that was called.
    resource=f"{settings.PUBLIC_URL}/mcp/" if settings.PUBLIC_URL else "",
    scopes=["notes:read"],
    instructions="The notes of the person who let you in.",
)


@server.tool
def list_notes(request: HttpRequest) -> list[dict[str, str]]:
    """List the titles of the person's notes, the newest first, with their ids."""
    notes = Note.objects.filter(owner=request.user)
    return [{"id": str(note.pk), "title": note.title} for note in notes]


@server.tool
def read_note(request: HttpRequest, note_id: int) -> str:
    """Read one note."""
    return get_object_or_404(Note, owner=request.user, pk=note_id).body


@server.tool(scopes=["notes:write"])
def add_note(request: HttpRequest, title: str, body: str) -> str:
    """Write a new note, and return its id."""
    note = Note(owner=request.user, title=title, body=body)
    note.full_clean()
    note.save()
    return str(note.pk)
