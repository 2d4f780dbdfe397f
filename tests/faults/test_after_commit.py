"""Work that follows a commit: its failure never changes the answer of the request."""

import ast
import logging
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

import django_oauthflows
from django_oauthflows import signals
from django_oauthflows.audit import recorder
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.review import keeping
from django_oauthflows.core.after_commit import after_commit
from django_oauthflows.identity import couriers
from django_oauthflows.identity.models import LogoutDelivery
from tests.identity.logouts import is_signed_in, signed_in
from tests.marks import spec
from tests.stories import WITH_OPENID, begin

# Real transactions: what waits for a commit really runs.
pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(django_oauthflows.__file__).parent


def fail(*_: Any, **__: Any) -> None:
    raise RuntimeError("this work fails")


@spec("RFC 7591 §3.2.1")
def test_a_failing_review_leaves_the_registration_its_answer_and_its_event(
    client: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATION_SCOPES": ["notes:read"]}
    monkeypatch.setattr(keeping, "reviews_of", fail)
    answer = client.post(
        "/o/register/",
        {"redirect_uris": ["https://app.example/back"], "client_name": "App"},
        content_type="application/json",
    )
    assert answer.status_code == 201
    assert answer.json()["client_secret"]
    event = AuditEvent.objects.get(event="client.registered")
    assert event.client_id == answer.json()["client_id"]


@pytest.fixture
def broken_listeners() -> Iterator[None]:
    """A listener without a name, which Django's own log of its failure trips over, for every signal."""
    listener = partial(fail)
    every = [value for value in vars(signals).values() if isinstance(value, signals.Signal)]
    for signal in every:
        signal.connect(listener, weak=False)
    yield
    for signal in every:
        signal.disconnect(listener)


@pytest.mark.usefixtures("broken_listeners")
def test_a_failing_listener_breaks_neither_an_answer_nor_a_refusal() -> None:
    heard: list[str] = []

    def hear(event: str, **_: Any) -> None:
        heard.append(event)

    signals.audit_recorded.connect(hear)
    try:
        story = begin()
        tokens = story.tokens()
        refreshed = story.refresh(tokens["refresh_token"])
        assert refreshed.status_code == 200
        assert story.refresh("no-such-token").status_code == 400
        assert story.post("revoke", token=refreshed.json()["refresh_token"]).status_code == 200
    finally:
        signals.audit_recorded.disconnect(hear)
    assert {"consent.given", "request.refused", "authorization.revoked"} <= set(heard)


@pytest.mark.parametrize("what", ["_save", "announce"])
def test_a_failing_record_breaks_no_answer(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    story = begin()
    tokens = story.tokens()
    monkeypatch.setattr(recorder, what, fail)
    assert story.post("revoke", token=tokens["refresh_token"]).status_code == 200


def test_a_failing_courier_breaks_no_sign_out(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OAUTH2_PROVIDER = WITH_OPENID | {"OIDC_ENABLED": True}
    story, _ = signed_in(backchannel_logout_uri="https://client.example/logout")
    monkeypatch.setattr(couriers, "send", fail)
    assert story.browser.post("/accounts/logout/").status_code == 200
    assert not is_signed_in(story)
    assert LogoutDelivery.objects.count() == 1


def test_what_fails_is_logged_by_its_name_and_the_rest_still_runs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    done: list[str] = []
    using = connection.alias
    with caplog.at_level(logging.ERROR), transaction.atomic():
        after_commit(fail, using=using)
        after_commit(partial(fail, uuid4()), using=using)
        after_commit(done.append, "last", using=using)
    assert done == ["last"]
    assert [record.getMessage() for record in caplog.records] == [
        "work after a commit failed: fail",
        "work after a commit failed: fail",
    ]


def test_what_waits_for_a_commit_has_a_name() -> None:
    with transaction.atomic():
        after_commit(partial(fail), using=connection.alias)
        ((_, hook, is_robust),) = connection.run_on_commit
        assert is_robust
        assert hook.__qualname__ == "fail"
        transaction.set_rollback(True)


def test_nothing_else_of_the_package_waits_for_a_commit() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "on_commit"
    ]
    assert [name.partition(":")[0] for name in found] == ["core/after_commit.py"]
