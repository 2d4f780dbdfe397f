"""A metadata document that is refused is explained to whoever needs to put it right."""

from typing import Any

import pytest
from django.core.cache import cache

from django_oauthflows.audit.explaining import explain
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.facts import client_of
from tests.clients.dynamic.test_documents import DOCUMENT, ID, Publisher, publisher, story
from tests.marks import spec

__all__ = ["publisher"]

WRONG: tuple[tuple[Any, str, str], ...] = (
    (None, "document_must_be_found", "There is no metadata document"),
    (
        {**DOCUMENT, "client_id": "https://app.example/x"},
        "document_must_name_its_address",
        "not the address",
    ),
    (
        {**DOCUMENT, "client_secret": "everybody's"},
        "document_must_not_hold_a_secret",
        "holds no client_secret",
    ),
    (
        {**DOCUMENT, "redirect_uris": ["https://app.example/cb", "http://app.example/cb"]},
        "redirect_uris_must_be_usable",
        "http://app.example/cb",
    ),
    (
        {**DOCUMENT, "grant_types": ["client_credentials"], "response_types": []},
        "client_without_a_person_must_be_introduced",
        "needs an initial access token",
    ),
)


@spec("OAuth Client ID Metadata Document §4", "RFC 6749 §4.1.2.1")
@pytest.mark.parametrize(("document", "rule", "words"), WRONG)
def test_the_page_and_the_log_say_what_is_wrong(
    publisher: type[Publisher], document: Any, rule: str, words: str
) -> None:
    publisher.documents[ID] = document
    # The second request finds no document to be asked for: it is left alone for a while.
    for _ in range(2):
        page = story().ask()
        assert (page.status_code, page.has_header("Location")) == (400, False)
        assert words in page.content.decode()
        row = AuditEvent.objects.get(reference=page["X-OAuth-Reference"])
        assert (row.rule, row.client_id) == (rule, ID)
        assert explain(row).fix
        assert explain(row).paragraphs
    assert publisher.asked == [ID]


@spec("OAuth Client ID Metadata Document §4", "RFC 6749 §5.2")
@pytest.mark.parametrize(("document", "rule", "words"), WRONG)
def test_the_token_endpoint_says_it_too(
    publisher: type[Publisher], document: Any, rule: str, words: str
) -> None:
    publisher.documents[ID] = document
    answer = story().token(grant_type="authorization_code", code="x", client_id=ID)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert words in answer.json()["error_description"]
    assert AuditEvent.objects.get(reference=answer["X-OAuth-Reference"]).rule == rule


@spec("OAuth Client ID Metadata Document §4")
def test_what_was_put_right_is_no_longer_told(publisher: type[Publisher]) -> None:
    publisher.documents[ID] = None
    assert story().ask().status_code == 400
    cache.clear()  # the while is over
    publisher.documents[ID] = dict(DOCUMENT)
    assert client_of(ID, network="192.0.2.1") is not None
    assert story().ask().status_code == 200


@spec("OAuth Client ID Metadata Document §3")
def test_an_address_that_was_not_asked_is_an_unknown_client(
    publisher: type[Publisher], settings: Any
) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "CIMD_ENABLED": False}
    page = story().ask()
    row = AuditEvent.objects.get(reference=page["X-OAuth-Reference"])
    assert (row.rule, publisher.asked) == ("client_must_be_known", [])


@spec("B-4")
def test_many_refused_documents_write_few_rows(publisher: type[Publisher], settings: Any) -> None:
    settings.OAUTHFLOWS = {"AUDIT_ROWS_PER_WINDOW": 2}
    publisher.documents[ID] = None
    for _ in range(9):
        story().ask()
    assert AuditEvent.objects.filter(rule="document_must_be_found").count() <= 4
