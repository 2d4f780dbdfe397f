"""An MCP server of this project: its tools, the scopes they need, and its view."""

import logging
from collections.abc import Callable, Collection
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from rest_framework.request import Request

from django_oauthflows import sealing
from django_oauthflows.resource_server.mcp.exchange import exchange, quiet_manager
from django_oauthflows.resource_server.mcp.messages import asks_for_reports, names_its_version
from django_oauthflows.resource_server.mcp.tools import as_sdk_tool, current_request
from django_oauthflows.resource_server.mcp.views import MCPView

F = TypeVar("F", bound=Callable[..., Any])

#: What the SDK is told here, and nobody else says.
_OURS = frozenset({"auth", "auth_server_provider", "token_verifier", "log_level", "subscriptions"})


class MCPServer:
    """Tools for AI agents, behind access tokens of this site; the official SDK speaks the protocol.

        server = MCPServer("Notes", resource="https://example.com/mcp/", scopes=["notes:read"])

        @server.tool(scopes=["notes:write"])
        def add_note(request, text: str) -> str: ...

        urlpatterns = [path("mcp/", server.view())]

    `resource` is the URL that clients call, to the letter; without it, it is made of the request's path.
    Every message needs `scopes`, a call of a tool that tool's besides. `services` lets in clients that act
    for nobody; `origins` are those of other web pages that may call it. All else goes to the SDK's own
    `MCPServer` (`instructions`, `version`, `icons` …), which is `sdk`: prompts and resources are added there,
    and need `scopes` alone. Raises `ImproperlyConfigured` where the SDK is not installed.
    """

    def __init__(
        self,
        name: str,
        *,
        resource: str = "",
        scopes: Collection[str] = (),
        services: bool = False,
        origins: Collection[str] = (),
        view_class: "type[MCPServerView] | None" = None,
        **options: Any,
    ) -> None:
        if mine := sorted(_OURS & options.keys()):
            raise TypeError(f"{', '.join(mine)}: this server looks after that itself.")
        self.name = name
        self.scopes = _names(scopes)
        self.tool_scopes: dict[str, frozenset[str]] = {}
        self.sdk = _sdk_server(name, options)
        # The SDK hands out what its view runs once it has made an application of its own.
        self.sdk.streamable_http_app(stateless_http=True, json_response=True)
        self._protocol = self.sdk.session_manager.app
        self._attributes = {
            "resource": resource,
            "resource_name": name,
            "scopes": self.scopes,
            "tool_scopes": self.tool_scopes,
            "allows_services": services,
            "allowed_origins": tuple(origins),
            "server": self,
        }
        self._base = view_class or MCPServerView
        if self._base.protocol_versions is MCPView.protocol_versions:
            self._attributes["protocol_versions"] = _versions_of_sdk()

    def tool(self, function: Any = None, *, scopes: Collection[str] = (), **options: Any) -> Any:
        """Register a function as a tool, as a decorator with or without brackets.

        Its first parameter is the request; the others, with their annotations, are the tool's arguments, and
        its docstring is what the model reads. `options` are those of the SDK (`name`, `title`,
        `annotations` …). A failure that the model may read is a Django `ValidationError`, `Http404` or
        `PermissionDenied`, or the SDK's `ToolError`; of any other it is told that there was one.
        """

        def register(function: F) -> F:
            name = options.get("name") or function.__name__
            if name in self.tool_scopes:
                raise ValueError(f"There are two tools of the name {name}.")
            needed = _names(scopes)
            wrapped = as_sdk_tool(function, lambda: self.scopes | needed)
            self.sdk.add_tool(wrapped, **options)
            self.tool_scopes[name] = needed
            return function

        return register if function is None else register(function)

    def view(self) -> Callable[..., Any]:
        """The view for `urls.py`; tools that are registered later are served too."""
        view: Callable[..., Any] = self._base.as_view(**self._attributes)
        return view

    def metadata_view(self) -> Callable[..., Any]:
        """The view of its metadata document, for a site that does not include `django_oauthflows.urls`."""
        kind: type[MCPView] = self.view().cls  # type: ignore[attr-defined]
        return kind.metadata_view()

    def answer(self, request: Request, *, longest: int, with_reports: bool = False) -> HttpResponse:
        """The SDK's answer to the message of a request that was let in."""
        return exchange(self._protocol, request, longest=longest, with_reports=with_reports)


class MCPServerView(MCPView):
    """The view of an `MCPServer`, which has the versions of the SDK.

    A message that names its version itself is the SDK's to refuse: it compares that with the header first.
    """

    server: ClassVar[Any] = None

    def has_version(self, version: str) -> bool:
        return names_its_version(self._message) or super().has_version(version)

    def respond(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = self.server.answer(
            request, longest=self.longest_body, with_reports=asks_for_reports(self._message)
        )
        return answer


def _sdk_server(name: str, options: dict[str, Any]) -> Any:
    try:
        from mcp.server.mcpserver import MCPServer as SDKServer
        from mcp.server.mcpserver import RequestStateSecurity
    except ImportError as error:
        raise ImproperlyConfigured(
            "MCPServer needs the official MCP SDK, version 2.3 or newer: pip install 'django-oauthflows[mcp]'"
        ) from error
    quiet_manager()
    # Every worker can read on where another asked the client something.
    state = RequestStateSecurity(
        keys=sealing.project_keys(sealing.Use.MCP_REQUEST_STATES), bind_principal=_caller
    )
    with _root_logger_left_alone():
        return SDKServer(
            name, **{"request_state_security": state, "subscriptions": False, **options}
        )


def _versions_of_sdk() -> tuple[str, ...]:
    from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS

    return (*HANDSHAKE_PROTOCOL_VERSIONS, *MODERN_PROTOCOL_VERSIONS)


def _caller(context: Any) -> str:
    """Whose token it is: what one person and client were asked is answered by no other."""
    token: Any = current_request.get().auth
    client_id = getattr(token, "client_id", "") or token.application.client_id
    return f"{client_id} {getattr(token, 'subject', None) or getattr(token, 'user_id', None)}"


@contextmanager
def _root_logger_left_alone() -> Any:
    """Keep the SDK from setting up the root logger, which it does where that has no handler."""
    root, placeholder = logging.getLogger(), logging.NullHandler()
    root.addHandler(placeholder)
    try:
        yield
    finally:
        root.removeHandler(placeholder)


def _names(scopes: Collection[str]) -> frozenset[str]:
    """Scopes as they are written: a list, or one text with spaces between them."""
    several = [scopes] if isinstance(scopes, str) else scopes
    return frozenset(name for scope in several for name in scope.split())
