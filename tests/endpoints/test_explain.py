"""The public page behind a reference, and where clients are told one."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from django_oauthflows.audit.meanings import MEANINGS
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.errors import Code
from tests.marks import spec
from tests.secrecy.places import basic
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db


def page_of(reference: str) -> Any:
    return Client().get(reverse("oauthflows:explain", args=[reference]))


def refused(story: Story) -> Any:
    return story.token(grant_type="unheard-of")


@spec("RFC 6749 §5.2")
@pytest.mark.parametrize(
    ("place", "members"),
    [
        ("description", {"error", "error_description"}),
        ("error_uri", {"error", "error_description", "error_uri"}),
        ("header", {"error", "error_description"}),
    ],
)
def test_a_refusal_names_its_reference_where_the_setting_says(
    settings: Any, place: str, members: set[str]
) -> None:
    settings.OAUTHFLOWS = {"REFERENCE_IN": place}
    response = refused(begin())
    said, reference = response.json(), response["X-OAuth-Reference"]
    assert set(said) == members
    assert (reference in said["error_description"]) is (place == "description")
    assert said.get("error_uri", "").endswith(f"/o/explain/{reference}/") is (place == "error_uri")
    assert AuditEvent.objects.filter(reference=reference).exists()


@spec("RFC 6749 §4.1.2.1")
def test_a_refusal_that_goes_back_through_the_browser_names_the_page_too(settings: Any) -> None:
    settings.OAUTHFLOWS = {"REFERENCE_IN": "error_uri"}
    response = begin().ask(scope="unheard-of")
    answer = parse_qs(urlsplit(response["Location"]).query)
    (page,) = answer["error_uri"]
    assert page.endswith(f"/o/explain/{response['X-OAuth-Reference']}/")
    assert Client().get(page).status_code == 200


def test_a_refused_registration_names_the_page_too(settings: Any) -> None:
    settings.OAUTHFLOWS = {"REFERENCE_IN": "error_uri", "REGISTRATION": "open"}
    url = reverse("oauthflows:register-client")
    said = Client().post(url, "[]", content_type="application/json").json()
    assert "no-such" not in said["error_uri"]
    assert Client().get(said["error_uri"]).status_code == 200


@spec("B-2")
def test_the_page_says_what_the_client_was_told_and_what_to_do_about_it() -> None:
    page = page_of(refused(begin())["X-OAuth-Reference"])
    text = page.content.decode()
    assert page.status_code == 200
    assert "unsupported_grant_type" in text
    assert "This grant_type is not supported." in text
    assert "grant_types_supported" in text
    assert 'href="https://datatracker.ietf.org/doc/html/rfc6749#section-5.2"' in text
    assert page["Cache-Control"] == "no-store"
    assert page["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in page["Content-Security-Policy"]


@spec("B-4")
def test_the_page_holds_nothing_of_the_client_the_person_or_the_request() -> None:
    story = begin()
    response = story.ask(scope="marked-scope", state="marked-state")
    row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
    text = page_of(row.reference).content.decode().replace(row.sentence, "")
    assert row.client_id
    assert row.user_id
    assert row.network
    assert row.detail
    for private in (
        row.client_id,
        story.registered.application.name,
        story.registered.redirect_uris[0],
        story.person.get_username(),
        row.network,
        row.rule,
        "marked",
    ):
        assert private not in text


@spec("B-6")
def test_reasons_a_guesser_must_not_tell_apart_have_one_page() -> None:
    story = begin()
    wrong, unknown = (
        story.token(grant_type="refresh_token", headers=basic(client_id, "wrong"))
        for client_id in (story.registered.client_id, "nobody")
    )
    texts = set()
    for response in (wrong, unknown):
        row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
        text = page_of(row.reference).content.decode()
        texts.add(text.replace(row.reference, "").partition("When")[0])
    assert len(texts) == 1
    assert AuditEvent.objects.values("rule").distinct().count() == 2


@pytest.mark.parametrize(
    "reference", ["000000000000", "0", "x" * 5000, "%00", "%E2%82", "<b>", "a'b", "AAAAAAAAAAAA"]
)
def test_an_unknown_reference_is_a_page_of_the_same_shape(reference: str) -> None:
    page = Client().get(reverse("oauthflows:explain", args=["0"]).replace("0/", f"{reference}/"))
    assert page.status_code == 404
    assert "<b>" not in page.content.decode()
    assert "of-facts" in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_what_was_no_refusal_is_told_to_nobody(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        begin().tokens()
    row = AuditEvent.objects.get(event="consent.given")
    assert page_of(row.reference).status_code == 404


@spec("B-32")
def test_whoever_looks_up_too_many_waits() -> None:
    reference = refused(begin())["X-OAuth-Reference"]
    statuses = [page_of(f"{number:012x}").status_code for number in range(60)]
    assert set(statuses) == {404}
    page = page_of(reference)
    assert page.status_code == 429
    assert int(page["Retry-After"]) > 0
    assert "unsupported_grant_type" not in page.content.decode()


def test_a_refusal_that_is_only_counted_has_the_reference_of_one_that_was_written() -> None:
    story = begin()
    references = [refused(story)["X-OAuth-Reference"] for _ in range(20)]
    assert len(set(references[:10])) == 10
    written = set(AuditEvent.objects.values_list("reference", flat=True))
    assert set(references) == written
    assert len(written) == 11  # the first ten, and the sixteenth


def test_without_a_cache_a_refusal_still_has_a_reference(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def dead(*_: Any, **__: Any) -> None:
        raise ConnectionError

    for name in ("add", "incr", "get", "set"):
        monkeypatch.setattr(cache, name, dead)
    caplog.set_level("INFO", "django_oauthflows.audit")
    reference = refused(begin())["X-OAuth-Reference"]
    said = [record for record in caplog.records if getattr(record, "reference", "") == reference]
    assert [record.rule for record in said] == ["grant_type_must_be_supported"]
    assert AuditEvent.objects.get().reference == reference


@pytest.mark.parametrize("code", [code for code in Code if code != Code.AUTHORIZATION_PENDING])
def test_every_code_has_a_meaning_and_something_to_do_about_it(code: Code) -> None:
    meaning = MEANINGS[code]
    assert meaning.means
    assert meaning.advice
    assert meaning.paragraph


def test_a_single_page_app_may_read_the_reference(settings: Any) -> None:
    settings.OAUTHFLOWS = {"REFERENCE_IN": "header"}
    story = begin(preset="single-page-app")
    response = story.token(
        grant_type="unheard-of",
        client_id=story.registered.client_id,
        headers={"Origin": "https://client.example"},
    )
    assert response["Access-Control-Allow-Origin"] == "https://client.example"
    assert "X-OAuth-Reference" in response["Access-Control-Expose-Headers"]
