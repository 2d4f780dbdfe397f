"""APIs that introspect by django-oauth-toolkit's rules: they go on until their client gets a policy."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import timezone
from oauth2_provider.models import get_access_token_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.testing.factories import PersonFactory
from tests.marks import spec
from tests.stories import Story, begin, dot_application, error_of

pytestmark = pytest.mark.django_db

INACTIVE = {"active": False}


@pytest.fixture(autouse=True)
def with_the_scope(settings: Any) -> None:
    scopes = {**project.OAUTH2_PROVIDER["SCOPES"], "introspection": "Ask about tokens"}
    settings.OAUTH2_PROVIDER = {**project.OAUTH2_PROVIDER, "SCOPES": scopes}


def api(**fields: Any) -> Story:
    """An API whose application django-oauth-toolkit made."""
    unusual = {"authorization_grant_type": "client-credentials", "redirect_uris": ""}
    return begin(registered=dot_application(**unusual | fields))


def access_token_of(application: Any, *, scope: str = "introspection", user: Any = None) -> str:
    """A token that somebody made in the admin of django-oauth-toolkit, as resource servers have it."""
    value = f"made-by-hand-{scope}-{application.pk if application else 'nobody'}"
    get_access_token_model().objects.create(
        user=user,
        application=application,
        token=value,
        scope=scope,
        expires=timezone.now() + timedelta(days=365),
    )
    return value


def ask(by: str, token: str) -> Any:
    return Client().post(
        "/o/introspect/",
        urlencode({"token": token}),
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {by}"},
    )


def get(registered: RegisteredClient, token: str = "", **query: str) -> Any:
    pair = f"{registered.client_id}:{registered.client_secret}"
    basic = {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
    sent = {"token": token, **query} if token else query
    return Client().get("/o/introspect/", sent, headers=basic)


# As before ----------------------------------------------------------------------------------------


@spec("RFC 7662 §2.1", "B-22")
def test_an_application_without_a_policy_sees_every_access_token() -> None:
    story = begin()
    token = story.tokens(scope="notes:read")["access_token"]

    members = api().introspect(token)

    assert members["active"] is True
    assert members["scope"] == "notes:read"
    assert members["client_id"] == story.registered.client_id
    assert members["username"] == story.person.username


@spec("RFC 7662 §2.1", "B-22")
def test_refresh_tokens_of_others_stay_unseen() -> None:
    assert api().introspect(begin().tokens()["refresh_token"]) == INACTIVE


@spec("RFC 7662 §2.1", "B-22")
@pytest.mark.parametrize("has_user", [False, True])
def test_a_token_with_the_scope_asks_whoever_it_was_made_for(has_user: bool) -> None:
    by = access_token_of(api().registered.application, user=PersonFactory() if has_user else None)

    answer = ask(by, begin().tokens(scope="notes:read")["access_token"])

    assert answer.status_code == 200, answer.content
    assert answer.json()["active"] is True


@spec("RFC 7662 §2.1", "B-22")
def test_get_asks_too() -> None:
    token = begin().tokens(scope="notes:read")["access_token"]

    by_basic = get(api().registered, token)
    by = access_token_of(api().registered.application)
    by_bearer = Client().get(
        "/o/introspect/", {"token": token}, headers={"Authorization": f"Bearer {by}"}
    )

    assert by_basic.json()["active"] is by_bearer.json()["active"] is True
    assert by_basic["Cache-Control"] == "no-store"


# Whoever has no such right ------------------------------------------------------------------------


@spec("RFC 7662 §4", "B-22")
@pytest.mark.parametrize("source", ["dcr", "cimd"])
def test_a_client_that_registered_itself_sees_its_own_tokens_alone(source: str) -> None:
    server = api(registration_source=source)

    assert server.introspect(begin().tokens()["access_token"]) == INACTIVE
    assert get(server.registered, "any").status_code == 405


@spec("RFC 7662 §2.1", "B-22")
@pytest.mark.parametrize("field", ["registration_source", "client_type"])
def test_a_token_of_one_that_registered_itself_or_is_public_asks_nothing(field: str) -> None:
    value = {"registration_source": "dcr", "client_type": "public"}[field]
    by = access_token_of(api(**{field: value}).registered.application, user=PersonFactory())

    assert error_of(ask(by, by)) == (401, "invalid_token")


@spec("RFC 7662 §2.1", "B-22")
def test_a_public_application_does_not_ask_at_all() -> None:
    answer = api(client_type="public").post("introspect", token="any")

    assert error_of(answer) == (401, "invalid_client")


@spec("RFC 7662 §2.3", "B-22")
def test_a_token_without_the_scope_or_without_a_client_asks_nothing() -> None:
    without_scope = access_token_of(api().registered.application, scope="notes:read")
    without_client = access_token_of(None, user=PersonFactory())

    for by in (without_scope, without_client):
        assert error_of(ask(by, by)) == (401, "invalid_token")


@spec("RFC 7662 §2.1", "B-22")
def test_a_client_with_a_policy_asks_by_post_alone() -> None:
    answer = get(begin().registered, "any")

    assert error_of(answer) == (405, "invalid_request")
    assert answer["Allow"] == "POST, OPTIONS"
    row = AuditEvent.objects.get(reference=answer["X-OAuth-Reference"])
    assert row.rule == "introspection_must_be_asked_by_post"


@spec("RFC 6749 §2.3.1", "B-22")
@pytest.mark.parametrize("name", ["client_secret", "client_assertion", "refresh_token"])
def test_credentials_in_the_url_are_refused(name: str) -> None:
    answer = get(api().registered, "any", **{name: "s3cret"})

    assert error_of(answer) == (400, "invalid_request")
    assert "s3cret" not in str(AuditEvent.objects.values_list("detail", flat=True))


@spec("RFC 6749 §2.3.1", "B-22")
def test_get_needs_the_header() -> None:
    registered = api().registered
    query = {"client_id": registered.client_id, "token": "any"}

    assert error_of(Client().get("/o/introspect/", query)) == (405, "invalid_request")


@spec("RFC 6749 §2.3.1", "B-7")
def test_a_wrong_secret_by_get_is_refused_and_counted(settings: Any) -> None:
    settings.OAUTHFLOWS = {"CLIENT_GUESSES_PER_NETWORK": 2}
    registered = api().registered
    wrong = replace(registered, client_secret="wrong")

    answers = [get(wrong, "any").status_code for _ in range(4)]

    assert answers[0] == 401
    assert answers[-1] == 429


@spec("RFC 7662 §2.2", "B-22")
def test_of_a_token_that_belongs_to_no_client_none_is_told() -> None:
    members = api().introspect(access_token_of(None, scope="notes:read"))

    assert members["active"] is True
    assert not {"client_id", "sub", "username"} & members.keys()
