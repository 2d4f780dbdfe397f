"""What the OpenAPI document says of a view, for projects that make one with drf-spectacular; else nothing."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from rest_framework import serializers

spectacular: Any
try:
    from drf_spectacular import utils as spectacular
except ImportError:  # the extra `api` is not installed
    spectacular = None

Method = TypeVar("Method", bound=Callable[..., Any])

#: An answer that is streamed, one JSON object a line.
JSON_LINES: Any = {(200, "application/jsonl"): str}

_NOTHING: Mapping[int, str] = {}
_WRONG = {400: "Something in it is wrong: what, by field.", 415: "The body is no JSON."}
_REFUSED = {
    401: "No access token, or none that is good.",
    403: "The token's scope is too little, or the person may not do it. X-OAuth-Reference explains it.",
}


def described(
    name: str,
    summary: str,
    *,
    takes: Any = None,
    answers: Any = None,
    page_of: Any = None,
    query: Any = None,
    status: int = 200,
    example: Mapping[str, Any] | None = None,
    fails: Mapping[int, str] = _NOTHING,
) -> Callable[[Method], Method]:
    """Describe a view's method: its name, what it takes, and what it answers.

    `answers` is a serializer, `page_of` one of a list in pages; neither is an answer without a body.
    `fails` are further statuses, and what they mean.
    """
    if spectacular is None:
        return lambda method: method
    told = _page(name, page_of) if page_of is not None else answers
    refusals = {**(_WRONG if takes or query else {}), **_REFUSED, **fails}
    schema: Callable[[Method], Method] = spectacular.extend_schema(
        operation_id=f"oauthflows_{name}",
        summary=summary,
        tags=["oauthflows"],
        request=takes,
        parameters=[query] if query else None,
        responses={
            **(told if isinstance(told, dict) else {status: told}),
            **{code: _failure(text) for code, text in sorted(refusals.items())},
        },
        examples=_examples(name, example, status) if example else None,
    )
    return schema


def _page(name: str, row: Any) -> Any:
    fields = {"next": serializers.URLField(allow_null=True), "results": row(many=True)}
    title = "".join(word.capitalize() for word in name.split("_"))
    return spectacular.inline_serializer(name=f"Page{title}", fields=fields)


def _failure(text: str) -> Any:
    from drf_spectacular.types import OpenApiTypes

    return spectacular.OpenApiResponse(OpenApiTypes.OBJECT, description=text)


def _examples(name: str, value: Mapping[str, Any], status: int) -> list[Any]:
    return [
        spectacular.OpenApiExample(
            name, value=value, response_only=True, status_codes=[str(status)]
        )
    ]
