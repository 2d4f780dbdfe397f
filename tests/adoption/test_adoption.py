"""A running django-oauth-toolkit site adds the app, swaps the include, and loses nothing."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.adoption.conftest import AFTER, BEFORE, Filled, Server, authorization_url
from tests.adoption.fill import REDIRECT_URI, SCOPE
from tests.browsing import Person, forms
from tests.marks import spec

pytestmark = pytest.mark.sqlite

STORAGES = ("plain", "hashed")
#: The names of django-oauth-toolkit's URLs that clients know by their path.
NAMES = ("authorize", "token", "revoke-token", "introspect")


# Installing ---------------------------------------------------------------------------------------


def test_migrate_touches_no_row_that_was_there(filled: Filled) -> None:
    assert filled.before["oauth2_provider_accesstoken"]
    assert filled.after == filled.before


def test_check_finds_nothing_to_complain_about(filled: Filled) -> None:
    printed = filled.site.manage(AFTER, "check", "--fail-level=WARNING")

    assert printed.strip() == "System check identified no issues (0 silenced)."


def test_the_names_of_the_endpoints_lead_where_they_led(filled: Filled) -> None:
    script = (
        "import django, json; django.setup(); from django.urls import reverse;"
        f"print(json.dumps([reverse('oauth2_provider:' + name) for name in {NAMES}]))"
    )

    before, after = (
        json.loads(filled.site.python(settings, "-c", script)) for settings in (BEFORE, AFTER)
    )

    assert before == after


# Clients ------------------------------------------------------------------------------------------


@spec("RFC 6749 §4.4", "B-7")
def test_a_hashed_secret_authenticates_the_slow_way_and_then_the_fast_way(server: Server) -> None:
    for _ in range(2):
        answer = server.post("token", "service", grant_type="client_credentials", scope="profile")

        assert answer.status_code == 200, answer.text


@spec("RFC 6749 §2.3.1", "B-7")
@pytest.mark.parametrize("kind", ["web", "unhashed", "service"])
def test_a_wrong_secret_is_refused(server: Server, filled: Filled, kind: str) -> None:
    answer = server.post("introspect", kind, client_secret="wrong", token="any")

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@spec("RFC 6749 §4.1", "RFC 7636 §4.1", "B-15")
@pytest.mark.parametrize("kind", ["web", "unhashed", "public"])
def test_the_code_flow_works_for_every_client(server: Server, ada: Person, kind: str) -> None:
    callback = ada.allow(authorization_url(server, kind), REDIRECT_URI)
    code = parse_qs(urlsplit(callback).query)["code"][0]

    answer = server.redeem(kind, code)

    assert answer.status_code == 200, answer.text
    assert answer.json()["scope"].split() == SCOPE.split()
    assert server.call("notes", answer.json()["access_token"]).json()["person"] == "ada"


# Tokens -------------------------------------------------------------------------------------------


@spec("RFC 6750 §2.1", "B-26")
@pytest.mark.parametrize("view", ["notes", "stock"])
@pytest.mark.parametrize("kind", ["web", "public", "service"])
@pytest.mark.parametrize("storage", STORAGES)
def test_an_access_token_opens_our_views_and_dots(
    server: Server, filled: Filled, kind: str, storage: str, view: str
) -> None:
    token = filled.look(f"{kind} {storage}")["access_token"]

    answer = server.call(view, token)

    assert answer.status_code == 200, answer.text
    assert answer.json()["person"] == (None if kind == "service" else "ada")


@spec("RFC 6749 §6", "B-18")
@pytest.mark.parametrize("kind", ["web", "unhashed", "public"])
@pytest.mark.parametrize("storage", STORAGES)
def test_a_refresh_token_refreshes_and_a_retry_gets_the_same_answer(
    server: Server, filled: Filled, kind: str, storage: str
) -> None:
    old = filled.take(f"{kind} {storage}")

    first = server.refresh(kind, old["refresh_token"])
    retry = server.refresh(kind, old["refresh_token"])

    assert first.status_code == retry.status_code == 200, first.text + retry.text
    assert first.json()["refresh_token"] == retry.json()["refresh_token"]
    assert first.json()["scope"].split() == SCOPE.split()
    for view in ("notes", "stock"):
        assert server.call(view, first.json()["access_token"]).json()["person"] == "ada"


@spec("RFC 9700 §4.14.2", "B-18")
@pytest.mark.parametrize("storage", STORAGES)
def test_a_replayed_refresh_token_kills_the_family_it_was_adopted_into(
    server: Server, filled: Filled, storage: str
) -> None:
    old = filled.take(f"web {storage}")
    second = server.refresh("web", old["refresh_token"]).json()
    third = server.refresh("web", second["refresh_token"]).json()

    replay = server.refresh("web", old["refresh_token"])

    assert (replay.status_code, replay.json()["error"]) == (400, "invalid_grant")
    assert_dead(server, old, second, third)


@spec("RFC 9700 §4.14.2", "B-18")
@pytest.mark.parametrize("storage", STORAGES)
def test_a_refresh_token_dot_had_rotated_kills_its_successor_when_it_is_replayed(
    server: Server, filled: Filled, storage: str
) -> None:
    spent, successor = filled.look(f"rotated {storage}")

    replay = server.refresh("web", spent["refresh_token"])

    assert (replay.status_code, replay.json()["error"]) == (400, "invalid_grant")
    assert_dead(server, successor)


@spec("RFC 7009 §2.1", "B-21")
@pytest.mark.parametrize("storage", STORAGES)
def test_a_revoked_refresh_token_ends_its_access_token_too(
    server: Server, filled: Filled, storage: str
) -> None:
    old = filled.take(f"web {storage}")

    assert server.post("revoke_token", "web", token=old["refresh_token"]).status_code == 200

    assert_dead(server, old)


@spec("RFC 7009 §2.1", "B-21")
@pytest.mark.parametrize("storage", STORAGES)
def test_a_revoked_access_token_is_dead_and_its_refresh_token_lives_on(
    server: Server, filled: Filled, storage: str
) -> None:
    old = filled.take(f"web {storage}")

    assert server.post("revoke_token", "web", token=old["access_token"]).status_code == 200

    assert server.call("notes", old["access_token"]).status_code == 401
    refreshed = server.refresh("web", old["refresh_token"])
    assert refreshed.status_code == 200, refreshed.text
    assert refreshed.json()["scope"].split() == SCOPE.split()


@spec("RFC 7009 §2.1", "B-21")
def test_another_client_cannot_revoke_or_refresh_the_token(server: Server, filled: Filled) -> None:
    old = filled.take("web plain")

    assert server.post("revoke_token", "unhashed", token=old["refresh_token"]).status_code == 200
    assert server.refresh("unhashed", old["refresh_token"]).json()["error"] == "invalid_grant"

    assert server.refresh("web", old["refresh_token"]).status_code == 200


@spec("RFC 7662 §2.2", "B-22")
@pytest.mark.parametrize("storage", STORAGES)
def test_introspection_knows_the_tokens(server: Server, filled: Filled, storage: str) -> None:
    old = filled.take(f"web {storage}")
    for name in ("access_token", "refresh_token"):
        answer = server.post("introspect", "web", token=old[name]).json()

        assert answer["active"] is True
        assert answer["username"] == "ada"
        assert answer["scope"].split() == SCOPE.split()


@spec("B-15")
def test_a_person_can_disconnect_a_client_they_allowed_before(
    server: Server, filled: Filled, ada: Person
) -> None:
    sign_in = ada.open(f"{server.url}/o/connected-apps/")
    named = (("username", ada.username), ("password", ada.password))
    page = ada.press(sign_in, forms(sign_in)[0], *named)
    key = filled.application_key("leaving")
    assert "Withdraw access" in page.text
    question = ada.open(f"{server.url}/o/connected-apps/{key}/withdraw/")
    (withdraw,) = forms(question)

    ada.press(question, withdraw)

    for storage in STORAGES:
        assert_dead(server, *filled.tokens[f"leaving {storage}"], kind="leaving")


def assert_dead(server: Server, *tokens: dict[str, Any], kind: str = "web") -> None:
    """None of the tokens opens anything or earns anything."""
    for token in tokens:
        for view in ("notes", "stock"):
            assert server.call(view, token["access_token"]).status_code == 401
        assert server.refresh(kind, token["refresh_token"]).json()["error"] == "invalid_grant"
