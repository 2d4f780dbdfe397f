"""The whole body of a request, however it is framed, or the reason why it cannot be had (RFC 9112 §6).

Django reads as many bytes as Content-Length names. A body in chunks has no Content-Length, and Django sees
none where the server is a WSGI server. A body that ends early is handed on as if it were whole. Half a
request must never be taken for one.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, RawPostDataException

_BODY = "_oauthflows_chunked_body"


class IncompleteBody(Exception):
    """Fewer bytes came than were announced, or the connection ended."""


class UnframedBody(Exception):
    """The body came in chunks, and this web server does not say where it ends."""


def whole_body_of(request: HttpRequest) -> bytes:
    """Return the body. Raises `IncompleteBody`, `UnframedBody` or `RequestDataTooBig`."""
    try:
        if is_chunked(request) and hasattr(request, "environ"):
            return _in_chunks(request)
        body = request.body
    except (OSError, RawPostDataException, ValueError) as error:
        # UnreadablePostError is an OSError; a second look after it meets RawPostDataException. Django raises
        # ValueError for a length that is no number.
        raise IncompleteBody from error
    if len(body) > _most():
        raise RequestDataTooBig
    announced = str(request.META.get("CONTENT_LENGTH") or "")
    if announced.isdecimal() and len(body) != int(announced):
        raise IncompleteBody
    return body


def is_chunked(request: HttpRequest) -> bool:
    """Was the body sent without its length (RFC 9112 §7.1)?"""
    return not request.META.get("CONTENT_LENGTH") and bool(
        request.META.get("HTTP_TRANSFER_ENCODING")
    )


def _in_chunks(request: Any) -> bytes:
    """Read to the end, where the server marks one (`wsgi.input_terminated`), once per request."""
    if not request.environ.get("wsgi.input_terminated"):
        raise UnframedBody
    if not hasattr(request, _BODY):
        body = request.environ["wsgi.input"].read(_most() + 1)
        if len(body) > _most():
            raise RequestDataTooBig
        setattr(request, _BODY, body)
    read: bytes = getattr(request, _BODY)
    return read


def _most() -> int:
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return limit if limit is not None else 2**31
