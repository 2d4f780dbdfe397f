"""Tools and a prompt that need an answer of the client before theirs (SEP-2322, protocol 2026-07-28)."""

from typing import Any

from mcp.server.mcpserver import Context
from mcp.shared.exceptions import MCPError
from mcp_types import (
    MISSING_REQUIRED_CLIENT_CAPABILITY,
    CreateMessageRequest,
    CreateMessageRequestParams,
    ElicitRequest,
    ElicitRequestFormParams,
    InputRequiredResult,
    ListRootsRequest,
    RequestParams,
    SamplingMessage,
    TextContent,
)

from django_oauthflows.resource_server.mcp import MCPServer


def elicit(message: str, name: str, kind: str = "string") -> ElicitRequest:
    schema = {"type": "object", "properties": {name: {"type": kind}}, "required": [name]}
    return ElicitRequest(params=ElicitRequestFormParams(message=message, requested_schema=schema))


def sample(words: str, max_tokens: int = 100) -> CreateMessageRequest:
    message = SamplingMessage(role="user", content=TextContent(type="text", text=words))
    return CreateMessageRequest(
        params=CreateMessageRequestParams(messages=[message], max_tokens=max_tokens)
    )


def roots() -> ListRootsRequest:
    return ListRootsRequest(params=RequestParams())


def needed(requests: dict[str, Any], state: str | None = None) -> InputRequiredResult:
    return InputRequiredResult(input_requests=requests, request_state=state)


def answer(ctx: Context, key: str) -> Any:
    """What the client answered to a question, or nothing."""
    return (ctx.input_responses or {}).get(key)


def filled_in(ctx: Context, key: str, name: str) -> Any:
    """One field of an accepted form."""
    content = getattr(answer(ctx, key), "content", None)
    return content.get(name) if isinstance(content, dict) else None


NAME = {"user_name": elicit("What is your name?", "name")}


def add_questions(server: MCPServer) -> None:
    _add_single_questions(server)
    _add_rounds(server)
    _add_by_capability(server)

    @server.sdk.prompt(name="test_input_required_result_prompt")
    async def prompt(ctx: Context) -> Any:
        """A prompt about a context that is asked for."""
        said = filled_in(ctx, "user_context", "context")
        if said is None:
            question = elicit("What context should the prompt use?", "context")
            return needed({"user_context": question})
        return f"Use the context {said}."


def _add_single_questions(server: MCPServer) -> None:
    @server.tool(name="test_input_required_result_elicitation")
    async def elicitation(request, ctx: Context) -> str | InputRequiredResult:
        """Greet somebody by the name that is asked for."""
        name = filled_in(ctx, "user_name", "name")
        return f"Hello, {name}!" if isinstance(name, str) else needed(NAME)

    @server.tool(name="test_streaming_elicitation")
    async def reporting(request, ctx: Context) -> str | InputRequiredResult:
        """Report a step, and ask then."""
        await ctx.report_progress(1, 2)
        name = filled_in(ctx, "user_name", "name")
        return f"Hello, {name}!" if isinstance(name, str) else needed(NAME)

    @server.tool(name="test_input_required_result_sampling")
    async def sampling(request, ctx: Context) -> str | InputRequiredResult:
        """Say what the client's model answers."""
        said = answer(ctx, "capital_question")
        if said is None:
            return needed({"capital_question": sample("What is the capital of France?")})
        return str(said.content.text)

    @server.tool(name="test_input_required_result_list_roots")
    async def list_roots(request, ctx: Context) -> str | InputRequiredResult:
        """Say which roots the client has."""
        said = answer(ctx, "client_roots")
        if said is None:
            return needed({"client_roots": roots()})
        return ", ".join(str(root.uri) for root in said.roots)

    @server.tool(name="test_input_required_result_multiple_inputs")
    async def several(request, ctx: Context) -> str | InputRequiredResult:
        """Ask three things at once."""
        questions = {
            **NAME,
            "greeting": sample("Generate a greeting", 50),
            "client_roots": roots(),
        }
        if questions.keys() - (ctx.input_responses or {}).keys():
            return needed(questions, "asked")
        return f"All of it was answered by {filled_in(ctx, 'user_name', 'name')}."


def _add_rounds(server: MCPServer) -> None:
    async def confirmed(request, ctx: Context) -> str | InputRequiredResult:
        """Confirm; what was asked is remembered by the client, sealed."""
        if answer(ctx, "confirm") is None or ctx.request_state != "asked":
            return needed({"confirm": elicit("Please confirm", "ok", "boolean")}, "asked")
        return "state-ok"

    for name in ("request_state", "tampered_state"):
        server.tool(confirmed, name=f"test_input_required_result_{name}")

    @server.tool(name="test_input_required_result_multi_round")
    async def rounds(request, ctx: Context) -> str | InputRequiredResult:
        """Ask twice, one after the other."""
        name, _, _ = (ctx.request_state or "").partition("|")
        if color := filled_in(ctx, "step2", "color"):
            return f"{name} likes {color}."
        if name := filled_in(ctx, "step1", "name"):
            question = elicit("Step 2: What is your favorite color?", "color")
            return needed({"step2": question}, f"{name}|2")
        return needed({"step1": elicit("Step 1: What is your name?", "name")}, "|1")


def _add_by_capability(server: MCPServer) -> None:
    @server.tool(name="test_input_required_result_capabilities")
    async def what_it_can(request, ctx: Context) -> str | InputRequiredResult:
        """Ask only what the client says it can answer."""
        can: Any = ctx.client_capabilities
        questions: dict[str, Any] = {
            **(NAME if can and can.elicitation else {}),
            **({"greeting": sample("Generate a greeting")} if can and can.sampling else {}),
        }
        if not questions or ctx.input_responses:
            return "Nothing is left to ask."
        return needed(questions)

    @server.tool(name="test_missing_capability")
    async def samples(request, ctx: Context) -> str:
        """Refuse clients without a model."""
        can: Any = ctx.client_capabilities
        if can is None or can.sampling is None:
            raise MCPError(
                MISSING_REQUIRED_CLIENT_CAPABILITY,
                "This tool needs a client with a model.",
                {"requiredCapabilities": {"sampling": {}}},
            )
        return "The client has a model."
