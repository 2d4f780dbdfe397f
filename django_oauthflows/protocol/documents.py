"""The shape of documents that anybody may read: metadata, and the keys that signatures are verified with."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from django_oauthflows.protocol import cors

View = Callable[..., HttpResponse]

#: Seconds for which anybody may keep a document that says nothing else.
_FRESH = 300


def public_document(view: View) -> View:
    """Make an endpoint of a function that returns a document.

    Scripts of every origin may read it. A browser asks before it sends a header of the script's own, as
    `MCP-Protocol-Version`, and that question is answered too (Fetch §3.3.5).
    """

    @login_not_required
    @wraps(view)
    def document(request: HttpRequest, **named: str) -> HttpResponse:
        if request.method == "OPTIONS":
            return cors.preflight(methods="GET, HEAD")
        if request.method not in ("GET", "HEAD"):
            return cors.allow_everyone(HttpResponseNotAllowed(["GET", "HEAD", "OPTIONS"]))
        response = cors.allow_everyone(view(request, **named))
        if "Cache-Control" not in response:
            response["Cache-Control"] = f"public, max-age={_FRESH}"
        return response

    return document
