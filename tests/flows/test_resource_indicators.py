"""Resource indicators (RFC 8707): a client says where it will use a token, which works there alone."""

from typing import Any

import pytest
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.testing.client import answered
from tests.consent.test_consent_page import text_of
from tests.marks import spec
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db

NOTES, OWN = "http://testserver/api/notes/", "http://testserver/api/own/"
ELSEWHERE = "https://elsewhere.example/api"


def held_to(story: Story, *resources: str) -> Story:
    """The client, whose policy lists the resources its tokens may be for."""
    story.registered.policy.allowed_resources = list(resources)
    story.registered.policy.save()
    return story


def aud(story: Story, tokens: dict[str, Any]) -> Any:
    return story.introspect(tokens["access_token"]).get("aud")


@spec("RFC 8707 §2.1")
def test_a_code_for_two_resources_earns_a_token_for_both() -> None:
    story = begin()
    tokens = story.tokens(resource=[NOTES, OWN])
    assert aud(story, tokens) == [NOTES, OWN]
    assert story.call(tokens["access_token"], "/api/notes/").status_code == 200
    assert story.call(tokens["access_token"], "/api/own/").status_code == 200
    assert story.call(tokens["access_token"], "/api/open/").status_code == 401


@spec("RFC 8707 §2.2")
def test_a_code_for_two_resources_is_redeemed_for_one() -> None:
    story = begin()
    tokens = story.redeem(story.code(resource=[NOTES, OWN]), resource=NOTES).json()
    assert aud(story, tokens) == NOTES
    assert story.call(tokens["access_token"], "/api/own/").status_code == 401


@spec("RFC 8707 §2.2")
def test_a_refresh_token_for_two_gets_an_access_token_for_each_in_turn() -> None:
    story = begin()
    tokens = story.redeem(story.code(resource=[NOTES, OWN]), resource=NOTES).json()
    for resource, path in ((OWN, "/api/own/"), (NOTES, "/api/notes/")):
        tokens = story.refresh(tokens["refresh_token"], resource=resource).json()
        assert aud(story, tokens) == resource
        assert story.call(tokens["access_token"], path).status_code == 200
    both = story.refresh(tokens["refresh_token"]).json()
    assert aud(story, both) == [NOTES, OWN]


@spec("RFC 8707 §2.2")
def test_what_was_not_granted_is_refused_and_the_grant_stays_usable() -> None:
    story = begin()
    code = story.code(resource=NOTES)
    assert error_of(story.redeem(code, resource=OWN)) == (400, "invalid_target")
    assert error_of(story.redeem(code, resource=[NOTES, OWN])) == (400, "invalid_target")
    tokens = story.redeem(code).json()
    assert error_of(story.refresh(tokens["refresh_token"], resource=OWN)) == (400, "invalid_target")
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("RFC 8707 §2.2")
def test_a_grant_for_no_resource_in_particular_can_be_narrowed() -> None:
    story = begin()
    tokens = story.redeem(story.code(), resource=NOTES).json()
    assert aud(story, tokens) == NOTES
    assert aud(story, story.refresh(tokens["refresh_token"]).json()) is None


@spec("RFC 8707 §2")
def test_the_same_resource_twice_is_one() -> None:
    story = begin()
    assert aud(story, story.tokens(resource=[NOTES, NOTES])) == NOTES


@spec("RFC 8707 §2", "B-14")
def test_people_see_where_the_access_can_be_used() -> None:
    story = begin()
    page = text_of(story.ask(resource=[NOTES, ELSEWHERE]))
    assert "It can use this access here only:" in page
    assert NOTES in page
    assert ELSEWHERE in page
    assert "here only" not in text_of(story.ask())


@spec("RFC 8707 §2", "RFC 7662 §2.2", "B-22")
def test_the_resource_server_a_token_is_meant_for_learns_of_it() -> None:
    story = begin()
    access = story.tokens(resource=ELSEWHERE)["access_token"]
    api, other = (begin(preset="service", redirect_uris=()) for _ in range(2))
    api.registered.policy.resources = [ELSEWHERE]
    api.registered.policy.save()
    assert api.introspect(access)["aud"] == ELSEWHERE
    assert other.introspect(access) == {"active": False}


# A client that is held to some resources ---------------------------------------------------------------


@spec("RFC 8707 §2")
def test_a_client_asks_for_no_resource_but_its_own() -> None:
    story = held_to(begin(), NOTES)
    assert answered(story.ask(resource=ELSEWHERE))["error"] == "invalid_target"
    assert answered(story.ask(resource=[NOTES, ELSEWHERE]))["error"] == "invalid_target"
    assert aud(story, story.tokens(resource=NOTES)) == NOTES


@spec("RFC 8707 §2.2")
def test_naming_no_resource_does_not_make_a_token_for_all() -> None:
    story = held_to(begin(), OWN, NOTES)
    tokens = story.tokens()
    assert aud(story, tokens) == [NOTES, OWN]
    assert story.call(tokens["access_token"], "/api/open/").status_code == 401


@spec("RFC 8707 §2")
def test_a_service_is_held_to_its_resources_too() -> None:
    story = held_to(begin(preset="service", redirect_uris=()), NOTES)
    grant = {"grant_type": "client_credentials", "scope": "notes:read"}
    assert error_of(story.token(**grant, resource=OWN)) == (400, "invalid_target")
    assert aud(story, story.token(**grant).json()) == NOTES


@spec("RFC 8707 §2.2", "B-19")
def test_a_resource_that_is_taken_from_a_client_is_gone_at_the_next_refresh() -> None:
    story = begin()
    tokens = story.tokens(resource=[NOTES, OWN])
    held_to(story, OWN)
    refused = story.refresh(tokens["refresh_token"], resource=NOTES)
    assert error_of(refused) == (400, "invalid_target")
    tokens = story.refresh(tokens["refresh_token"]).json()
    assert aud(story, tokens) == OWN
    held_to(story, ELSEWHERE)
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_target")
    held_to(story, OWN)
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("RFC 8707 §2.2", "B-19")
def test_a_grant_from_before_a_client_was_held_to_resources_is_held_to_them_now() -> None:
    story = begin()
    tokens = story.tokens()
    held_to(story, NOTES)
    assert aud(story, story.refresh(tokens["refresh_token"]).json()) == NOTES


@spec("RFC 8707 §2")
def test_a_refused_resource_leaves_no_token() -> None:
    story = held_to(begin(preset="service", redirect_uris=()), NOTES)
    story.token(grant_type="client_credentials", scope="notes:read", resource=OWN)
    assert not get_access_token_model().objects.exists()
    assert not get_refresh_token_model().objects.exists()


@spec("RFC 8707 §2")
def test_a_resource_may_be_a_name_of_any_scheme() -> None:
    story = begin()
    tokens = story.tokens(resource="urn:example:notes")
    assert aud(story, tokens) == "urn:example:notes"
    assert story.call(tokens["access_token"]).status_code == 401, "it names another API"


@spec("RFC 8707 §2")
@pytest.mark.parametrize("resource", ["urn:x y", "https://user:password@api.example/"])
def test_a_resource_with_a_blank_or_a_password_is_an_invalid_target(resource: str) -> None:
    story = begin()
    assert answered(story.ask(resource=resource))["error"] == "invalid_target"
    refused = story.redeem(story.code(), resource=resource)
    assert error_of(refused) == (400, "invalid_target")
    assert "password@" not in refused.content.decode()
    assert "password@" not in str([event.detail for event in AuditEvent.objects.all()])


@spec("RFC 8707 §2.2")
@pytest.mark.parametrize("hosts", [["*"], [".example.com", "testserver"]])
def test_a_host_header_binds_a_grant_to_no_api_elsewhere(hosts: list[str], settings: Any) -> None:
    settings.ALLOWED_HOSTS = hosts
    story = begin()
    forged = {**story.basic, "Host": "prices.example.com"}
    elsewhere: dict[str, Any] = {"resource": "http://prices.example.com/", "headers": forged}
    pair = story.tokens()
    refused = story.refresh(pair["refresh_token"], **elsewhere)
    assert error_of(refused) == (400, "invalid_target")
    assert error_of(story.redeem(story.code(), **elsewhere)) == (400, "invalid_target")
