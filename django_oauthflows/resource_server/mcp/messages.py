"""One JSON-RPC message in the body of a request, and errors in the same form (JSON-RPC 2.0 §5.1)."""

import json
from collections.abc import Collection
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse

from django_oauthflows.strict_json import Strict

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
#: Of MCP, since its revision 2026-07-28.
UNSUPPORTED_VERSION = -32022
#: Members of `_meta` by which a client asks to be told something before the result.
_VERSION = "io.modelcontextprotocol/protocolVersion"
_REPORTS = frozenset({"progressToken", "io.modelcontextprotocol/logLevel"})


class Unreadable(Exception):
    """The body holds no message: too long, or no JSON that everybody reads alike."""

    def __init__(self, sentence: str, *, status: int, code: int) -> None:
        super().__init__(sentence)
        self.status, self.code = status, code


def read_message(request: HttpRequest, *, longest: int) -> Any:
    """The JSON value of the body, whatever it is. Raises `Unreadable`.

    What two parsers could read differently is refused, so that the tool whose scopes are asked is the tool
    that is called.
    """
    declared = request.META.get("CONTENT_LENGTH") or "0"
    try:
        body = request.body if int(declared) <= longest else None
    except (RequestDataTooBig, ValueError):
        body = None
    if body is None or len(body) > longest:
        raise Unreadable("The request body is too large.", status=413, code=INVALID_REQUEST)
    try:
        return json.loads(body.decode(), cls=Strict)
    except (ValueError, RecursionError):
        raise Unreadable("The body is no JSON.", status=400, code=PARSE_ERROR) from None


def tool_called(message: Any) -> str:
    """The name of the tool that a message calls; empty for every other message."""
    if not isinstance(message, dict) or message.get("method") != "tools/call":
        return ""
    parameters = message.get("params")
    name = parameters.get("name") if isinstance(parameters, dict) else None
    return name if isinstance(name, str) else ""


def asks_for_reports(message: Any) -> bool:
    """Whether the sender wants progress or log messages before the result (MCP, Progress and Logging)."""
    return not _REPORTS.isdisjoint(_meta_of(message))


def names_its_version(message: Any) -> bool:
    """Whether it says its version itself, beside the header, as messages do since the revision 2026-07-28."""
    return _VERSION in _meta_of(message)


def _meta_of(message: Any) -> dict[str, Any]:
    parameters = message.get("params") if isinstance(message, dict) else None
    meta = parameters.get("_meta") if isinstance(parameters, dict) else None
    return meta if isinstance(meta, dict) else {}


def unsupported_version(message: Any, requested: str, versions: Collection[str]) -> HttpResponse:
    """The answer to a message of a version that the server has not; it names those that it has."""
    spoken = sorted(versions)
    number = message.get("id") if isinstance(message, dict) else None
    error = {
        "code": UNSUPPORTED_VERSION,
        "message": f"Unsupported MCP-Protocol-Version. This server has {', '.join(spoken)}.",
        "data": {"supported": spoken, "requested": requested},
    }
    known = number if isinstance(number, str | int) and not isinstance(number, bool) else None
    return JsonResponse({"jsonrpc": "2.0", "id": known, "error": error}, status=400)


def error_response(sentence: str, *, status: int, code: int = INVALID_REQUEST) -> HttpResponse:
    """An error that belongs to no message: it has no id."""
    error = {"code": code, "message": sentence}
    return JsonResponse({"jsonrpc": "2.0", "id": None, "error": error}, status=status)
