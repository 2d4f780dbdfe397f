"""Introspection by an access token that was issued to a client for itself, and no other (RFC 7662 §2.1)."""

from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection
from django.test.utils import CaptureQueriesContext

from django_oauthflows.audit.models import AuditEvent
from tests.flows import exchanges
from tests.marks import spec
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db

#: RFC 8693 §2.1.
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
RESOURCE = "https://api.example/notes"
WITHOUT_IT = project.OAUTH2_PROVIDER
SCOPES = {**WITHOUT_IT["SCOPES"], "introspection": "Ask about tokens"}


@pytest.fixture(autouse=True)
def with_the_scope(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**WITHOUT_IT, "SCOPES": SCOPES}


def api(**client: Any) -> Story:
    """A resource server that gets tokens for itself."""
    return begin(
        **{"preset": "service", "redirect_uris": (), "resources": [RESOURCE], "name": "An API"}
        | client
    )


def own_token(story: Story, scope: str = "introspection", **parameters: Any) -> str:
    answer = story.token(grant_type="client_credentials", scope=scope, **parameters).json()
    token: str = answer["access_token"]
    return token


def ask(story: Story, by: str, token: str, **parameters: Any) -> Any:
    bearer = {"Authorization": f"Bearer {by}"}
    return story.post("introspect", headers=bearer, token=token, **parameters)


def assert_refused(response: Any, rule: str) -> None:
    """In one form whatever was wrong; the rule stands in the log alone."""
    assert error_of(response) == (401, "invalid_token")
    said = response.json()["error_description"]
    assert said.startswith("The access token does not allow introspection. (reference ")
    assert response["WWW-Authenticate"].startswith('Bearer realm="oauth", error="invalid_token"')
    assert AuditEvent.objects.get(reference=response["X-OAuth-Reference"]).rule == rule


@spec("RFC 7662 §2.1", "B-22")
@pytest.mark.parametrize("token_format", ["opaque", "jwt"])
def test_a_clients_own_token_gives_that_clients_rights_and_no_more(token_format: str) -> None:
    server = api(token_format=token_format)
    story = begin()
    meant = story.tokens(resource=RESOURCE)["access_token"]
    other = story.tokens(resource="https://api.example/other")["access_token"]
    by = own_token(server)
    assert ask(server, by, meant).json() == server.introspect(meant)
    assert ask(server, by, meant).json()["aud"] == RESOURCE
    assert ask(server, by, other).json() == {"active": False}
    assert "X-OAuth-Reference" in ask(server, by, other)


@spec("RFC 7662 §2.1", "B-22")
def test_a_clients_own_token_sees_itself_and_its_fellows() -> None:
    server = api()
    by = own_token(server)
    assert ask(server, by, by).json()["client_id"] == server.registered.client_id


@spec("RFC 7662 §2.1", "B-22")
def test_the_word_bearer_is_read_as_any_scheme_is() -> None:
    server = api()
    by = own_token(server)
    response = server.post("introspect", headers={"Authorization": f"bEARER {by}"}, token=by)
    assert response.json()["active"]


# What stays shut ---------------------------------------------------------------------------------------


@spec("RFC 7662 §2.3", "B-22")
def test_a_persons_token_opens_nothing_whatever_its_scopes() -> None:
    story = begin(resources=[RESOURCE])
    by = story.tokens(scope="introspection")["access_token"]
    assert_refused(ask(story, by, by), "introspecting_token_must_be_of_no_person")


@spec("RFC 7662 §2.3", "B-22")
def test_a_token_without_the_scope_opens_nothing() -> None:
    server = api()
    by = own_token(server, scope="notes:read")
    assert_refused(ask(server, by, by), "introspecting_token_must_have_the_scope")


@spec("RFC 7662 §2.3", "B-22")
@pytest.mark.parametrize("value", ["no-such-token", "", "a b", "x" * 5000])
def test_what_is_no_token_opens_nothing(value: str) -> None:
    server = api()
    assert_refused(ask(server, value, "x"), "access_token_must_exist")


@spec("RFC 7662 §2.3", "B-22")
def test_a_refresh_token_and_a_revoked_one_open_nothing() -> None:
    story = begin()
    refresh = story.tokens(scope="introspection")["refresh_token"]
    assert_refused(ask(story, refresh, "x"), "access_token_must_exist")
    server = api()
    by = own_token(server)
    server.post("revoke", token=by)
    assert_refused(ask(server, by, "x"), "access_token_must_exist")


@spec("RFC 7662 §2.1", "B-22")
def test_a_token_opens_nothing_once_the_scope_was_taken_from_its_client() -> None:
    server = api()
    by = own_token(server)
    server.registered.policy.scopes = ["notes:read"]
    server.registered.policy.save()
    assert_refused(ask(server, by, "x"), "introspecting_client_must_have_the_scope")


@spec("RFC 7662 §2.3", "B-22")
def test_a_disabled_clients_token_opens_nothing() -> None:
    server = api()
    by = own_token(server)
    server.registered.policy.is_enabled = False
    server.registered.policy.save()
    assert_refused(ask(server, by, "x"), "access_token_client_must_be_enabled")


@spec("RFC 8707 §2", "B-22")
def test_a_token_for_another_api_opens_nothing_here() -> None:
    server = api()
    by = own_token(server, resource="https://api.example/other")
    assert_refused(ask(server, by, "x"), "access_token_must_be_meant_for_this_resource")
    here = own_token(server, resource="http://testserver")
    assert ask(server, here, here).status_code == 200


@spec("RFC 7662 §2.1", "B-22")
@pytest.mark.parametrize("source", ["dcr", "cimd"])
@pytest.mark.parametrize("is_verified", [False, True])
def test_a_client_that_registered_itself_has_no_such_token(source: str, is_verified: bool) -> None:
    server = api(is_verified=is_verified)
    server.registered.application.registration_source = source
    server.registered.application.save()
    by = own_token(server)
    assert_refused(ask(server, by, by), "introspecting_client_must_be_registered_by_hand")
    assert server.introspect(by)["active"]


@spec("RFC 7662 §2.1", "B-22")
def test_a_client_that_became_public_has_none_any_more() -> None:
    server = api()
    by = own_token(server)
    server.registered.application.client_type = "public"
    server.registered.application.save()
    assert_refused(ask(server, by, by), "introspecting_client_must_be_registered_by_hand")


@spec("RFC 8693 §2.1", "B-22")
def test_a_token_that_was_exchanged_is_nobodys_own() -> None:
    """A client's own is not exchanged at all, and a person's stays one of a person."""
    handed_on = own_token(api(), resource=exchanges.API)
    app = begin()
    persons = exchanges.app_token(app, scope="introspection")
    other = exchanges.api(exchange_targets=["http://testserver"], may_impersonate=True)
    asked = {"resource": "http://testserver", "scope": "introspection"}
    refused, made = (
        other.token(
            grant_type=GRANT_TYPE,
            subject_token=token,
            subject_token_type=exchanges.ACCESS_TOKEN,
            **asked,
        ).json()
        for token in (handed_on, persons)
    )
    assert refused["error"] == "invalid_request"
    response = ask(other, made["access_token"], "x")
    assert_refused(response, "introspecting_token_must_be_of_no_person")


@spec("RFC 6749 §2.3", "B-22")
def test_two_ways_at_once_are_refused() -> None:
    server = api()
    by = own_token(server)
    secret = server.registered.client_secret
    for second in (
        {"client_id": server.registered.client_id, "client_secret": secret},
        {"client_assertion": "x", "client_assertion_type": "y"},
    ):
        assert error_of(ask(server, by, by, **second)) == (400, "invalid_request")


@spec("RFC 7662 §4", "B-6", "B-22")
def test_a_stolen_token_cannot_be_tried_out_here() -> None:
    """Nobody has proven anything yet: neither the answer nor its reference tells one token from another."""
    stolen = begin().tokens(scope="notes:read")["access_token"]
    thief, answers, counts = begin(), set(), []
    for value in [*["no-such-token"] * 20, stolen, "no-such-token"]:
        with CaptureQueriesContext(connection) as captured:
            response = ask(thief, value, "x")
        counts.append(len(captured))
        answers.add(
            (response.status_code, response.content, tuple(sorted(response.headers.items())))
        )
    # Ten references of ten rows, the one of the sixteenth, and no other for the stolen token.
    assert len(answers) == 11
    assert counts[-2] == counts[-1]


@spec("RFC 8414 §2", "B-22")
def test_the_metadata_names_this_way_where_the_site_has_the_scope(settings: Any) -> None:
    story = begin()

    def methods() -> list[str]:
        url = "/o/.well-known/oauth-authorization-server"
        found: list[str] = story.back_channel.get(url).json()[
            "introspection_endpoint_auth_methods_supported"
        ]
        return found

    assert "Bearer" in methods()
    settings.OAUTH2_PROVIDER = WITHOUT_IT
    assert "Bearer" not in methods()
