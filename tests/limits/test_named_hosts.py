"""The audience of an assertion is a name that the project chose, not one that the request brings along."""

from typing import Any

import pytest

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory
from tests.marks import spec

pytestmark = pytest.mark.django_db

EVIL = "evil.example"


@pytest.fixture
def flow() -> FlowClient:
    return FlowClient(registered=ClientFactory(preset="service-account", redirect_uris=()))


def ask(flow: FlowClient, *, host: str, audience: str = "") -> Any:
    """A request for a token whose assertion names the issuer that the host makes."""
    proof = flow.client_assertion(audience=audience or f"http://{host}/o")
    asked = {"grant_type": "client_credentials", "scope": "notes:read"}
    return flow.post("token", headers={"Host": host}, **asked, **proof)


@spec("RFC 7523 §3", "RFC 8414 §2")
@pytest.mark.parametrize("hosts", [["*"], [".example"], [".example", "id.example"]])
def test_any_host_is_no_name_of_this_server(
    flow: FlowClient, settings: Any, hosts: list[str]
) -> None:
    """Neither is any host below a domain: another server may stand there."""
    settings.ALLOWED_HOSTS = hosts
    refused = ask(flow, host=EVIL)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    row = AuditEvent.objects.get(reference=refused["X-OAuth-Reference"])
    assert row.rule == "assertion_must_come_to_a_named_host"


@spec("RFC 7523 §3")
@pytest.mark.parametrize("named", [["*", "id.example"], ["id.example"], ["ID.example"]])
def test_a_host_that_is_named_is_one(flow: FlowClient, settings: Any, named: list[str]) -> None:
    settings.ALLOWED_HOSTS = named
    assert ask(flow, host="id.example").status_code == 200
    assert ask(flow, host="id.example:8443").status_code == 200


@spec("RFC 7523 §3")
def test_a_configured_issuer_is_the_name_whatever_the_host_is(
    flow: FlowClient, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.OAUTHFLOWS = {"ISSUER": "https://id.example/o"}
    assert ask(flow, host=EVIL).status_code == 401
    assert ask(flow, host=EVIL, audience="https://id.example/o").status_code == 200


@spec("RFC 7523 §3")
def test_a_debugging_server_takes_its_own_machine(flow: FlowClient, settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.DEBUG = ["*"], True
    for host in ("localhost:8000", "127.0.0.1:8000", "[::1]:8000"):
        assert ask(flow, host=host).status_code == 200
    assert ask(flow, host=EVIL).status_code == 401


@spec("RFC 7523 §2.1", "RFC 7523 §3")
def test_the_grant_of_assertions_asks_the_same(flow: FlowClient, settings: Any) -> None:
    flow.registered.policy.flows = ["jwt-bearer"]
    flow.registered.policy.save()
    settings.ALLOWED_HOSTS = ["*"]
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"

    def send(host: str) -> Any:
        assertion = flow.client_assertion(audience=f"http://{host}/o")["client_assertion"]
        return flow.post(
            "token",
            headers={"Host": host},
            grant_type=grant,
            assertion=assertion,
            scope="notes:read",
        )

    assert send(EVIL).json()["error"] == "invalid_grant"
    settings.ALLOWED_HOSTS = ["id.example"]
    assert send("id.example").status_code == 200
