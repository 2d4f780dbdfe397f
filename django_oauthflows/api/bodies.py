"""The bodies of requests at this API: whole, and JSON that has one meaning (RFC 9112 §8, RFC 8259 §4)."""

import json
from typing import Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from django_oauthflows.errors import Refusal
from django_oauthflows.protocol import parameters
from django_oauthflows.strict_json import Strict


class BodyRefused(APIException):
    """A body that cannot be had: 411, 413 or 400, with its sentence."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence, code=str(refusal.code))
        self.status_code = refusal.status


class JSONBody(BaseParser):
    """JSON in UTF-8 without a member that comes twice. Values nested too deeply are refused.

    It is no `JSONParser`: DRF reads the body of one again, which would lose a body in chunks.
    """

    media_type = "application/json"

    def parse(self, stream: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the value. Raises `ParseError`."""
        try:
            return json.loads(stream.read().decode("utf-8"), cls=Strict)
        except (ValueError, RecursionError):
            raise ParseError("The body must be JSON in UTF-8, with no member twice.") from None


def whole_body(request: Request) -> bytes:
    """Return the body to its last byte. Raises `BodyRefused`."""
    try:
        return parameters.whole_body(request._request)
    except Refusal as refusal:
        raise BodyRefused(refusal) from None
