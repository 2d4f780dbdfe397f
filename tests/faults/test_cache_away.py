"""A cache that is gone or hangs: service goes on, guessing stays closed, and nobody is blamed."""

import ast
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.core.cache import cache
from django.test import override_settings

import django_oauthflows
from django_oauthflows.audit.explaining import publicly
from django_oauthflows.core import guarded_cache, quiet_log
from django_oauthflows.core.guarded_cache import GuardedCache
from django_oauthflows.core.outage import CacheUnavailable
from django_oauthflows.testing.factories import PASSWORD
from tests.marks import spec
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db

ROOT = Path(django_oauthflows.__file__).parent


def redis_at(port: int, **options: Any) -> dict[str, Any]:
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": f"redis://127.0.0.1:{port}/0",
            "OPTIONS": options,
        }
    }


@pytest.fixture
def gone() -> Iterator[None]:
    """Nothing listens where the cache was."""
    with override_settings(CACHES=redis_at(1)):
        yield


@pytest.fixture
def hanging() -> Iterator[None]:
    """The cache takes connections and answers nothing, as a stopped process does."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        timeouts = {"socket_timeout": 0.3, "socket_connect_timeout": 0.3}
        with override_settings(CACHES=redis_at(listener.getsockname()[1], **timeouts)):
            yield


@spec("B-32")
def test_service_goes_on_without_a_cache(gone: None) -> None:
    story = begin()
    tokens = story.tokens()
    assert story.refresh(tokens["refresh_token"]).status_code == 200
    assert story.introspect("no-such-token") == {"active": False}


@spec("RFC 7523 §3", "B-32")
def test_a_good_assertion_needs_no_cache_and_a_used_one_is_refused(gone: None) -> None:
    story = begin(preset="service-account", redirect_uris=())
    shown = story.client_assertion()
    grant = {"grant_type": "client_credentials", "scope": "notes:read", **shown}
    assert story.post("token", headers={"X-No": "basic"}, **grant).status_code == 200
    again = story.post("token", headers={"X-No": "basic"}, **grant)
    assert error_of(again) == (401, "invalid_client")


@spec("RFC 7523 §3", "RFC 7519 §4.1.7")
def test_an_emptied_cache_makes_no_assertion_good_again() -> None:
    story = begin(preset="service-account", redirect_uris=())
    grant = {
        "grant_type": "client_credentials",
        "scope": "notes:read",
        **story.client_assertion(),
    }
    assert story.post("token", headers={"X-No": "basic"}, **grant).status_code == 200
    cache.clear()
    assert story.post("token", headers={"X-No": "basic"}, **grant).status_code == 401
    assertion = story.assertion()
    assert story.bear(assertion, scope="notes:read").status_code == 200
    cache.clear()
    assert error_of(story.bear(assertion, scope="notes:read")) == (400, "invalid_grant")


def unavailable(response: Any) -> bool:
    """Is it the answer that tells a client to try again soon?"""
    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == "no-store"
    assert 0 < int(response["Retry-After"]) <= 5
    return error_of(response) == (503, "temporarily_unavailable")


@spec("RFC 6749 §4.3", "B-32")
def test_a_right_password_is_told_to_come_back_and_a_wrong_one_is_not_looked_at(
    gone: None,
) -> None:
    story = begin(preset="legacy-app", redirect_uris=())
    name = story.person.username
    for password in (PASSWORD, "wrong"):
        answer = story.token(
            grant_type="password", username=name, password=password, scope="notes:read"
        )
        assert unavailable(answer)


@spec("RFC 7591 §3", "B-32")
def test_a_registration_is_told_to_come_back(gone: None, settings: Any, client: Any) -> None:
    settings.OAUTHFLOWS = {"REGISTRATION": "open"}
    members = {"redirect_uris": ["https://app.example/back"]}
    answer = client.post("/o/register/", members, content_type="application/json")
    assert unavailable(answer)


@spec("B-6", "B-32")
def test_a_wrong_secret_is_told_to_come_back_too(gone: None) -> None:
    story = begin(preset="service", redirect_uris=())
    wrong = {"client_id": story.registered.client_id, "client_secret": "wrong"}
    answer = story.post(
        "token", headers={"X-No": "basic"}, grant_type="client_credentials", **wrong
    )
    assert unavailable(answer)


@spec("RFC 8628 §5.1", "B-25")
def test_a_person_sees_a_page_that_says_so(gone: None) -> None:
    story = begin(preset="device", redirect_uris=())
    page = story.enter("BCDF-GHJK")
    assert page.status_code == 503
    assert page["Retry-After"] == "2"
    assert "This site cannot answer at the moment." in page.content.decode()
    assert page["X-OAuth-Reference"] in page.content.decode()


def test_refusals_are_explained_in_bounded_number(gone: None) -> None:
    story = begin()
    references = {story.token(grant_type="unheard-of")["X-OAuth-Reference"] for _ in range(20)}
    assert len(references) == 11  # the first ten, and the sixteenth
    assert all(publicly(reference) for reference in references)
    page = story.browser.get(f"/o/explain/{min(references)}/")
    assert page.status_code == 200


def test_a_hanging_cache_costs_one_time_out(hanging: None) -> None:
    story = begin()
    tokens = story.tokens()
    begun = monotonic()
    for _ in range(20):
        story.call("no-such-token")
        story.token(grant_type="unheard-of")
    assert story.refresh(tokens["refresh_token"]).status_code == 200
    # One time-out of 0.3 s, and what forty requests cost; a time-out for each would be twelve seconds.
    assert monotonic() - begun < 4


def test_a_cache_that_is_gone_writes_one_line_a_minute(
    gone: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = begin()
    for _ in range(30):
        story.token(grant_type="unheard-of")
    lines = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert [record.name for record in lines] == ["django_oauthflows.cache"]
    assert lines[0].exc_info is None
    assert "ConnectionError" in lines[0].getMessage()
    now = quiet_log.monotonic()
    monkeypatch.setattr(quiet_log, "monotonic", lambda: now + 61)
    caplog.clear()
    story.token(grant_type="unheard-of")
    (line,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "more since the last line" in line.getMessage()


def test_a_cache_that_is_back_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    guarded = GuardedCache("default")
    with override_settings(CACHES=redis_at(1)), pytest.raises(CacheUnavailable):
        guarded.get("a")
    with pytest.raises(CacheUnavailable):
        guarded.get("a")
    now = guarded_cache.monotonic()
    monkeypatch.setattr(guarded_cache, "monotonic", lambda: now + guarded_cache.PAUSE + 1)
    assert guarded.get("a", "nothing") == "nothing"
    assert guarded.count("a", timeout=9) == 1
    assert guarded.count("a", timeout=9) == 2


def test_nothing_else_of_the_package_asks_the_cache() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.core.cache")
    }
    assert found == {"core/guarded_cache.py"}


def test_a_story_needs_no_cache_at_all(hanging: None) -> None:
    """From the first request to the last, in little more than one time-out."""
    begun = monotonic()
    story: Story = begin()
    tokens = story.tokens()
    assert story.post("revoke", token=tokens["refresh_token"]).status_code == 200
    assert monotonic() - begun < 4
