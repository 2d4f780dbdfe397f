"""Pop-up windows: which answers leave `window.opener` be, and which keep the project's header."""

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.http import HttpResponse
from django.test import Client, RequestFactory

from django_oauthflows.checks.signing_in import check_popups
from django_oauthflows.core.outage import CacheUnavailable
from django_oauthflows.protocol import authorize
from django_oauthflows.protocol.popups import allow_popups
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PASSWORD, PersonFactory
from tests.marks import spec
from tests.stories import begin

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.endpoints.urls_with_popups")]

HEADER = "Cross-Origin-Opener-Policy"
HTML = "HTML Standard §7.1.3"


@spec(HTML)
def test_consent_and_the_way_back_leave_the_opener_be() -> None:
    story = begin()
    page = story.ask()
    assert page[HEADER] == "unsafe-none"
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert story.decide()[HEADER] == "unsafe-none"
    assert story.ask()[HEADER] == "unsafe-none"
    url = story.authorization_url()
    assert (
        story.back_channel.post(
            url.partition("?")[0],
            url.partition("?")[2],
            content_type="application/x-www-form-urlencoded",
        )[HEADER]
        == "unsafe-none"
    )


@spec(HTML)
def test_the_sign_in_page_does_so_on_the_way_to_a_client_alone() -> None:
    story, browser = begin(), Client()
    sent = browser.get(story.authorization_url())
    assert sent[HEADER] == "unsafe-none"
    assert browser.get(sent["Location"])[HEADER] == "unsafe-none"
    for path in (
        "/accounts/login/",
        "/accounts/login/?next=/o/device/",
        "/accounts/login/?next=//o/authorize/",
    ):
        assert browser.get(path)[HEADER] == "same-origin"
    form = {"username": story.person.username, "password": PASSWORD}
    assert browser.post("/accounts/login/", {**form, "next": "/api/"})[HEADER] == "same-origin"
    signed_in = Client().post(sent["Location"], {**form, "next": story.authorization_url()})
    assert signed_in.status_code == 302
    assert signed_in[HEADER] == "unsafe-none"


@pytest.mark.parametrize(
    "path",
    [
        "/o/connected-apps/",
        "/o/sessions/",
        "/o/device/",
        "/o/logout/",
        "/o/authorize/?client_id=nobody",
        "/admin/",
    ],
)
@spec(HTML)
def test_every_other_page_keeps_the_header_of_the_project(path: str) -> None:
    browser = Client()
    browser.force_login(PersonFactory(is_staff=True, is_superuser=True))
    assert browser.get(path)[HEADER] == "same-origin"


@pytest.mark.parametrize(
    "following",
    ["//[", "http://[", "http://a]b/", "https://evil.example/o/authorize/", "//x/o/authorize/"],
)
@spec(HTML)
def test_a_next_of_no_address_or_of_another_site_changes_nothing(following: str) -> None:
    response = Client().get("/accounts/login/", {"next": following})
    assert response.status_code == 200
    assert response[HEADER] == "same-origin"


@spec(HTML, "RFC 6749 §4.1.2.1")
def test_an_outage_is_told_to_the_window_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> Any:
        raise CacheUnavailable

    story = begin()
    monkeypatch.setattr(authorize, "_proceed", away)
    response = story.ask()
    assert answered(response)["error"] == "temporarily_unavailable"
    assert response[HEADER] == "unsafe-none"


@spec(HTML)
def test_a_view_may_be_awaited() -> None:
    @allow_popups
    async def page(request: Any) -> HttpResponse:
        return HttpResponse()

    request = RequestFactory().get("/", {"next": "/o/authorize/?client_id=x"})
    assert async_to_sync(page)(request)[HEADER] == "unsafe-none"


@spec(HTML)
def test_a_setting_takes_it_back(settings: Any) -> None:
    settings.OAUTHFLOWS = {"ALLOW_POPUPS": False}
    story = begin()
    assert story.ask()[HEADER] == "same-origin"
    sent = Client().get(story.authorization_url())
    assert Client().get(sent["Location"])[HEADER] == "same-origin"


@pytest.mark.parametrize(
    ("changes", "ids"),
    [
        ({}, []),
        ({"ROOT_URLCONF": "tests.urls"}, ["oauthflows.I153"]),
        ({"ROOT_URLCONF": "tests.urls", "LOGIN_URL": "https://login.example/"}, []),
        ({"ROOT_URLCONF": "tests.urls", "SECURE_CROSS_ORIGIN_OPENER_POLICY": None}, []),
        ({"ROOT_URLCONF": "tests.urls", "OAUTHFLOWS": {"ALLOW_POPUPS": False}}, []),
        ({"ROOT_URLCONF": "tests.urls", "MIDDLEWARE": []}, []),
    ],
)
def test_a_sign_in_page_that_would_hang_is_named(
    settings: Any, changes: dict[str, Any], ids: list[str]
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert [message.id for message in check_popups(None)] == ids
