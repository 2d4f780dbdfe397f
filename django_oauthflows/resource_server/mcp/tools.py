"""A tool is written as a Django view is: its first parameter is the request, the others are the arguments."""

import inspect
import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.views import set_rollback

from django_oauthflows.resource_server.permissions import scopes_of

#: The request whose message is being answered.
current_request: ContextVar[Request] = ContextVar("oauthflows_mcp_request")

Function = Callable[..., Any]

#: What a tool raises as a view does, and the model is told.
_TOLD = (Http404, PermissionDenied, ValidationError, APIException)


def as_sdk_tool(function: Function, scopes_needed: Callable[[], frozenset[str]]) -> Function:
    """The function as the SDK takes it: asynchronous, and without the request among its arguments.

    Plain functions run in the thread of the request, with its database connections and its transaction. The
    scopes are asked once more, of the token of that very request. The writes of a tool that fails are undone
    where the project has ATOMIC_REQUESTS, as DRF does for views. Raises `TypeError` where a function takes no
    request.
    """
    from mcp.server.mcpserver.exceptions import ToolError

    run: Function = function if iscoroutinefunction(function) else sync_to_async(function)
    undo = sync_to_async(set_rollback)

    async def call(**arguments: Any) -> Any:
        request = current_request.get()
        if not scopes_needed() <= (scopes_of(request) or frozenset()):
            raise ToolError("The access token does not have the scopes of this tool.")
        try:
            return await run(request, **arguments)
        except _TOLD as error:
            await undo()
            raise ToolError(_sentence_of(error)) from error
        except Exception:
            await undo()
            raise

    _describe(call, function)
    return call


def _describe(call: Any, function: Function) -> None:
    """Give the wrapper the signature of the function without its first parameter, for the SDK's schema."""
    first, *others = inspect.signature(function).parameters.values() or (None,)
    if first is None or first.kind not in (first.POSITIONAL_ONLY, first.POSITIONAL_OR_KEYWORD):
        raise TypeError(
            f"The tool {function.__name__} has to take the request first, as a view does."
        )
    call.__name__, call.__qualname__ = function.__name__, function.__qualname__
    call.__module__, call.__doc__ = function.__module__, function.__doc__
    named = {name: kind for name, kind in function.__annotations__.items() if name != first.name}
    call.__annotations__ = named
    # Of these alone: what the request is annotated with may be imported for type checkers only.
    call.__annotations__ = kinds = inspect.get_annotations(
        call, globals=getattr(function, "__globals__", {}), eval_str=True
    )
    call.__signature__ = inspect.Signature(
        [one.replace(annotation=kinds.get(one.name, one.empty)) for one in others],
        return_annotation=kinds.get("return", inspect.Signature.empty),
    )


def _sentence_of(error: Exception) -> str:
    """What the model is told: of a page that is missing or closed, no more than that."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, APIException):
        return error.detail if isinstance(error.detail, str) else json.dumps(error.detail)
    return "Not found." if isinstance(error, Http404) else "Not permitted."
