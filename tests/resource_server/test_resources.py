"""An API that has an identifier of its own takes the tokens that name it, and no other's."""

from typing import Any

import pytest
from django.test import override_settings
from django.urls import path

from django_oauthflows.resource_server import OAuth2TokenAuthentication
from tests import api, urls
from tests.marks import spec
from tests.resource_server.test_authentication import challenge_of
from tests.stories import begin

IDENTIFIER = "https://notes.example.com/"


class Named(OAuth2TokenAuthentication):
    resource = IDENTIFIER


class Strict(Named):
    must_be_bound = True


class NamedNotes(api.Notes):
    authentication_classes = (Named,)


class StrictNotes(api.Notes):
    authentication_classes = (Strict,)


urlpatterns = [
    *urls.urlpatterns,
    path("api/named/", NamedNotes.as_view()),
    path("api/strict/", StrictNotes.as_view()),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def status(path: str, **request: Any) -> int:
    story = begin()
    response = story.call(story.tokens(**request)["access_token"], path)
    if response.status_code == 401:
        assert challenge_of(response)["error"] == "invalid_token"
    return response.status_code


@pytest.mark.parametrize(
    ("resource", "answer"),
    [
        (IDENTIFIER, 200),
        ([IDENTIFIER, "https://elsewhere.example/"], 200),
        # But for the slash at the end: what is declared is meant, and the token names that.
        ("https://notes.example.com", 200),
        ("https://notes.example.com/archive", 401),
        ("http://testserver/api/named/", 401),
        ("http://testserver/", 401),
    ],
)
@spec("RFC 8707 §2", "B-27")
def test_an_api_is_named_exactly(resource: str | list[str], answer: int) -> None:
    assert status("/api/named/", resource=resource) == answer


@spec("RFC 8707 §2", "B-27")
def test_a_token_for_no_resource_in_particular_works_unless_the_api_wants_its_own() -> None:
    assert status("/api/named/") == 200
    assert status("/api/strict/") == 401
    assert status("/api/strict/", resource=IDENTIFIER) == 200


@spec("RFC 8707 §2", "B-27")
def test_a_token_for_a_named_api_is_not_taken_at_another() -> None:
    assert status("/api/notes/", resource=IDENTIFIER) == 401


@spec("RFC 9728 §1.2", "B-27")
@override_settings(OAUTHFLOWS={"RESOURCE": "https://api.example.com/"})
def test_the_sites_own_identifier_is_good_at_all_its_apis() -> None:
    assert status("/api/notes/", resource="https://api.example.com/") == 200
    assert status("/api/notes/", resource="http://testserver/api/notes/") == 200
    assert status("/api/notes/", resource="https://other.example.com/") == 401
    assert status("/api/named/", resource="https://api.example.com/") == 401
