"""Pairwise subjects: clients of two sectors cannot compare notes about a person (OpenID Connect Core §8)."""

from typing import Any

import pytest

from django_oauthflows.clients.facts import client_of
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.tokens.subjects import subject_of
from tests.identity.stories import change, claims_of, relying_party, userinfo
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db


def pairwise(**openid: Any) -> Story:
    return relying_party(subject_type="pairwise", **openid)


def everywhere(story: Story) -> set[str]:
    """The subject as each thing the client can read names it."""
    members = story.tokens(scope="openid notes:read")
    access = members["access_token"]
    return {
        claims_of(story, members["id_token"])["sub"],
        userinfo(story, access).json()["sub"],
        story.introspect(access)["sub"],
        story.introspect(members["refresh_token"])["sub"],
        claims_of(story, access, algorithms=("ES256",))["sub"],
    }


@spec("OpenID Connect Core §8.1", "B-29")
def test_a_pairwise_client_is_told_one_subject_everywhere_and_it_is_not_the_public_one() -> None:
    story = pairwise(token_format="jwt")
    (subject,) = everywhere(story)
    assert subject != str(story.person.pk)
    assert "username" not in story.introspect(story.tokens(scope="notes:read")["access_token"])


@spec("OpenID Connect Core §8")
def test_a_public_client_is_told_the_public_one_everywhere() -> None:
    story = relying_party(token_format="jwt")
    assert everywhere(story) == {str(story.person.pk)}


@spec("OpenID Connect Core §8.1", "OpenID Connect Front-Channel Logout 1.0 §3")
def test_another_sector_knows_the_session_by_another_name() -> None:
    one, known = pairwise(), relying_party()
    two = begin(preset="web-app", redirect_uris=["https://other.example/callback"])
    change(two, subject_type="pairwise")
    same = pairwise()
    stories = (one, same, two, known)
    for story in stories:  # one person in one browser
        story.person, story.browser = one.person, one.browser
    names = [session_named_to(story) for story in stories]
    assert names[0] == names[1]
    assert len(set(names[1:])) == 3
    assert names[3] == ProviderSession.objects.get(user=one.person).sid
    assert [session_named_to(story) for story in stories] == names


def session_named_to(story: Story) -> str:
    """The `sid` a client is told, at the first sign-in and after a refresh."""
    tokens = story.tokens(scope="openid")
    refreshed = story.refresh(tokens["refresh_token"]).json()
    (name,) = {claims_of(story, told["id_token"])["sid"] for told in (tokens, refreshed)}
    return str(name)


@spec("OpenID Connect Core §8.1")
def test_another_sector_knows_the_person_by_another_subject() -> None:
    one = pairwise()
    two = begin(
        preset="web-app", person=one.person, redirect_uris=["https://other.example/callback"]
    )
    change(two, subject_type="pairwise")
    subjects = [
        claims_of(story, story.tokens(scope="openid")["id_token"])["sub"] for story in (one, two)
    ]
    assert subjects[0] != subjects[1]
    change(two, sector_identifier_uri="https://client.example/sector.json")
    assert claims_of(two, two.tokens(scope="openid")["id_token"])["sub"] == subjects[0]


@spec("OpenID Connect Core §8.1")
def test_the_secret_decides_and_not_the_projects_secret_key(settings: Any) -> None:
    settings.OAUTHFLOWS = {"PAIRWISE_SECRET": "kept for as long as there are people"}
    story = pairwise()
    before = userinfo(story, story.tokens(scope="openid")["access_token"]).json()["sub"]
    settings.SECRET_KEY = "another"
    client = client_of(story.registered.client_id)
    assert client is not None
    assert subject_of(client, story.person.pk) == before
    settings.OAUTHFLOWS = {"PAIRWISE_SECRET": "another"}
    assert subject_of(client, story.person.pk) != before
