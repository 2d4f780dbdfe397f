"""An authorization request that comes by POST is kept, and goes on as a link."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.protocol.models import KeptRequest
from django_oauthflows.testing.client import answered
from django_oauthflows.tokens.models import Authorization
from tests.marks import conformance, spec
from tests.signing_in import page_of, sign_in, told
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

CORE = "OpenID Connect Core §3.1.2.1"
FORM = "application/x-www-form-urlencoded"


def post(story: Story, body: str = "", **changes: Any) -> Any:
    """Post a request as a form on the client's page does: without the session, without a token."""
    stranger = Client(enforce_csrf_checks=True)
    sent = body or story.authorization_url(**changes).partition("?")[2]
    return stranger.post(reverse("oauthflows:authorize"), sent, content_type=FORM)


@conformance("oidcc-ensure-post-request-succeeds")
@spec(CORE, "B-28")
def test_a_posted_request_goes_on_as_a_link_and_is_answered() -> None:
    story = begin(skips_consent=True)
    kept = post(story)
    assert kept.status_code == 303
    assert kept["Cache-Control"] == "no-store"
    assert set(told(kept)) == {"client_id", "request_uri"}
    answer = answered(story.browser.get(kept["Location"]))
    assert answer["state"] == "a-state"
    assert story.redeem(answer["code"]).status_code == 200


@spec(CORE, "B-16", "B-28")
def test_the_person_signs_in_and_decides_as_on_any_request() -> None:
    story = begin()
    kept = post(story, prompt="login")
    sent = story.browser.get(kept["Location"])
    assert page_of(sent) == "/accounts/login/"
    page = sign_in(story, sent)
    assert page.status_code == 200
    decided = story.press(kept["Location"], decision="allow", scopes=["notes:read"])
    assert "code" in answered(decided)
    assert Authorization.objects.get().scope == "notes:read"


@spec(CORE, "B-16", "B-3")
def test_nobody_decides_by_a_posted_request() -> None:
    story = begin()
    url = story.authorization_url()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(story.person)
    refused = browser.post(url, "decision=allow&scopes=notes:read", content_type=FORM)
    assert refused.status_code == 403
    query = url.partition("?")[2]
    kept = browser.post(
        reverse("oauthflows:authorize"), f"{query}&decision=allow", content_type=FORM
    )
    assert browser.get(kept["Location"]).status_code == 200
    refused = browser.post(kept["Location"], "decision=allow", content_type=FORM)
    assert refused.status_code == 403
    assert not Authorization.objects.exists()


@spec(CORE, "B-1")
def test_what_stands_beside_the_reference_does_not_count() -> None:
    story = begin(skips_consent=True)
    link = post(story)["Location"] + "&scope=notes:write&state=another"
    assert answered(story.browser.get(link))["state"] == "a-state"
    assert Authorization.objects.get().scope == "notes:read notes:write profile"


@spec(CORE, "B-1")
def test_a_reference_is_for_its_client_and_its_time() -> None:
    story, other = begin(), begin()
    link = post(story)["Location"]
    mine, theirs = (one.registered.client_id for one in (story, other))
    for broken in (link.replace(mine, theirs), link[:-1], f"{link}A"):
        assert story.browser.get(broken).status_code == 400
    KeptRequest.objects.update(expires=timezone.now())
    assert story.browser.get(link).status_code == 400
    assert AuditEvent.objects.filter(rule="request_must_be_kept").exists()


@spec("B-4", "B-17")
def test_the_row_tells_nobody_what_was_asked() -> None:
    story = begin()
    reference = told(post(story, state="marked-state"))["request_uri"].rpartition(":")[2]
    row = str(KeptRequest.objects.values().get())
    for secret in ("marked-state", "marked", reference, "notes"):
        assert secret not in row


@spec("RFC 8707 §2")
def test_every_resource_is_kept() -> None:
    story = begin(skips_consent=True)
    resources = ["https://one.example/", "https://two.example/"]
    link = post(story, resource=resources)["Location"]
    assert "code" in answered(story.browser.get(link))
    assert Authorization.objects.get().resource == resources


@spec("RFC 6749 §4.1.2.1", "B-1", "B-3")
@pytest.mark.parametrize(
    "body",
    ["client_id=nobody", "client_id=a&client_id=a", "x=%00", "x=%ff", "response_type=code", "&"],
)
def test_a_malformed_post_is_a_page_and_keeps_nothing(body: str) -> None:
    response = post(begin(), body)
    assert response.status_code == 400
    assert "Location" not in response
    assert not KeptRequest.objects.exists()


@spec("B-1")
def test_an_empty_post_and_one_of_another_kind_are_pages() -> None:
    url = reverse("oauthflows:authorize")
    assert Client().post(url, "", content_type="").status_code == 400
    assert Client().post(url, {"client_id": "x"}).status_code == 415


@spec("B-1")
def test_a_request_beyond_all_measure_is_not_kept() -> None:
    story = begin()
    many = urlencode({f"x{number}": "a" * 8000 for number in range(9)})
    query = story.authorization_url().partition("?")[2]
    assert post(story, f"{query}&{many}").status_code == 413
    assert not KeptRequest.objects.exists()


@spec("B-32")
def test_one_network_has_only_so_many_kept(settings: Any) -> None:
    settings.OAUTHFLOWS = {"KEPT_REQUESTS_PER_NETWORK": 2}
    story = begin()
    assert [post(story).status_code for _ in range(3)] == [303, 303, 429]
    assert KeptRequest.objects.count() == 2


@spec("B-32")
def test_a_dead_cache_keeps_requests_all_the_same_and_counts_them(settings: Any) -> None:
    settings.OAUTHFLOWS = {"KEPT_REQUESTS_PER_NETWORK": 2}
    story = begin()
    with patch.object(cache, "add", side_effect=ConnectionError):
        assert [post(story).status_code for _ in range(3)] == [303, 303, 429]


@spec("B-28")
def test_what_is_over_is_cleaned_up() -> None:
    story = begin()
    post(story)
    KeptRequest.objects.update(expires=timezone.now() - timedelta(days=2))
    link = post(story)["Location"]
    call_command("oauthflows_cleanup", json=True)
    assert KeptRequest.objects.count() == 1
    assert story.browser.get(link).status_code == 200
