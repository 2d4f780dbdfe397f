"""What the runner's scenarios read: tools, resources and prompts that answer at once."""

import asyncio
import base64
import json
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp_types import (
    AudioContent,
    Completion,
    EmbeddedResource,
    ImageContent,
    TextContent,
    TextResourceContents,
)
from pydantic import Field

from django_oauthflows.resource_server.mcp import MCPServer

#: One pixel, and one sample of silence.
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
WAV = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA=="


def text(value: str) -> TextContent:
    return TextContent(type="text", text=value)


def image() -> ImageContent:
    return ImageContent(type="image", data=PNG, mime_type="image/png")


def embedded(uri: str, value: str, mime_type: str = "text/plain") -> EmbeddedResource:
    contents = TextResourceContents(uri=uri, mime_type=mime_type, text=value)
    return EmbeddedResource(type="resource", resource=contents)


def add_content(server: MCPServer) -> None:
    _add_tools(server)
    _add_tools_that_report(server)
    _add_resources(server)
    _add_prompts(server)


def _add_tools(server: MCPServer) -> None:
    @server.tool(name="test_simple_text")
    def simple_text(request) -> str:
        """Answer with a text."""
        return "This is a simple text response for testing."

    @server.tool(name="test_image_content")
    def image_content(request) -> list[ImageContent]:
        """Answer with a picture."""
        return [image()]

    @server.tool(name="test_audio_content")
    def audio_content(request) -> list[AudioContent]:
        """Answer with a sound."""
        return [AudioContent(type="audio", data=WAV, mime_type="audio/wav")]

    @server.tool(name="test_embedded_resource")
    def embedded_resource(request) -> list[EmbeddedResource]:
        """Answer with a resource."""
        return [embedded("test://embedded-resource", "This is an embedded resource content.")]

    @server.tool(name="test_multiple_content_types")
    def several(request) -> list[TextContent | ImageContent | EmbeddedResource]:
        """Answer with a text, a picture and a resource."""
        data = json.dumps({"test": "data", "value": 123})
        return [
            text("Multiple content types test:"),
            image(),
            embedded("test://mixed-content-resource", data, "application/json"),
        ]

    @server.tool(name="test_error_handling")
    def fails(request) -> str:
        """Fail always."""
        raise RuntimeError("This tool intentionally returns an error for testing")

    @server.tool(name="test_headers")
    def with_a_header(
        request, region: Annotated[str, Field(json_schema_extra={"x-mcp-header": "Region"})]
    ) -> str:
        """Take an argument that clients repeat in a header (SEP-2243)."""
        return region


def _add_tools_that_report(server: MCPServer) -> None:
    @server.tool(name="test_tool_with_logging")
    async def logs(request, ctx: Context) -> str:
        """Send three log messages."""
        for message in ("started", "processing data", "completed"):
            await ctx.info(f"Tool execution {message}")
            await asyncio.sleep(0.05)
        return "Three messages were sent."

    @server.tool(name="test_logging_tool")
    async def logs_once(request, ctx: Context) -> str:
        """Send one log message."""
        await ctx.info("Nobody may have asked for this.")
        return "A message was sent."

    @server.tool(name="test_tool_with_progress")
    async def progresses(request, ctx: Context) -> str:
        """Report three steps."""
        for done in (0, 50, 100):
            await ctx.report_progress(done, 100)
            await asyncio.sleep(0.05)
        return "Three steps were reported."


def _add_resources(server: MCPServer) -> None:
    @server.sdk.resource("test://static-text", mime_type="text/plain")
    def static_text() -> str:
        """A text."""
        return "This is the content of the static text resource."

    @server.sdk.resource("test://static-binary", mime_type="image/png")
    def static_binary() -> bytes:
        """A picture."""
        return base64.b64decode(PNG)

    @server.sdk.resource("test://template/{id}/data", mime_type="application/json")
    def template(id: str) -> str:
        """Data of an id."""
        return json.dumps({"id": id, "templateTest": True, "data": f"Data for ID: {id}"})


def _add_prompts(server: MCPServer) -> None:
    @server.sdk.prompt(name="test_simple_prompt")
    def simple() -> str:
        """One message."""
        return "This is a simple prompt for testing."

    @server.sdk.prompt(name="test_prompt_with_arguments")
    def with_arguments(arg1: str, arg2: str) -> str:
        """One message of two arguments."""
        return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"

    @server.sdk.prompt(name="test_prompt_with_embedded_resource")
    def with_resource(resourceUri: str) -> list[Any]:
        """A resource, and what to do with it."""
        return [
            embedded(resourceUri, "Embedded resource content for testing."),
            "Please process the embedded resource above.",
        ]

    @server.sdk.prompt(name="test_prompt_with_image")
    def with_image() -> list[Any]:
        """A picture, and what to do with it."""
        return [image(), "Please analyze the image above."]

    @server.sdk.completion()
    async def complete(reference: Any, argument: Any, context: Any) -> Completion:
        """What may follow the beginning of an argument."""
        known = ("paris", "park", "test value")
        return Completion(values=[one for one in known if one.startswith(argument.value)])
