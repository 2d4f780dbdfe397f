"""The admin's start page of this app: how many requests there were, for whoever may know, and no more."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_oauthflows.testing.factories import PersonFactory
from django_oauthflows.traffic import counting
from django_oauthflows.traffic.models import RequestCount
from tests.admin.pages import administrator, browser_of
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

START = "/admin/oauthflows/"


def staff(*permissions: str) -> Client:
    person = PersonFactory(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return browser_of(person)


def some_traffic() -> Story:
    """One person signs in, one refresh, and two requests for a flow the client may not use."""
    story = begin()
    tokens = story.tokens()
    story.refresh(tokens["refresh_token"])
    story.token(grant_type="client_credentials")
    story.token(grant_type="client_credentials")
    counting.flush()
    return story


class _Tables(HTMLParser):
    """The cells of each table's rows, as text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[list[list[str]]] = []
        self._is_cell = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.found.append([])
        elif tag == "tr" and self.found:
            self.found[-1].append([])
        elif tag in ("th", "td") and self.found:
            self.found[-1][-1].append("")
            self._is_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td"):
            self._is_cell = False

    def handle_data(self, data: str) -> None:
        if self._is_cell:
            self.found[-1][-1][-1] += data


def section(response: Any) -> str:
    """The part of the page that is about requests."""
    assert response.status_code == 200
    found = re.search(r"<section.*?</section>", response.content.decode(), re.DOTALL)
    return found.group() if found else ""


def table(page: str, heading: str) -> list[list[str]]:
    return next(rows for rows in _Tables(page).found if heading in rows[0])


def test_requests_are_shown_by_flow_and_refusals_by_rule() -> None:
    some_traffic()
    page = section(administrator().get(START))
    flows = table(page, "Refresh token")
    assert flows[0] == ["From", "All together", "Authorization code with PKCE", "Refresh token"]
    assert flows[-1] == ["Total", "3", "2", "1"]
    rules = table(page, "client_must_be_allowed_the_flow")
    assert rules[-1] == ["Total", "2", "2"]


@pytest.mark.parametrize(("days", "steps"), [("1", 24), ("7", 7), ("30", 30)])
def test_bars_and_table_say_the_same_of_each_step(days: str, steps: int) -> None:
    some_traffic()
    RequestCount.objects.create(
        hour=timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=30),
        endpoint="token",
        flow="password",
        count=7,
    )
    page = section(administrator().get(START, {"days": days}))
    heading, *lines, total = table(page, "Refresh token")
    assert len(lines) == steps
    assert ("Password" in heading) == (days != "1")
    sums = [sum(int(line[place]) for line in lines) for place in range(1, len(heading))]
    assert [str(number) for number in sums] == total[1:]
    bars = re.findall(r"<rect[^>]*><title>([^<]*)</title>", page)
    written = [f"{line[0]}: {number}" for line in lines for number in line[1:] if number != "0"]
    refused = [
        line for line in table(page, "client_must_be_allowed_the_flow")[1:-1] if line[1] != "0"
    ]
    written += [f"{line[0]}: {number}" for line in refused for number in line[1:]]
    assert sorted(bars) == sorted(written)


@pytest.mark.parametrize("days", ["", "0", "2", "-1", "\u0667", "one", "99999999999999999999"])
def test_a_span_that_is_not_offered_is_the_usual_one(days: str) -> None:
    some_traffic()
    page = section(administrator().get(START, {"days": days}))
    assert len(table(page, "Refresh token")) == 24 + 2
    assert re.search(r'\?days=1"\s+aria-current', page)


def test_a_rule_leads_to_what_it_refused() -> None:
    some_traffic()
    browser = administrator()
    page = section(browser.get(START))
    url = re.search(r'href="([^"]*q=client_must_be_allowed_the_flow)"', page)
    assert url
    listed = browser.get(url.group(1).replace("&amp;", "&"))
    assert listed.context["cl"].result_count == 2


def test_a_site_without_requests_says_so() -> None:
    page = section(administrator().get(START))
    assert "No request was answered in this time." in page
    assert "No request was refused in this time." in page
    assert "<svg" not in page


def test_a_site_that_counts_nothing_says_so() -> None:
    with override_settings(OAUTHFLOWS={"RECORDED_REQUESTS_KEPT": 0}):
        page = section(administrator().get(START))
    assert "RECORDED_REQUESTS_KEPT is 0" in page
    assert "No request" not in page
    assert "today" not in page


def test_it_says_for_how_long_there_are_numbers() -> None:
    with override_settings(OAUTHFLOWS={"RECORDED_REQUESTS_KEPT": 3}):
        assert "kept for 3 days" in section(administrator().get(START))


def test_the_charts_can_be_heard() -> None:
    some_traffic()
    page = section(administrator().get(START))
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 5
    for drawing in drawings:
        assert 'role="img"' in drawing
        for name, tag in (("labelledby", "title"), ("describedby", "desc")):
            told = re.search(rf'aria-{name}="([^"]+)"', drawing)
            assert told
            assert re.search(rf'<{tag} id="{told.group(1)}">[^<]+</{tag}>', drawing)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_nothing_in_them_needs_leave_of_a_strict_policy() -> None:
    some_traffic()
    page = section(administrator().get(START))
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|https?://", page)


@spec("B-4")
def test_whoever_may_not_read_the_audit_log_is_shown_no_numbers() -> None:
    some_traffic()
    assert section(staff("view_consent", "view_application").get(START)) == ""


@spec("B-4")
def test_whoever_may_read_it_is() -> None:
    some_traffic()
    page = section(staff("view_auditevent").get(START))
    assert "Refresh token" in page
    assert "<dt>Clients</dt>" not in page
    assert "<dt>Clients</dt>" in section(staff("view_auditevent", "view_application").get(START))


@spec("B-4")
def test_a_stranger_is_sent_to_sign_in() -> None:
    for browser in (Client(), browser_of(PersonFactory())):
        assert browser.get(START)["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("days", ["1", "30"])
def test_the_page_takes_ten_statements_however_much_there_was(days: str) -> None:
    some_traffic()
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    RequestCount.objects.bulk_create(
        RequestCount(
            hour=now - timedelta(hours=ago), endpoint="token", flow=flow, rule=rule, count=ago
        )
        for ago in range(200)
        for flow, rule in (("password", ""), *(("", f"rule_{number}") for number in range(20)))
    )
    for browser in (administrator(), staff("view_auditevent", "view_application", "view_consent")):
        with CaptureQueriesContext(connection) as asked:
            assert "rule_1" in section(browser.get(START, {"days": days}))
        assert len(asked) <= 10, [query["sql"] for query in asked]
