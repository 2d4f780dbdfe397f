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

#: What is told of a person's token.
MANAGED = "What a person's token reaches is limited by that person's own permissions."
OWN = "Always the things of the person who granted the token."

_NOTHING: Mapping[int, str] = {}
_REFUSED = {
    401: "No access token, or none that is good.",
    403: "The token's scope is too little, or the person may not do it. X-OAuth-Reference explains it.",
}


def described(
    name: str,
    summary: str,
    *,
    about: str = MANAGED,
    takes: Any = None,
    answers: Any = None,
    page_of: Any = None,
    query: Any = None,
    status: int = 200,
    fails: Mapping[int, str] = _NOTHING,
) -> Callable[[Method], Method]:
    """Describe a view's method: its name, what it takes, and what it answers.

    `answers` is a serializer, `page_of` one of a list in pages; neither is an answer without a body.
    `fails` are further statuses, and what they mean. The `example` of a serializer is shown.
    """
    if spectacular is None:
        return lambda method: method
    told = _page(name, page_of) if page_of is not None else answers
    wrong = {400: "Something in it is wrong: what, by field."} if takes or query else {}
    refusals = sorted({**wrong, **_REFUSED, **fails}.items())
    schema: Callable[[Method], Method] = spectacular.extend_schema(
        operation_id=f"oauthflows_{name}",
        summary=summary,
        description=about,
        tags=["oauthflows"],
        request=takes,
        parameters=[query] if query else None,
        responses={
            **(told if isinstance(told, dict) else {status: told}),
            **{code: _failure(text) for code, text in refusals},
        },
        examples=[*_asked(name, takes), *_answered(name, answers, page_of, status)],
    )
    return schema


def _page(name: str, row: Any) -> Any:
    fields = {"next": serializers.URLField(allow_null=True), "results": row(many=True)}
    title = "".join(word.capitalize() for word in name.split("_"))
    return spectacular.inline_serializer(name=f"Page{title}", fields=fields)


def _failure(text: str) -> Any:
    from drf_spectacular.types import OpenApiTypes

    return spectacular.OpenApiResponse(OpenApiTypes.OBJECT, description=text)


def _asked(name: str, takes: Any) -> list[Any]:
    if takes is None:
        return []
    return [spectacular.OpenApiExample(f"{name}: asked", value=takes.example, request_only=True)]


def _answered(name: str, answers: Any, page_of: Any, status: int) -> list[Any]:
    if page_of is not None:
        value: Any = {"next": None, "results": [page_of.example]}
    elif isinstance(answers, serializers.ListSerializer):
        child: Any = answers.child
        value = [child.example]
    elif answers is None or isinstance(answers, dict):
        return []
    else:
        value = answers.example
    return [
        spectacular.OpenApiExample(
            f"{name}: answered", value=value, response_only=True, status_codes=[str(status)]
        )
    ]
