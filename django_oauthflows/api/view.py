"""What every view of this API is: an access token in, JSON out, and nothing of the project's defaults."""

from io import BytesIO
from typing import Any

from django.db import Error
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from django_oauthflows.api import limits
from django_oauthflows.api.bodies import JSONBody, whole_body
from django_oauthflows.core.outage import Outage, is_outage, noted
from django_oauthflows.resource_server import OAuth2TokenAuthentication
from django_oauthflows.resource_server.outages import unavailable


class JSONLines(JSONRenderer):
    """What is streamed as JSON Lines renders itself; a refusal is JSON."""

    media_type = "application/jsonl"
    format = "jsonl"


class OneAnswer(BaseContentNegotiation):
    """Each view answers in one way: what the Accept header or `?format=` say is not asked."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


class ManagementView(APIView):
    """Takes our access tokens alone. Throttles are the project's (`DEFAULT_THROTTLE_CLASSES`)."""

    authentication_classes = (OAuth2TokenAuthentication,)
    renderer_classes = (JSONRenderer,)
    parser_classes = (JSONBody,)
    content_negotiation_class = OneAnswer
    versioning_class = None
    #: An instance of `HasScopes` stands among the classes: it is called as one.
    permission_classes: Any = ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        limits.must_still_hold(request)
        # In every request, also where no member is read: half a request is none. DRF takes a body that has
        # no Content-Length for an empty one, so it is handed on from here.
        body = whole_body(request)
        stream: Any = BytesIO(body) if body else None
        request._stream = stream

    def handle_exception(self, exc: Exception) -> Response:
        """Answer 503 where the database or the cache is away, and as DRF does otherwise."""
        if isinstance(exc, Error) and is_outage(exc):
            exc = noted(exc)
        if isinstance(exc, Outage):
            exc = unavailable(self.request, exc)
        return super().handle_exception(exc)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Nothing of this is for a cache (RFC 6750 §5.3)."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    def read(self, kind: type[BaseSerializer[Any]], **options: Any) -> dict[str, Any]:
        """The body as a form describes it. Raises `ValidationError`."""
        form = kind(data=self.request.data, context={"request": self.request}, **options)
        form.is_valid(raise_exception=True)
        said: dict[str, Any] = form.validated_data
        return said

    def shown(self, kind: type[BaseSerializer[Any]], found: Any, *, many: bool = False) -> Any:
        """Rows as a form describes them."""
        return kind(found, many=many, context={"request": self.request}).data
