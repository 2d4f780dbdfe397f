"""Each mistake in an MCP server is named, and nothing of a server without one."""

import pytest
from django.test import override_settings
from django.urls import path

from django_oauthflows.checks.mcp_servers import check_mcp_servers
from django_oauthflows.resource_server.mcp import mcp_view
from tests import urls
from tests.checks.urls_of_mcp_servers import answer

urlpatterns = [
    *urls.urlpatterns,
    path("good/", mcp_view(resource="https://testserver/good/")(answer)),
    path("other/", mcp_view(resource="https://testserver/good/")(answer)),
    path("query/", mcp_view(resource="https://testserver/query/?x=1")(answer)),
    path("no-url/", mcp_view(resource="notes")(answer)),
]


@override_settings(ROOT_URLCONF=__name__)
def test_a_server_at_another_place_than_its_resource_is_named() -> None:
    messages = check_mcp_servers(None)
    named = ("'https://testserver/good/'", "'https://testserver/query/?x=1'", "'notes'")
    assert {message.id for message in messages} == {"oauthflows.E163"}
    assert [url in message.msg for url, message in zip(named, messages, strict=True)] == [True] * 3


@override_settings(ROOT_URLCONF="tests.checks.urls_of_mcp_servers")
def test_scopes_that_nobody_can_be_given_are_named() -> None:
    (closed,) = [m.msg for m in check_mcp_servers(None) if m.id == "oauthflows.W163"]
    assert "Tools" in closed
    assert "notes:raed" in closed


@pytest.mark.parametrize("urlconf", ["tests.resource_server.mcp_notes", "tests.urls"])
def test_a_server_without_mistakes_is_not_named(urlconf: str) -> None:
    with override_settings(ROOT_URLCONF=urlconf):
        assert check_mcp_servers(None) == []
