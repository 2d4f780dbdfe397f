"""Reading a JSON body as strictly as a form: what is malformed is refused before anybody interprets it."""

import json
from typing import Any

from django.http import HttpRequest

from django_oauthflows.errors import Code, Refusal
from django_oauthflows.protocol.parameters import whole_body
from django_oauthflows.strict_json import Strict, is_storable

JSON = "application/json"
#: Bytes of a body.
_LARGEST = 64 * 1024


def from_json(request: HttpRequest) -> dict[str, Any]:
    """The members of a JSON object.

    Raises `Refusal`: 415 for another content type, 413 for a body that is too large, 400 for one that is no
    JSON object in UTF-8, has a member twice, or is nested without end.
    """
    if request.content_type != JSON:
        raise _malformed("The body must be JSON (application/json).", "body_must_be_json", 415)
    body = whole_body(request, Code.INVALID_CLIENT_METADATA)
    if len(body) > _LARGEST:
        raise _too_large()
    try:
        members: dict[str, Any] = json.loads(body.decode("utf-8"), cls=Strict)
        is_usable = isinstance(members, dict) and is_storable(members)
    except (ValueError, RecursionError):
        is_usable = False
    if not is_usable:
        raise _malformed(
            "The body must be one JSON object in UTF-8, with no member twice and no NUL character.",
            "body_must_be_one_json_object",
        )
    return members


def _too_large() -> Refusal:
    return _malformed("The body is too large.", "body_must_be_small", 413)


def _malformed(sentence: str, rule: str, status: int = 400) -> Refusal:
    return Refusal(
        Code.INVALID_CLIENT_METADATA, sentence, rule=rule, spec="RFC 7591 §3.1", status=status
    )
