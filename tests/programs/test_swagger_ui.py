"""Swagger UI: its button opens the demo in a pop-up window, and its calls carry the token."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.marks import spec
from tests.programs.catalogue import SWAGGER_UIS
from tests.programs.conftest import Running, at_work, register
from tests.relying_parties.conftest import Provider

pytestmark = [pytest.mark.browser, pytest.mark.programs]

#: What introspection and userinfo say of the person.
TOLD = {
    "drf_spectacular": {"username": "ada"},
    "fastapi_docs": {"name": "Ada Lovelace", "email": "ada@example.org"},
}


@pytest.fixture(scope="module", params=SWAGGER_UIS, ids=lambda program: program.slug)
def swagger_ui(request: pytest.FixtureRequest, provider: Provider) -> Iterator[Running]:
    """Each in turn."""
    with at_work(request.param, provider, register(request.param, provider)) as started:
        yield started


@spec("RFC 7636 §4.1", "OAuth 2.0 for Browser-Based Applications §6.3")
def test_a_person_signs_in_within_the_pop_up_and_calls_the_api(
    page: Page, swagger_ui: Running
) -> None:
    page.goto(swagger_ui.origin + swagger_ui.program.sign_in)
    authorize(page, name="ada", says="Allow")
    expect(page.get_by_role("heading", name="Authorized")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()

    answer = call(page)

    assert answer.status == 200
    assert answer.json() == TOLD[swagger_ui.program.slug]


@spec("RFC 6749 §4.1.2.1")
def test_a_persons_no_is_told(page: Page, swagger_ui: Running) -> None:
    page.goto(swagger_ui.origin + swagger_ui.program.sign_in)
    authorize(page, name="grace", says="Deny")

    expect(page.get_by_text("access_denied").first).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    assert call(page).status in (401, 403)


def authorize(page: Page, *, name: str, says: str) -> None:
    """Press its button, and do what the pop-up window asks for."""
    page.get_by_role("button", name="Authorize").click()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Apply given OAuth2 credentials").click()
    popup = opened.value
    popup.get_by_label("Username").fill(name)
    popup.get_by_label("Password").fill(f"demo-{name}-2026")
    popup.get_by_role("button", name="Sign in").click()
    with popup.expect_event("close"):
        popup.get_by_role("button", name=says).click()


def call(page: Page) -> Any:
    """Try the operation out; the API's answer."""
    page.get_by_role("button", name=re.compile("^GET .api.me.")).click()
    page.get_by_role("button", name="Try it out").click()
    with page.expect_response(lambda response: response.url.endswith("/api/me/")) as answered:
        page.get_by_role("button", name="Execute").click()
    return answered.value
