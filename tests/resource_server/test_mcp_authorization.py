"""Who may call an MCP server: its own tokens alone, each tool with its scopes, and pages of known sites."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.resource_server import OAuth2TokenAuthentication
from django_oauthflows.resource_server.mcp import MCPView, mcp_view
from tests.marks import spec
from tests.resource_server.mcp_messages import call_of, called, post, request_of, token_for
from tests.resource_server.mcp_notes import ALLOWED, RESOURCE
from tests.resource_server.test_authentication import challenge_of
from tests.stories import WITH_OPENID, begin

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.resource_server.mcp_notes")]

DOCUMENT = "http://testserver/.well-known/oauth-protected-resource/mcp/"
PING = request_of("ping")


@spec("RFC 9728 §5.1", "RFC 6750 §3")
def test_no_token_is_a_challenge_that_leads_to_the_servers_own_document() -> None:
    response = post(None, PING)
    assert response.status_code == 401
    assert challenge_of(response) == {
        "realm": "api",
        "resource_metadata": DOCUMENT,
        "scope": "notes:read",
    }


@spec("RFC 9728 §3.3")
def test_the_document_names_the_url_that_was_called_and_the_scopes_of_its_tools() -> None:
    response = Client().get(DOCUMENT, headers={"Origin": "https://anywhere.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    document = response.json()
    assert document["resource"] == RESOURCE
    assert document["authorization_servers"] == ["http://testserver/o"]
    assert document["scopes_supported"] == ["notes:read", "notes:write"]
    assert document["bearer_methods_supported"] == ["header"]


@spec("RFC 9728 §3.3")
def test_a_server_without_an_identifier_is_named_by_its_url() -> None:
    challenge = challenge_of(post(None, PING, "/unnamed/mcp?query=1"))
    assert challenge["resource_metadata"].endswith("/oauth-protected-resource/unnamed/mcp")
    document = Client().get(challenge["resource_metadata"]).json()
    assert document["resource"] == "http://testserver/unnamed/mcp"
    assert "scopes_supported" not in document


@spec("RFC 9728 §3.3")
@override_settings(OAUTHFLOWS={"ISSUER": "https://id.example.com/o"})
def test_the_host_of_an_identifier_is_the_issuers() -> None:
    challenge = challenge_of(post(None, PING, "/unnamed/mcp"))
    assert challenge["resource_metadata"].startswith("https://id.example.com/.well-known/")
    found = Client().get("/.well-known/oauth-protected-resource/unnamed/mcp").json()
    assert found["resource"] == "https://id.example.com/unnamed/mcp"


@pytest.mark.urls("tests.resource_server.mcp_alone")
@override_settings(OAUTHFLOWS={"ISSUER": "https://id.example.com/o"})
@spec("RFC 9728 §3.1", "RFC 9728 §5.1")
def test_an_api_apart_from_its_authorization_server_serves_the_document_itself() -> None:
    challenge = challenge_of(post(None, PING, "/tools/mcp/"))
    path = "/.well-known/oauth-protected-resource/tools/mcp/"
    assert challenge["resource_metadata"] == f"https://tools.example.com{path}"
    response = Client().get(path)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.json() == {
        "resource": "https://tools.example.com/tools/mcp/",
        "authorization_servers": ["https://id.example.com/o"],
        "scopes_supported": ["tools:use"],
        "bearer_methods_supported": ["header"],
        "resource_name": "Tools",
    }
    assert Client().post(path).status_code == 405


@spec("RFC 6750 §3")
def test_a_challenge_names_the_scopes_of_the_tool_that_was_called() -> None:
    assert challenge_of(post(None, call_of("rename_me")))["scope"] == "notes:read notes:write"
    assert challenge_of(post(None, call_of("no_such_tool")))["scope"] == "notes:read"
    assert challenge_of(post(None, "{"))["scope"] == "notes:read"


@pytest.mark.parametrize(
    "resource",
    [
        "http://testserver/",
        "http://testserver/mc",
        "http://testserver/unnamed/mcp",
        "https://a.example/",
        None,
    ],
)
@spec("RFC 8707 §2", "B-27")
def test_a_token_for_another_resource_or_for_none_opens_nothing(resource: str | None) -> None:
    _, token = token_for(resource)
    response = post(token, PING)
    assert response.status_code == 401
    challenge = challenge_of(response)
    assert (challenge["error"], challenge["resource_metadata"]) == ("invalid_token", DOCUMENT)


@spec("RFC 8707 §2", "B-27")
def test_a_token_for_one_server_opens_no_other_and_no_view() -> None:
    story, token = token_for()
    assert post(token, PING).status_code == 200
    assert post(token, PING, "/unnamed/mcp").status_code == 401
    assert story.call(token).status_code == 401
    _, other = token_for("http://testserver/unnamed/mcp")
    assert post(other, PING, "/unnamed/mcp").status_code == 200
    assert post(other, PING).status_code == 401


@spec("RFC 6750 §3.1")
def test_a_tool_without_its_scope_is_a_challenge_that_names_all_it_needs() -> None:
    story, token = token_for(scope="notes:read")
    assert called(token, "who_am_i")["isError"] is False
    response = post(token, call_of("rename_me", name="Eve"))
    assert response.status_code == 403
    challenge = challenge_of(response)
    assert challenge["error"] == "insufficient_scope"
    assert challenge["scope"] == "notes:read notes:write"
    assert challenge["resource_metadata"] == DOCUMENT
    story.person.refresh_from_db()
    assert story.person.first_name != "Eve"
    row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
    assert row.detail["scope_needed"] == "notes:read notes:write"


@spec("RFC 6750 §3.1")
def test_every_message_needs_the_scopes_of_the_server() -> None:
    _, token = token_for(scope="notes:write")
    for message in (PING, call_of("who_am_i"), {"jsonrpc": "2.0", "method": "notifications/x"}):
        response = post(token, message)
        assert (response.status_code, challenge_of(response)["scope"]) == (403, "notes:read")


@pytest.mark.parametrize(
    "body",
    [
        '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":'
        '{"name":"who_am_i","name":"rename_me","arguments":{"name":"Eve"}}}',
        '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":'
        '{"name":"rename_me","arguments":{"name":"Eve"}}}',
        json.dumps([call_of("rename_me", name="Eve")]),
        json.dumps(call_of("rename_me", name="Eve")).replace("rename_me", "rename\\u005fme"),
        b"\xff\xfe" + json.dumps(call_of("rename_me", name="Eve")).encode("utf-16-le"),
    ],
    ids=["two names", "two methods", "batch", "escaped", "utf-16"],
)
@spec("RFC 6750 §3.1")
def test_no_way_of_writing_a_call_gets_around_its_scopes(body: str | bytes) -> None:
    story, token = token_for(scope="notes:read")
    assert post(token, body).status_code in (400, 403)
    story.person.refresh_from_db()
    assert story.person.first_name != "Eve"


@spec("RFC 6750 §3.1", "B-27")
def test_expired_and_unknown_tokens_and_id_tokens_are_refused(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**WITH_OPENID, "OIDC_ENABLED": True}
    story = begin()
    tokens = story.tokens(resource=RESOURCE, scope="openid notes:read", nonce="n")
    good = tokens["access_token"]
    assert post(good, PING).status_code == 200
    for value in (tokens["id_token"], tokens["refresh_token"], "no-such-token", "eyA.b.c"):
        assert challenge_of(post(value, PING))["error"] == "invalid_token"
    past = timezone.now() - timedelta(seconds=1)
    get_access_token_model().objects.update(expires=past)
    assert post(good, PING).status_code == 401


@spec("RFC 9700 §4.3.2")
def test_a_token_elsewhere_than_in_the_header_and_a_session_are_not_read() -> None:
    story, token = token_for()
    assert post(None, PING, f"/mcp/?access_token={token}").status_code == 401
    assert post(None, PING, browser=story.browser).status_code == 401


@spec("RFC 6749 §4.4")
def test_a_client_that_acts_for_nobody_gets_in_where_the_server_says_so_alone() -> None:
    story = begin(preset="service", redirect_uris=())

    def token(resource: str) -> str:
        asked = story.token(
            grant_type="client_credentials", scope="notes:read notes:write", resource=resource
        )
        value: str = asked.json()["access_token"]
        return value

    refused = post(token(RESOURCE), PING)
    assert refused.status_code == 403
    assert "WWW-Authenticate" not in refused or "scope=" not in refused["WWW-Authenticate"]
    at = "http://testserver/unnamed/mcp"
    result = called(token(at), "caller", "/unnamed/mcp")
    assert result["content"][0]["text"] == f"client {story.registered.client_id}"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", "http://testserver.evil.example", "http://testserver:81"],
)
@spec("RFC 6454 §7")
def test_a_page_of_another_site_is_refused_before_its_token_is_looked_at(origin: str) -> None:
    _, token = token_for()
    for sent in (token, None):
        response = post(sent, PING, Origin=origin)
        assert response.status_code == 403
        assert "WWW-Authenticate" not in response
        assert "Access-Control-Allow-Origin" not in response
    row = AuditEvent.objects.get(reference=response["X-OAuth-Reference"])
    assert row.rule == "origin_must_be_allowed"
    for method in ("get", "delete", "options"):
        assert getattr(Client(), method)("/mcp/", headers={"Origin": origin}).status_code == 403


@spec("RFC 6454 §7")
def test_pages_of_its_own_site_and_of_listed_ones_may_call() -> None:
    _, token = token_for()
    for origin in ("http://testserver", ALLOWED):
        response = post(token, PING, Origin=origin)
        assert response.status_code == 200
        assert response["Access-Control-Allow-Origin"] == origin
        assert "Access-Control-Allow-Credentials" not in response
    unauthorized = post(None, PING, Origin=ALLOWED)
    assert "WWW-Authenticate" in unauthorized["Access-Control-Expose-Headers"]
    question = Client().options("/mcp/", headers={"Origin": ALLOWED})
    assert question.status_code == 204
    assert "MCP-Protocol-Version" in question["Access-Control-Allow-Headers"]


@override_settings(ALLOWED_HOSTS=["*"])
@spec("RFC 6454 §7")
def test_a_rebound_name_is_not_the_servers_own_site() -> None:
    rebound = {"Host": "rebound.example", "Origin": "http://rebound.example"}
    for at in ("/mcp/", "/unnamed/mcp"):
        assert post(None, PING, at, **rebound).status_code == 403


@pytest.mark.parametrize("hosts", [["*"], [".example", "testserver"]])
@spec("RFC 8707 §2", "RFC 6750 §3.1", "B-27")
def test_a_token_for_another_server_is_not_taken_because_the_host_header_says_so(
    hosts: list[str], settings: Any
) -> None:
    settings.ALLOWED_HOSTS = hosts
    _, token = token_for("http://evil.example/by-hand/here/")
    forged = {"Host": "evil.example"}
    refused = post(token, PING, "/by-hand/here/", **forged)
    assert refused.status_code == 401
    assert challenge_of(refused)["error"] == "invalid_token"
    settings.ALLOWED_HOSTS = ["evil.example"]
    assert post(token, PING, "/by-hand/here/", **forged).status_code == 200


def test_there_are_no_streams_and_no_sessions() -> None:
    _, token = token_for()
    for method in ("get", "delete", "put", "head"):
        send = getattr(Client(), method)
        response = send("/mcp/", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 405
        assert "POST" in response["Allow"]


def test_a_body_that_is_too_large_is_413() -> None:
    _, token = token_for()
    long = call_of("rename_me", name="x" * 1024 * 1024)
    assert post(token, long).status_code == 413
    assert post(None, long).status_code == 401
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100):
        assert post(token, call_of("rename_me", name="x" * 100)).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a": NaN}',
        b"\xff",
        '{"a": 1, "a": 2}',
        "1" * 5000,
    ],
    ids=["nothing", "half", "deep list", "deep object", "NaN", "no UTF-8", "twice", "long number"],
)
def test_a_body_that_is_no_json_for_everybody_is_400(body: str | bytes) -> None:
    _, token = token_for()
    response = post(token, body)
    assert response.status_code == 400
    assert response.json()["error"]["code"] == -32700
    assert post(None, body).status_code == 401


def test_answers_are_kept_by_no_cache() -> None:
    _, token = token_for()
    for response in (post(token, PING), post(None, PING), post("bad", PING)):
        assert response["Cache-Control"] == "no-store"
        assert "Origin" in response["Vary"]


def test_a_view_of_ones_own_is_guarded_by_the_decorator() -> None:
    here = "http://testserver/by-hand/x/"
    story, token = token_for(here, scope="notes:read")
    at = "/by-hand/x/"
    answer = post(token, PING, at, MCP_Protocol_Version="2025-06-18").json()
    assert answer["result"] == {"where": "x", "user": str(story.person)}
    assert post(token, PING, at).status_code == 200
    assert post(token, PING, at, MCP_Protocol_Version="2025-11-25").status_code == 400
    assert post(token, PING, at, Origin="https://evil.example").status_code == 403
    assert post(token, PING, "/by-hand/y/").status_code == 401
    refused = post(token, call_of("add"), at)
    assert (refused.status_code, challenge_of(refused)["scope"]) == (403, "notes:read notes:write")
    document = Client().get("/.well-known/oauth-protected-resource/by-hand/x/").json()
    assert (document["resource"], document["scopes_supported"]) == (
        here,
        ["notes:read", "notes:write"],
    )


def test_the_decorator_knows_its_options() -> None:
    with pytest.raises(TypeError, match="scope"):
        mcp_view(scope="notes:read")(lambda request: None)


def test_an_authentication_of_the_projects_own_stays() -> None:
    class Own(OAuth2TokenAuthentication):
        resource = RESOURCE

    class Base(MCPView):
        authentication_classes = (Own,)

    assert Base.as_view(scopes=["notes:read"]).cls.authentication_classes == (Own,)
    (made,) = MCPView.as_view(resource=RESOURCE).cls.authentication_classes
    assert (made.resource, made.must_be_bound) == (RESOURCE, True)
