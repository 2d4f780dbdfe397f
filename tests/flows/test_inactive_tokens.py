"""`active: false`: the same answer for every reason, and a reference that leads this site's people to it."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from django_oauthflows.audit.models import AuditEvent
from tests.audit.deeds import administrator
from tests.flows.test_introspection import api
from tests.marks import spec
from tests.secrecy.places import basic
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

INACTIVE = "token.found_inactive"


def ask(story: Story, token: str) -> Any:
    response = story.post("introspect", token=token)
    assert response.status_code == 200
    return response


def found(response: Any) -> AuditEvent:
    """The row that the reference of an answer leads to."""
    return AuditEvent.objects.get(reference=response["X-OAuth-Reference"])


def another_clients_tokens() -> dict[str, str]:
    """Tokens that are live and none of the asker's business, and what is no token."""
    tokens = begin().tokens(resource="https://api.example/other")
    return {
        "garbage": "no-such-token",
        "looks like one": "ey.ey.ey",
        "another's access token": tokens["access_token"],
        "another's refresh token": tokens["refresh_token"],
    }


@spec("RFC 7662 §2.2", "B-22")
def test_each_inactive_answer_has_a_reference_and_an_active_one_has_none() -> None:
    story = begin()
    token = story.tokens()["access_token"]
    assert "X-OAuth-Reference" not in ask(story, token)
    assert found(ask(story, "no-such-token")).rule == "introspected_token_must_exist"


@spec("RFC 7662 §2.2", "RFC 7662 §4", "B-6", "B-22")
def test_an_answer_does_not_tell_whether_there_is_such_a_token() -> None:
    stranger, tokens = begin(), another_clients_tokens()
    answers, counts = set(), set()
    stranger.introspect("what makes the client known to this process")
    for token in tokens.values():
        with CaptureQueriesContext(connection) as captured:
            response = ask(stranger, token)
        counts.add(len(captured))
        headers = {**response.headers, "X-OAuth-Reference": len(response["X-OAuth-Reference"])}
        answers.add((response.content, tuple(sorted(headers.items()))))
    assert len(answers) == 1
    assert len(counts) == 1


@spec("RFC 7662 §4", "B-6", "B-22")
def test_neither_does_a_reference_that_comes_again_nor_the_row_it_costs() -> None:
    """Garbage until nothing more is written, then a stolen token: it counts as one more of the same."""
    stranger, stolen = begin(), another_clients_tokens()
    before = [ask(stranger, "no-such-token")["X-OAuth-Reference"] for _ in range(20)]
    written = AuditEvent.objects.filter(event=INACTIVE).count()
    for token in stolen.values():
        with CaptureQueriesContext(connection) as captured:
            assert ask(stranger, token)["X-OAuth-Reference"] == before[-1]
        assert "INSERT" not in str(captured.captured_queries)
    assert AuditEvent.objects.filter(event=INACTIVE).count() == written


@spec("RFC 7662 §4", "B-22")
def test_what_a_row_says_is_told_to_the_people_of_the_site_alone() -> None:
    stranger, told = begin(), set()
    _, browser = administrator()
    for name, token in another_clients_tokens().items():
        row = found(ask(stranger, token))
        page = Client().get(reverse("oauthflows:explain", args=[row.reference]))
        text = page.content.decode().replace(row.reference, "")
        told.add((page.status_code, text))
        for private in (row.rule, row.client_id, "api.example", "introspected_token"):
            assert private not in text
        expected = "exist" if name in ("garbage", "looks like one") else "be_meant_for_asker"
        assert row.rule == f"introspected_token_must_{expected}"
        assert token not in str(vars(row))
        inside = browser.get(reverse("admin:oauthflows_auditevent_change", args=[row.pk]))
        assert row.rule in inside.content.decode()
        output = StringIO()
        call_command("oauthflows_explain", row.reference, stdout=output)
        assert row.rule in output.getvalue()
    # A minute may pass between two of them; it stands on the page.
    assert {status for status, _ in told} == {200}
    assert len({text.partition("<dt>When")[0] for _, text in told}) == 1


@spec("RFC 7662 §2.2", "B-22")
def test_the_developer_of_an_api_learns_what_the_token_is_meant_for() -> None:
    server = api(resources=["https://api.example/notes"])
    token = begin().tokens(resource="https://api.example/note")["access_token"]
    row = found(ask(server, token))
    output = StringIO()
    call_command("oauthflows_explain", row.reference, stdout=output)
    said = output.getvalue()
    assert row.application == server.registered.application
    assert "! meant_for: https://api.example/note\n    expected: https://api.example/notes" in said
    assert "Add the resource that the token is meant for" in said


@spec("RFC 7662 §2.2", "B-22")
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_each_reason_has_its_rule(kind: str) -> None:
    story = begin()
    tokens = story.tokens()
    story.person.is_active = False
    story.person.save()
    assert found(ask(story, tokens[kind])).rule == "introspected_token_person_must_be_active"
    story.person.is_active = True
    story.person.save()
    if kind == "access_token":
        get_access_token_model().objects.update(expires=timezone.now() - timedelta(seconds=1))
        expected = "introspected_token_must_not_be_expired"
    else:
        story.refresh(tokens[kind])
        expected = "introspected_token_must_not_be_revoked"
    assert found(ask(story, tokens[kind])).rule == expected


@spec("RFC 7662 §2.2", "B-22")
def test_tokens_of_a_disabled_client_have_a_reason_too() -> None:
    story = begin()
    token = story.tokens()["access_token"]
    story.registered.policy.is_enabled = False
    story.registered.policy.save()
    row = found(ask(api(may_introspect_all=True), token))
    assert row.rule == "introspected_token_client_must_be_enabled"


@spec("B-32")
def test_a_flood_of_garbage_leaves_a_handful_of_rows_that_say_what_was_met() -> None:
    flooder = begin()
    expired = flooder.tokens()["access_token"]
    get_access_token_model().objects.update(expires=timezone.now() - timedelta(seconds=1))
    for number in range(70):
        response = ask(flooder, expired if number == 40 else f"garbage-{number}")
    rows = AuditEvent.objects.filter(event=INACTIVE)
    assert rows.count() == 10 + 3  # the first ten, and the 16th, 32nd, 64th
    last = found(response)
    assert last.occurrences == 64
    assert last.detail["introspected_token_must_exist"] == 63
    assert last.detail["introspected_token_must_not_be_expired"] == 1


@spec("B-32")
def test_a_flood_takes_no_row_from_another_client_nor_from_refusals(settings: Any) -> None:
    settings.OAUTHFLOWS = {"AUDIT_ROWS_PER_WINDOW": 1}
    api_itself = begin()
    for _ in range(7):
        flooder = begin()
        for number in range(16):
            ask(flooder, f"garbage-{number}")
    # As many as a network may write, and then the first of each client alone.
    assert AuditEvent.objects.filter(event=INACTIVE).count() == 20 + 3
    assert found(ask(api_itself, "no-such-token")).application == api_itself.registered.application
    refused = api_itself.post("introspect", headers=basic("nobody", "wrong"), token="x")
    assert AuditEvent.objects.filter(reference=refused["X-OAuth-Reference"]).exists()


@spec("B-32")
def test_refusals_of_strangers_take_no_row_from_an_api(settings: Any) -> None:
    settings.OAUTHFLOWS = {"AUDIT_ROWS_PER_WINDOW": 1}
    story = begin()
    for _ in range(30):
        begin().token(grant_type="unheard-of")
    assert found(ask(story, "no-such-token")).occurrences == 1
    assert found(ask(story, "no-such-token")).occurrences == 2


@spec("RFC 7662 §2.2", "RFC 9701 §5")
def test_a_signed_answer_has_a_reference_beside_it_and_none_inside() -> None:
    story = begin()
    signed = {**story.basic, "Accept": "application/token-introspection+jwt"}
    response = story.post("introspect", headers=signed, token="no-such-token")
    assert found(response).rule == "introspected_token_must_exist"
    assert response["X-OAuth-Reference"] not in response.content.decode()


# A token without a resource is for this site ------------------------------------------------------------


@spec("RFC 9068 §3", "B-22")
@pytest.mark.parametrize("site", ["http://testserver", "http://testserver/"])
@pytest.mark.parametrize("token_format", ["opaque", "jwt"])
def test_an_api_that_is_this_site_sees_tokens_without_a_resource(
    site: str, token_format: str
) -> None:
    story = begin()
    story.registered.policy.token_format = token_format
    story.registered.policy.save()
    members = api(resources=[site]).introspect(story.tokens()["access_token"])
    assert members["active"]
    assert members["aud"] == "http://testserver"


@spec("RFC 9068 §3", "RFC 7662 §4", "B-22")
@pytest.mark.parametrize(
    "resource",
    [
        "https://testserver",
        "http://testserver/notes",
        "http://testserver.example",
        "http://testserver?",
        "http://TESTSERVER",
    ],
)
def test_another_name_is_not_this_site(resource: str) -> None:
    token = begin().tokens()["access_token"]
    assert api(resources=[resource]).introspect(token) == {"active": False}


@spec("RFC 9068 §3", "B-22")
def test_this_site_is_what_the_settings_name(settings: Any) -> None:
    settings.OAUTHFLOWS = {"RESOURCE": "https://api.example/notes"}
    token = begin().tokens()["access_token"]
    assert api(resources=["https://api.example/notes"]).introspect(token)["active"]
    assert not api(resources=["https://api.example/notes/"]).introspect(token)["active"]
    assert not api(resources=["http://testserver"]).introspect(token)["active"]


@spec("RFC 8707 §2", "B-22")
def test_a_token_for_another_api_is_no_business_of_this_site() -> None:
    token = begin().tokens(resource="https://api.example/other")["access_token"]
    assert api(resources=["http://testserver"]).introspect(token) == {"active": False}
