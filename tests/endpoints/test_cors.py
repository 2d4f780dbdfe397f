"""What scripts in browsers may ask the endpoints for clients, and what they may read (Fetch §3.3)."""

from typing import Any

import pytest
from django.test import Client

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.identity.stories import AS_PROVIDER
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db

OWN, FOREIGN = "https://client.example", "https://elsewhere.example"
#: What Swagger UI, agents and holders of keys send besides what any script may send.
HEADERS = {
    "authorization",
    "content-type",
    "accept",
    "x-requested-with",
    "mcp-protocol-version",
    "dpop",
}
DOCUMENTS = (
    "/.well-known/oauth-authorization-server/o",
    "/o/.well-known/oauth-authorization-server",
    "/o/.well-known/openid-configuration",
    "/.well-known/openid-configuration/o",
    "/.well-known/oauth-protected-resource",
    "/o/.well-known/jwks.json",
)
FOR_SCRIPTS = ("/o/token/", "/o/revoke_token/", "/o/userinfo/", "/o/register/")


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "open"}


def preflight(path: str, *, origin: str = FOREIGN) -> Any:
    """What a browser asks before a script's request with headers of its own."""
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return Client().options(path, headers=asked)


@pytest.mark.parametrize("path", [*FOR_SCRIPTS, *DOCUMENTS])
@spec("Fetch §3.3.5")
def test_a_script_may_send_the_headers_of_known_clients(path: str) -> None:
    response = preflight(path)
    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == "*"
    allowed = response["Access-Control-Allow-Headers"].lower().split(", ")
    assert set(allowed) == HEADERS


@pytest.mark.parametrize("path", DOCUMENTS)
@spec("RFC 8414 §3", "OpenID Connect Discovery 1.0 §4")
def test_a_document_is_read_by_scripts_of_every_origin_and_changed_by_none(path: str) -> None:
    assert preflight(path)["Access-Control-Allow-Methods"] == "GET, HEAD"
    response = Client().get(path, headers={"Origin": FOREIGN})
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"].startswith("public, max-age=")
    refused = Client().post(path)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("path", DOCUMENTS[:4])
@spec("RFC 8414 §3", "OpenID Connect Discovery 1.0 §4")
def test_discovery_answers_with_a_slash_at_the_end_of_the_path_too(path: str) -> None:
    assert Client().get(f"{path}/").json() == Client().get(path).json()


@spec("RFC 6749 §5.2")
def test_a_script_on_any_origin_reads_that_its_client_is_not_known() -> None:
    flow = FlowClient(registered=ClientFactory(preset="service", redirect_uris=()))
    for client_id in ("nobody", flow.registered.client_id):
        response = flow.post(
            "token",
            headers={"Origin": FOREIGN},
            grant_type="client_credentials",
            client_id=client_id,
            client_secret="wrong",
        )
        assert response.json()["error"] == "invalid_client"
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "X-OAuth-Reference" in response["Access-Control-Expose-Headers"]


@spec("RFC 9700 §2.6")
def test_tokens_are_read_on_an_origin_of_the_clients_own_alone() -> None:
    story = begin(preset="single-page-app", person=PersonFactory())
    for origin, allowed in ((OWN, OWN), (FOREIGN, None)):
        script = {"headers": {"Origin": origin}, "client_id": story.registered.client_id}
        answer = story.redeem(story.code(), **script)
        assert answer.status_code == 200
        assert answer.get("Access-Control-Allow-Origin") == allowed
        refused = story.redeem("no-such-code", **script)
        assert refused.json()["error"] == "invalid_grant"
        assert refused.get("Access-Control-Allow-Origin") == allowed


@pytest.mark.parametrize("origin", [OWN, FOREIGN])
@spec("RFC 9700 §2.6")
def test_no_answer_allows_credentials_and_the_authorization_endpoint_is_for_no_script(
    origin: str,
) -> None:
    story = begin(person=PersonFactory())
    told = {"Origin": origin}
    answers = [preflight(path, origin=origin) for path in (*FOR_SCRIPTS, *DOCUMENTS)]
    answers += [Client().get(path, headers=told) for path in DOCUMENTS]
    answers += [Client().post(path, headers=told) for path in FOR_SCRIPTS]
    authorization = story.authorization_url()
    shut = [
        story.browser.get(authorization, headers=told),
        story.browser.options(authorization, headers=told),
        Client().get("/o/authorize/", headers=told),
    ]
    for response in (*answers, *shut):
        assert "Access-Control-Allow-Credentials" not in response
    assert not any("Access-Control-Allow-Origin" in response for response in shut)
