"""A resource named with one slash too many or too few (MCP 2025-11-25, Canonical Server URI)."""

from typing import Any

import pytest
from django.http import JsonResponse
from django.urls import path

from django_oauthflows.resource_server.mcp import mcp_view
from tests import urls
from tests.marks import spec
from tests.resource_server.mcp_messages import post, request_of
from tests.stories import Story, begin, error_of

SITE = "http://testserver"


def server(resource: str) -> Any:
    @mcp_view(resource=SITE + resource)
    def answer(request):
        return JsonResponse({"jsonrpc": "2.0", "id": 1, "result": {}})

    return path(resource.removeprefix("/"), answer)


urlpatterns = [
    *urls.urlpatterns,
    *map(server, ("/slashed/", "/bare", "/both", "/both/")),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def opened(story: Story, token: str) -> set[str]:
    """The servers that a token opens."""
    servers = ("/slashed/", "/bare", "/both", "/both/")
    return {at for at in servers if post(token, request_of("ping"), at).status_code == 200}


@spec("RFC 8707 §2", "RFC 9728 §3.3")
@pytest.mark.parametrize(("named", "meant"), [("/slashed", "/slashed/"), ("/bare/", "/bare")])
def test_a_slash_more_or_less_means_the_server_that_declares_itself(named: str, meant: str) -> None:
    story = begin()
    tokens = story.tokens(resource=SITE + named)
    assert opened(story, tokens["access_token"]) == {meant}
    for again in (named, meant):
        tokens = story.refresh(tokens["refresh_token"], resource=SITE + again).json()
        assert opened(story, tokens["access_token"]) == {meant}


@spec("RFC 8707 §2")
@pytest.mark.parametrize("named", ["/both", "/both/"])
def test_servers_that_differ_by_a_slash_are_two(named: str) -> None:
    story = begin()
    token = story.tokens(resource=SITE + named)["access_token"]
    assert opened(story, token) == {named}


@spec("RFC 8707 §2")
@pytest.mark.parametrize(
    "named", [f"{SITE}/slashed?/", f"{SITE}/Slashed", "https://testserver/slashed", f"{SITE}/sla"]
)
def test_nothing_but_the_slash_is_made_up(named: str) -> None:
    story = begin()
    assert opened(story, story.tokens(resource=named)["access_token"]) == set()


@spec("RFC 8707 §2")
def test_a_client_that_is_held_to_a_server_may_leave_out_its_slash_and_no_more() -> None:
    story = begin()
    story.registered.policy.allowed_resources = [f"{SITE}/slashed/"]
    story.registered.policy.save()
    assert opened(story, story.tokens(resource=f"{SITE}/slashed")["access_token"]) == {"/slashed/"}
    refused = story.ask(resource=f"{SITE}/both")
    assert "error=invalid_target" in refused["Location"]


@spec("RFC 8707 §2.2")
def test_a_grant_for_one_server_is_not_redeemed_for_another() -> None:
    story = begin()
    code = story.code(resource=f"{SITE}/slashed")
    assert error_of(story.redeem(code, resource=f"{SITE}/bare/")) == (400, "invalid_target")
