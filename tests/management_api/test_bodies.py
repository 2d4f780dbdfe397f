"""Bodies at the management API: read to the last byte and as one JSON object, or refused with a reason."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.testing.factories import ClientFactory
from tests.management_api.calling import URLS, Caller, service, url
from tests.marks import spec

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]

AFTER = json.dumps({"name": "After"}).encode()


def sent(caller: Caller, method: str, path: str, body: bytes, **environ: Any) -> Any:
    """The answer to bytes as they are, in the surroundings that a web server says."""
    return Client().generic(
        method,
        path,
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {caller.token}"},
        **{"wsgi.input": BytesIO(body), **environ},
    )


def in_chunks(*, has_end: bool) -> dict[str, Any]:
    return {
        "CONTENT_LENGTH": "",
        "HTTP_TRANSFER_ENCODING": "chunked",
        **({"wsgi.input_terminated": True} if has_end else {}),
    }


def name_at(caller: Caller, pk: Any) -> str:
    name: str = caller.get("client", pk).json()["name"]
    return name


@spec("RFC 9112 §7.1")
def test_a_change_in_chunks_is_made() -> None:
    pk, caller = ClientFactory(name="Before").application.pk, service()
    answer = sent(caller, "PATCH", url("client", pk), AFTER, **in_chunks(has_end=True))
    assert answer.status_code == 200, answer.content
    assert name_at(caller, pk) == "After"


@spec("RFC 9110 §15.5.12")
def test_chunks_without_an_end_are_refused_with_a_reason() -> None:
    pk, caller = ClientFactory(name="Before").application.pk, service()
    answer = sent(caller, "PATCH", url("client", pk), AFTER, **in_chunks(has_end=False))
    assert answer.status_code == 411
    assert "Content-Length" in answer.json()["detail"]
    assert name_at(caller, pk) == "Before"


@spec("RFC 9112 §8")
def test_half_a_request_changes_nothing() -> None:
    made, caller = ClientFactory(preset="service", redirect_uris=(), name="Before"), service()
    pk = made.application.pk
    before = ClientSecret.objects.count()
    for method, path in (("POST", url("secrets", pk)), ("PATCH", url("client", pk))):
        for body in (b"", AFTER):
            answer = sent(caller, method, path, body, CONTENT_LENGTH="60")
            assert answer.status_code == 400, answer.content
            assert "announced length" in answer.json()["detail"]
    assert sent(caller, "DELETE", url("client", pk), b"", CONTENT_LENGTH="9").status_code == 400
    assert ClientSecret.objects.count() == before
    assert name_at(caller, pk) == "Before"


@spec("RFC 9110 §15.5.14")
def test_a_body_that_is_too_large_is_refused_with_a_reason(settings: Any) -> None:
    pk, caller = ClientFactory(name="Before").application.pk, service()
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = len(AFTER) - 1
    for environ in ({}, in_chunks(has_end=True)):
        answer = sent(caller, "PATCH", url("client", pk), AFTER, **environ)
        assert answer.status_code == 413
        assert "too large" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "A", "name": "B"}',
        b'{"policy": {"scopes": ["notes:read"], "scopes": []}}',
        b'{"name": NaN}',
        b'{"name": "A\\u0000"}',
        b'{"name": "\xff"}',
        b'{"name": ' + b"[" * 20_000,
    ],
)
@spec("RFC 8259 §4")
def test_json_that_two_readers_could_take_differently_is_refused(body: bytes) -> None:
    pk, caller = ClientFactory(name="Before").application.pk, service()
    answer = sent(caller, "PATCH", url("client", pk), body)
    assert answer.status_code == 400, answer.content
    assert name_at(caller, pk) == "Before"


@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\u3000"])
@pytest.mark.parametrize(
    "member", ["redirect_uris", "post_logout_redirect_uris", "allowed_origins"]
)
@spec("RFC 3986 §2")
def test_two_addresses_in_one_are_refused(member: str, blank: str) -> None:
    made, caller = ClientFactory(), service()
    pk = made.application.pk
    before = caller.get("client", pk).json()
    two = blank.join(["https://x.example", "https://evil.example"])
    answer = caller.patch("client", pk, **{member: [two]})
    assert answer.status_code == 400, answer.content
    assert list(answer.json()) == [member]
    assert caller.get("client", pk).json() == before
    if member != "allowed_origins":
        new = {"preset": "web-app", "name": "New", "scopes": ["notes:read"]}
        new = {**new, "redirect_uris": list(made.redirect_uris), member: [two]}
        assert list(caller.post("clients", **new).json()) == [member]
