"""The audit log in the admin: a refusal found, explained in one look, and the log exported."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.factories import PersonFactory
from tests.admin.pages import act, administrator, browser_of
from tests.marks import spec
from tests.resource_server.test_authentication import service_token
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

AUDIT = "/admin/oauthflows/auditevent/"
EXPORT = f"{AUDIT}export/"


def refusal_of(response: Any) -> AuditEvent:
    return AuditEvent.objects.get(reference=response["X-OAuth-Reference"])


def wrong_address(story: Story) -> AuditEvent:
    """The mistake developers make most."""
    return refusal_of(story.ask(redirect_uri="https://client.example/callback/"))


def explained(row: AuditEvent) -> str:
    return administrator().get(f"{AUDIT}{row.pk}/change/").content.decode()


def lines_of(response: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]


def test_a_reference_leads_to_its_explanation() -> None:
    row = wrong_address(begin())
    response = administrator().get(AUDIT, {"q": f" {row.reference.upper()} "})
    assert response.status_code == 302
    assert response["Location"] == f"{AUDIT}{row.pk}/change/"


def test_the_page_says_why_and_what_to_do() -> None:
    story = begin()
    page = explained(wrong_address(story))
    for said in (
        "redirect_uri_must_be_registered",
        "https://client.example/callback/",
        f"<code>{story.registered.redirect_uris[0]}</code>",
        "Compare the two addresses character by character",
        "https://datatracker.ietf.org/doc/html/rfc9700#section-2.1",
        story.registered.application.name,
        story.person.get_username(),
    ):
        assert said in page
    assert page.count('class="oauthflows-differs"') == 1


@spec("B-4")
def test_the_page_shows_no_value_that_may_be_secret() -> None:
    story = begin()
    page = explained(refusal_of(story.redeem("marked-code", code_verifier="marked-verifier")))
    assert "(not recorded)" in page
    assert "marked" not in page


def test_a_missing_parameter_is_named() -> None:
    page = explained(refusal_of(begin().token(grant_type="")))
    assert "<code>grant_type</code>" in page
    assert "not sent" in page


def test_others_of_the_same_client_and_rule_are_beside_it() -> None:
    story, other = begin(), begin()
    first, second = wrong_address(story), wrong_address(story)
    another_rule = refusal_of(story.token(grant_type="unheard-of"))
    elsewhere = wrong_address(other)
    page = explained(first)
    for row in (second, another_rule):
        assert f"{AUDIT}{row.pk}/change/" in page
    assert f"{AUDIT}{elsewhere.pk}/change/" not in page


def test_what_is_no_refusal_is_shown_with_its_detail(
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        begin().tokens()
    page = explained(AuditEvent.objects.get(event="consent.given"))
    assert "notes:read" in page
    assert "What to do" not in page


@pytest.mark.parametrize(
    "question",
    [
        lambda story: story.registered.client_id,
        lambda story: story.registered.application.name,
        lambda story: story.person.get_username(),
        lambda story: story.person.email,
        lambda story: "redirect_uri_must",
    ],
    ids=["client ID", "client name", "user name", "email", "rule"],
)
def test_refusals_are_found_by_client_person_and_rule(question: Any) -> None:
    story = begin(
        person=PersonFactory(username="ada.lovelace", email="ada@people.example"), name="Ada's"
    )
    row = wrong_address(story)
    other = refusal_of(begin().token(grant_type="unheard-of"))
    page = administrator().get(AUDIT, {"q": question(story)}).content.decode()
    assert row.reference in page
    assert other.reference not in page


@pytest.mark.parametrize("question", ["\x00", "'\"<", "x" * 5000, "000000000000", "é" * 12])
def test_a_question_without_an_answer_is_an_empty_list(question: str) -> None:
    assert administrator().get(AUDIT, {"q": question}).status_code in (200, 302)


def test_the_list_names_who_did_it() -> None:
    story = begin()
    wrong_address(story)
    service, token = service_token()
    service.call(token, "/api/own/")
    page = administrator().get(AUDIT).content.decode()
    actors = re.findall(r"<td[^>]*\bfield-actor_name\b[^>]*>([^<]*)</td>", page)
    assert {str(story.person), service.registered.application.name} <= set(actors)


def test_what_somebody_did_is_found_by_their_name_and_by_the_filter(
    django_capture_on_commit_callbacks: Any,
) -> None:
    """Though another person is the one it concerns."""
    keeper = PersonFactory(username="keeper", is_staff=True, is_superuser=True)
    story, browser = begin(), browser_of(keeper)
    with django_capture_on_commit_callbacks(execute=True):
        story.tokens()
        act(browser, "/admin/oauthflows/consent/", "withdraw_selected", Consent.objects.get())
    row = AuditEvent.objects.get(event="consent.withdrawn")
    given = AuditEvent.objects.get(event="consent.given")
    assert (row.user, row.actor) == (story.person, f"person:{keeper.pk}")
    for limits in (
        {"q": "keeper"},
        {"actor": f"person:{keeper.pk}"},
        {"q": "KEEPER", "by": "person"},
    ):
        page = browser.get(AUDIT, limits).content.decode()
        assert row.reference in page
        assert re.search(r"<td[^>]*\bfield-actor_name\b[^>]*>keeper</td>", page)
        assert given.reference not in page
    both = browser.get(AUDIT, {"q": story.person.get_username()}).content.decode()
    assert row.reference in both
    assert given.reference in both
    assert row.reference not in browser.get(AUDIT, {"by": "command"}).content.decode()
    assert f"?actor=person:{keeper.pk}" in explained(row)
    (line,) = lines_of(browser.get(EXPORT, {"actor": f"person:{keeper.pk}", "event": row.event}))
    assert line["actor"] == row.actor


def test_a_list_of_any_length_takes_as_many_statements(django_assert_max_num_queries: Any) -> None:
    browser = administrator()
    for _ in range(6):
        wrong_address(begin())
        service, token = service_token()
        service.call(token, "/api/own/")
    with django_assert_max_num_queries(9):
        assert browser.get(AUDIT).status_code == 200
    with django_assert_max_num_queries(9):
        assert browser.get(AUDIT, {"q": "person1", "code": "access_denied"}).status_code == 200


@spec("B-4")
def test_an_export_is_recorded_without_what_was_searched_for(
    django_capture_on_commit_callbacks: Any,
) -> None:
    wrong_address(begin())
    with django_capture_on_commit_callbacks(execute=True):
        lines_of(administrator().get(EXPORT, {"q": "marked-secret", "endpoint": "authorize"}))
    row = AuditEvent.objects.get(event="audit.exported")
    assert row.detail == {"events": 0, "limits": {"endpoint": "authorize"}, "searched": True}


def test_the_export_holds_what_the_list_shows() -> None:
    story, other = begin(), begin()
    row = wrong_address(story)
    wrong_address(other)
    response = administrator().get(EXPORT, {"q": story.registered.client_id})
    (line,) = lines_of(response)
    assert response["Content-Type"] == "application/jsonl"
    assert "no-store" in response["Cache-Control"]
    assert line["reference"] == row.reference
    assert line["rule"] == "redirect_uri_must_be_registered"
    assert line["person"] == story.person.pk
    assert line["detail"]["redirect_uri"] == "https://client.example/callback/"
    assert len(lines_of(administrator().get(EXPORT))) == 2
    assert EXPORT in administrator().get(AUDIT).content.decode()


def test_the_export_is_for_those_who_may_read_the_log() -> None:
    row = wrong_address(begin())
    nobody = PersonFactory(is_staff=True)
    assert Client().get(EXPORT).status_code == 302
    assert browser_of(nobody).get(EXPORT).status_code == 403
    found = browser_of(nobody).get(AUDIT, {"q": row.reference})
    assert found.status_code == 403
    nobody.user_permissions.add(Permission.objects.get(codename="view_auditevent"))
    assert browser_of(nobody).get(EXPORT).status_code == 200
