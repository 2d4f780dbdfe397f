"""Every URL name of django-oauth-toolkit, and the paths that people and clients know by heart."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone
from oauth2_provider import urls as dots
from oauth2_provider.models import get_access_token_model

from django_oauthflows.testing.factories import PersonFactory
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

#: One value that each of DOT's converters takes.
SAMPLE = "1"


def dots_patterns() -> dict[str, URLPattern]:
    return {str(one.name): one for one in dots.urlpatterns}


def own_token(story: Story, **columns: Any) -> Any:
    return get_access_token_model().objects.create(
        **{
            "user": story.person,
            "token": f"token {get_access_token_model().objects.count()}",
            "application": story.registered.application,
            "expires": timezone.now() + timedelta(hours=1),
            "scope": "notes:read",
            **columns,
        }
    )


def delete_url(row: Any) -> str:
    return reverse("oauth2_provider:authorized-token-delete", args=[row.pk])


@pytest.mark.parametrize("name", sorted(dots_patterns()))
def test_every_name_reverses_with_dots_own_arguments(name: str) -> None:
    arguments = dict.fromkeys(dots_patterns()[name].pattern.converters, SAMPLE)
    assert reverse(f"oauth2_provider:{name}", kwargs=arguments).startswith("/")


# The tokens that people allowed ---------------------------------------------------------------------


def test_the_list_of_tokens_is_where_it_was_and_leads_to_the_connected_apps() -> None:
    story = begin()
    assert reverse("oauth2_provider:authorized-token-list") == "/o/authorized_tokens/"
    page = story.browser.get("/o/authorized_tokens/", follow=True)
    assert (page.redirect_chain[-1][0], page.status_code) == ("/o/connected-apps/", 200)


@spec("RFC 7009 §2.1")
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_deleting_a_token_leads_to_the_question_and_ends_nothing(method: str) -> None:
    story = begin()
    row = own_token(story)
    response = getattr(story.browser, method)(delete_url(row))
    key = story.registered.application.pk
    assert response["Location"] == f"/o/connected-apps/{key}/withdraw/"
    assert response.status_code == 303
    assert story.browser.get(response["Location"]).status_code == 200
    assert get_access_token_model().objects.filter(pk=row.pk).exists()


def test_a_token_that_is_over_leads_to_the_list() -> None:
    story = begin()
    row = own_token(story, expires=timezone.now() - timedelta(hours=1))
    assert story.browser.get(delete_url(row))["Location"] == "/o/connected-apps/"


def test_a_token_of_no_client_leads_to_the_list() -> None:
    story = begin()
    row = own_token(story, application=None)
    assert story.browser.get(delete_url(row))["Location"] == "/o/connected-apps/"


@pytest.mark.parametrize("key", ["{pk}", "0", "no-number", "9" * 30])
def test_another_persons_token_is_not_found(key: str) -> None:
    row = own_token(begin())
    stranger = Client()
    stranger.force_login(PersonFactory())
    url = f"/o/authorized_tokens/{key.format(pk=row.pk)}/delete/"
    assert stranger.get(url).status_code == stranger.post(url).status_code == 404
    assert get_access_token_model().objects.filter(pk=row.pk).exists()


def test_nobody_learns_of_a_token_before_signing_in() -> None:
    row = own_token(begin())
    for url in (delete_url(row), "/o/authorized_tokens/0/delete/"):
        assert Client().get(url)["Location"].startswith("/accounts/login/")


# Devices ------------------------------------------------------------------------------------------


@spec("RFC 8628 §3.3.1")
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_page_of_one_device_fills_its_code_in_and_allows_nothing(method: str) -> None:
    story = begin()
    url = reverse("oauth2_provider:device-confirm", args=["a-client", "BCDF-GHJK"])
    assert url == "/o/device-confirm/a-client/BCDF-GHJK"
    response = getattr(story.browser, method)(url, {"action": "accept"} if method == "post" else {})
    assert (response.status_code, response["Location"]) == (
        303,
        "/o/device/?user_code=BCDF-GHJK",
    )
    assert "BCDF-GHJK" in story.browser.get(response["Location"]).content.decode()


def test_how_a_device_ended_is_said_to_whoever_decided() -> None:
    story = begin()
    url = reverse("oauth2_provider:device-grant-status", args=["a-client", "BCDF-GHJK"])
    page = story.browser.get(url, follow=True)
    assert [hop for hop, _ in page.redirect_chain] == ["/o/device/done/", "/o/device/"]


# Metadata -----------------------------------------------------------------------------------------


@spec("RFC 9728 §3.1", "RFC 9728 §3.2")
def test_the_document_of_the_site_stands_below_the_prefix_too() -> None:
    below, root = (
        Client().get(f"{start}/.well-known/oauth-protected-resource") for start in ("/o", "")
    )
    assert below.status_code == 200
    assert below.json() == root.json()
    assert below["Access-Control-Allow-Origin"] == "*"
