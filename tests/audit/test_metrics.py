"""Numbers for Prometheus."""

from typing import Any

import pytest
from prometheus_client import REGISTRY, generate_latest

from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(settings: Any) -> Story:
    """A client of a site that counts."""
    settings.MIDDLEWARE = [
        "django_oauthflows.metrics.MetricsMiddleware",
        *settings.MIDDLEWARE,
    ]
    return begin()


def number(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def test_tokens_are_counted_by_flow(story: Story, django_capture_on_commit_callbacks: Any) -> None:
    name = "oauthflows_tokens_issued_total"
    before = number(name, flow="authorization-code-pkce")
    with django_capture_on_commit_callbacks(execute=True):
        story.tokens()
    assert number(name, flow="authorization-code-pkce") == before + 1
    assert number("oauthflows_events_total", event="consent.given") >= 1


def test_refusals_are_counted_by_rule_those_that_are_not_written_too(story: Story) -> None:
    labels = {
        "endpoint": "token",
        "rule": "grant_type_must_be_supported",
        "code": "unsupported_grant_type",
    }
    before = number("oauthflows_requests_refused_total", **labels)
    for _ in range(12):
        story.token(grant_type="unheard-of")
    assert number("oauthflows_requests_refused_total", **labels) == before + 12


def test_endpoints_are_timed_and_other_pages_are_not(story: Story) -> None:
    labels = {"endpoint": "token", "status": "4xx"}
    before = number("oauthflows_request_seconds_count", **labels)
    story.token(grant_type="unheard-of")
    story.call("no-such-token")
    story.browser.get("/no-such-page/")
    assert number("oauthflows_request_seconds_count", **labels) == before + 1
    assert number("oauthflows_request_seconds_count", endpoint="notes", status="4xx") == 0


@spec("B-4")
def test_no_label_names_a_client_or_a_person(
    story: Story, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        story.tokens()
    story.token(grant_type="marked", client_id="marked")
    exposed = generate_latest().decode()
    assert "oauthflows_tokens_issued_total{" in exposed
    for private in (story.registered.client_id, story.person.get_username(), "marked"):
        assert private not in exposed


@spec("B-32")
def test_strangers_choose_no_labels(story: Story) -> None:
    """Whatever is sent, the labels are of closed lists, so their number is bounded."""

    def send(mark: str) -> None:
        story.token(
            grant_type=mark, client_id=mark, scope=mark, resource=f"https://{mark}.example/"
        )
        story.browser.get(f"/o/authorize/?client_id={mark}&response_type={mark}&prompt={mark}")
        story.browser.get(f"/o/{mark}/")
        story.browser.generic(mark.upper(), "/o/token/")
        story.browser.generic(mark.upper(), "/o/userinfo/", headers={"Authorization": mark})
        story.call(mark)
        story.post("introspect", token=mark, token_type_hint=mark)
        story.post("device-authorization", client_id=mark, scope=mark)

    def series() -> int:
        return generate_latest().decode().count("oauthflows_")

    send("first")
    before = series()
    for number in range(20):
        send(f"invented{number}")
    assert series() == before
    assert "invented" not in generate_latest().decode()
