"""The HTTP side of an MCP server: who may call it, and with which token (MCP Transports, Authorization)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, update_wrapper
from typing import Any, ClassVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from rest_framework.authentication import BaseAuthentication
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from django_oauthflows.core import clock
from django_oauthflows.issuer import host_is_named, issuer_of
from django_oauthflows.resource_server.authentication import OAuth2TokenAuthentication
from django_oauthflows.resource_server.mcp.callers import (
    check_origin,
    let_script_read,
    origins_among,
)
from django_oauthflows.resource_server.mcp.documents import (
    document_url,
    path_of_document,
    resource_at,
)
from django_oauthflows.resource_server.mcp.messages import (
    Unreadable,
    error_response,
    read_message,
    tool_called,
    unsupported_version,
)
from django_oauthflows.resource_server.permissions import ActsForPerson, HasScopes
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.requests import TokenUse
from django_oauthflows.rules.resource_metadata import resource_metadata
from django_oauthflows.rules.tokens import access_token_must_be_meant_for_this_resource

#: The revisions of the protocol that have this transport.
PROTOCOL_VERSIONS = ("2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28")


class _AlwaysJSON(BaseContentNegotiation):
    """Refusals are JSON whatever a client accepts, event streams alone too."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(iter(parsers), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class _BoundAuthentication(OAuth2TokenAuthentication):
    """Takes the tokens that were asked for this MCP server and no others (RFC 8707 §2)."""

    must_be_bound: ClassVar[bool] = True

    def _validated(self, value: str, request: HttpRequest) -> Any:
        is_named = bool(self.resource) or host_is_named(request)
        if not self.resource:
            vars(self)["resource"] = resource_at(request, request.path)
        token = super()._validated(value, request)
        # The Host header alone does not make this server the one a token was asked for (RFC 8707 §2).
        use = TokenUse(exists=True, now=clock.now(), is_meant_for_this_resource=is_named)
        if token.resource:
            enforce((access_token_must_be_meant_for_this_resource,), use)
        return token


class _ScopesOfAllTools:
    """Every scope that some call needs, asked of the class; a server may have got more tools since."""

    def __get__(self, view: "MCPView | None", kind: "type[MCPView]") -> frozenset[str]:
        return kind.scopes_of_tool("").union(*kind.tool_scopes.values())


class MCPView(APIView):
    """One MCP endpoint: a POST holds one JSON-RPC message, and `respond` answers it.

    Before that, the `Origin` is checked (403), then the token (401), its scopes (403 with a challenge that
    names all that the call needs), the size and the JSON of the body (413, 400), and the
    `MCP-Protocol-Version` (400). There are no sessions and no event streams: GET and DELETE are 405, as the
    transport allows. In `respond`, `request.user` and `request.auth` are those of every other protected view.
    """

    #: The identifier of the MCP server (RFC 9728 §1.2): the URL that clients call, to the letter. Empty: the
    #: URL of the request, on the host of the issuer where one is set, else on one that ALLOWED_HOSTS names.
    resource: ClassVar[str] = ""
    #: Its name in the metadata document.
    resource_name: ClassVar[str] = ""
    #: The scopes that every message needs.
    scopes: ClassVar[Collection[str]] = ()
    #: Name of a tool → the scopes that calling it needs besides.
    tool_scopes: ClassVar[Mapping[str, Collection[str]]] = {}
    #: What the metadata document offers.
    scopes_supported = _ScopesOfAllTools()
    #: Origins of web pages that may call it, beside those of its own site.
    allowed_origins: ClassVar[Collection[str]] = ()
    #: What the header may say; empty where `respond` looks itself.
    protocol_versions: ClassVar[Collection[str]] = PROTOCOL_VERSIONS
    #: Let services in that act for nobody (client credentials); `request.user` is then a `ClientPrincipal`.
    allows_services: ClassVar[bool] = False
    #: Refuse tokens that were asked for no resource, as MCP demands of its servers.
    must_be_bound: ClassVar[bool] = True
    #: The longest body, in bytes.
    longest_body: ClassVar[int] = 1024 * 1024

    authentication_classes: Sequence[type[BaseAuthentication]] = (_BoundAuthentication,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = _AlwaysJSON
    versioning_class = None
    #: No part of an OpenAPI document: MCP describes its tools itself.
    schema = None
    http_method_names = ["post", "options"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give each view an authentication that knows its resource, unless the project chose another one."""
        super().__init_subclass__(**kwargs)
        if all(issubclass(one, _BoundAuthentication) for one in cls.authentication_classes):
            own = {"resource": cls.resource, "must_be_bound": cls.must_be_bound}
            cls.authentication_classes = (type(cls.__name__, (_BoundAuthentication,), own),)

    @classmethod
    def as_view(cls, **options: Any) -> Any:
        """Make a class of its own of the options, so that the metadata document and the token know them."""
        if unknown := sorted(name for name in options if not hasattr(cls, name)):
            raise TypeError(f"{cls.__name__} has no {' and no '.join(unknown)}.")
        if options:
            made: Any = type(cls.__name__, (cls,), options)
            return made.as_view()
        return super().as_view()

    def respond(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the message in `request.body`: with JSON, or 202 for a notification."""
        raise NotImplementedError

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if isinstance(self._message, Unreadable):
            refused = self._message
            return error_response(str(refused), status=refused.status, code=refused.code)
        version = request.headers.get("MCP-Protocol-Version")
        if version is not None and not self.has_version(version):
            return unsupported_version(self._message, version, self.protocol_versions)
        return self.respond(request, *args, **kwargs)

    def has_version(self, version: str) -> bool:
        """Whether a message with this version in its header is answered."""
        return not self.protocol_versions or version in self.protocol_versions

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """What a browser asks first (Fetch §4.8); a token is never in that question."""
        return HttpResponse(status=204, headers={"Allow": "POST, OPTIONS"})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        check_origin(request, self._origins)
        if request.method != "OPTIONS":
            super().initial(request, *args, **kwargs)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        let_script_read(answer, request, self._origins)
        answer["Cache-Control"] = "no-store"
        return answer

    def get_permissions(self) -> list[BasePermission]:
        """One question for all the scopes of a call, so that a refusal names them all."""
        needed = self.scopes_of_tool(tool_called(self._message))
        people = () if self.allows_services else (ActsForPerson(),)
        return [*people, HasScopes(*needed) if needed else IsAuthenticated()]

    @classmethod
    def scopes_of_tool(cls, name: str) -> frozenset[str]:
        """The scopes that calling a tool needs; those of every message for a name that is none."""
        return frozenset(cls.scopes) | frozenset(cls.tool_scopes.get(name, ()))

    @classmethod
    def resource_metadata(cls, request: HttpRequest, path: str) -> dict[str, Any]:
        """The RFC 9728 document of this view, where it stands at a path of the host."""
        resource = cls.resource or resource_at(request, path)
        return resource_metadata(
            resource,
            issuer=issuer_of(request),
            scopes=cls.scopes_supported,
            name=cls.resource_name,
        )

    @classmethod
    def metadata_view(cls) -> Callable[[HttpRequest], HttpResponse]:
        """The view of that document, for a site that does not include `django_oauthflows.urls`."""

        @login_not_required
        @require_safe
        def metadata(request: HttpRequest) -> HttpResponse:
            document = cls.resource_metadata(request, path_of_document(request.path))
            return JsonResponse(document, headers={"Access-Control-Allow-Origin": "*"})

        return metadata

    def resource_metadata_url(self) -> str:
        """The URL of that document, for the challenge (RFC 9728 §5.1)."""
        return document_url(self._resource)

    @property
    def _resource(self) -> str:
        return self.resource or resource_at(self.request, self.request.path)

    @property
    def _origins(self) -> frozenset[str]:
        """Those that were named. A host that nobody named is what a rebound name looks like."""
        is_named = bool(self.resource) or host_is_named(self.request)
        return origins_among([*self.allowed_origins, *([self._resource] if is_named else ())])

    @cached_property
    def _message(self) -> Any:
        try:
            return read_message(self.request, longest=self.longest_body)
        except Unreadable as unreadable:
            return unreadable


def mcp_view(**options: Any) -> Callable[[Callable[..., HttpResponse]], Callable[..., Any]]:
    """Make an MCP endpoint of a function that takes a request and answers its message.

        @mcp_view(resource="https://example.com/mcp/", scopes=["notes:read"])
        def notes(request): ...

    The options are the attributes of `MCPView`.
    """

    def decorate(function: Callable[..., HttpResponse]) -> Callable[..., Any]:
        def respond(self: MCPView, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            return function(request, *args, **kwargs)

        made: Any = type(function.__name__, (MCPView,), {"respond": respond})
        view = made.as_view(**options)
        return update_wrapper(view, function, assigned=("__doc__", "__module__"), updated=())

    return decorate
