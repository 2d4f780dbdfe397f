"""The agents people use × registering, signing in, calling, a 401 elsewhere, refreshing and stepping up."""

from typing import Any

import pytest
from django.urls import path

from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.resource_server import OAuth2TokenAuthentication
from tests.agents import urls_of_one_server as one_server
from tests.agents.published import AGENTS, KEY_SETS, Agent
from tests.agents.urls_of_one_server import MAIL, SITE, MailServer
from tests.agents.walking import begin_at
from tests.clients.dynamic.registering import PROVIDER
from tests.clients.dynamic.test_documents import Publisher
from tests.clients.dynamic.test_own_keys import published
from tests.marks import spec
from tests.resource_server.test_authentication import challenge_of

FILES = "/mcp/files/"


__all__ = ["published"]


class Files(OAuth2TokenAuthentication):
    resource = f"{SITE}{FILES}"
    must_be_bound = True


class FileServer(MailServer):
    authentication_classes = (Files,)


urlpatterns = [*one_server.urlpatterns, path("mcp/files/", FileServer.as_view())]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

NAMING = [agent for agent in AGENTS if agent.names_resource]
NAMELESS = [agent for agent in AGENTS if not agent.names_resource]


@pytest.fixture(autouse=True, params=["standard", "mcp"])
def site(request: pytest.FixtureRequest, settings: Any, published: dict[str, Any]) -> None:
    """Two servers, at a site that lets agents make themselves known, and Cursor come back by its scheme."""
    settings.OAUTH2_PROVIDER = {
        **PROVIDER,
        "CIMD_ENABLED": True,
        "CIMD_METADATA_FETCHER": "tests.clients.dynamic.test_documents.Publisher",
        "ALLOWED_REDIRECT_URI_SCHEMES": ["https", "cursor"],
    }
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATION_PROFILE": request.param}
    Publisher.documents, Publisher.asked = {}, []
    published.update(KEY_SETS)
    # Several agents have one client id, and each test has a client of its own for it.
    forget_clients()


@spec("RFC 9728 §3.3", "RFC 8707 §2", "RFC 8707 §2.2", "RFC 6750 §3.1")
@pytest.mark.parametrize("agent", NAMING, ids=str)
def test_an_agent_registers_signs_in_calls_refreshes_and_steps_up(agent: Agent) -> None:
    walk = begin_at(MAIL, agent)
    tokens = walk.sign_in()
    for repeats in (None, False, True):
        if repeats is not None:
            tokens = walk.refresh(tokens["refresh_token"], repeats_resource=repeats)
        token = tokens["access_token"]
        assert walk.call(token, MAIL).status_code == 200
        for elsewhere in (FILES, "/api/notes/"):
            assert walk.call(token, elsewhere).status_code == 401
    if not agent.all_scopes:
        refused = walk.call(token, MAIL, "post")
        assert refused.status_code == 403
        challenge = challenge_of(refused)
        assert challenge["error"] == "insufficient_scope"
        assert challenge["resource_metadata"].endswith(f"/oauth-protected-resource{MAIL}")
        tokens = walk.step_up(challenge)
    assert walk.call(tokens["access_token"], MAIL, "post").status_code == 200


@spec("RFC 8707 §2", "B-27")
@pytest.mark.parametrize("agent", NAMELESS, ids=str)
def test_an_agent_that_names_no_server_gets_no_token_that_opens_one_of_two(
    agent: Agent, settings: Any
) -> None:
    walk = begin_at(MAIL, agent)
    if settings.OAUTHFLOWS["REGISTRATION_PROFILE"] == "mcp":
        with pytest.raises(AssertionError, match="invalid_target"):
            walk.sign_in()
        return
    token = walk.sign_in()["access_token"]
    assert walk.call(token, MAIL).status_code == 401
    assert walk.call(token, FILES).status_code == 401


@spec("RFC 8707 §2", "B-27")
@pytest.mark.urls(one_server.__name__)
@pytest.mark.parametrize("agent", NAMELESS, ids=str)
def test_an_agent_that_names_no_server_means_the_only_one(agent: Agent, settings: Any) -> None:
    if settings.OAUTHFLOWS["REGISTRATION_PROFILE"] != "mcp":
        return
    walk = begin_at(MAIL, agent)
    tokens = walk.sign_in()
    for _ in range(2):
        assert walk.call(tokens["access_token"], MAIL).status_code == 200
        assert walk.call(tokens["access_token"], "/api/notes/").status_code == 401
        tokens = walk.refresh(tokens["refresh_token"], repeats_resource=False)
