"""How many statements each request takes: counted on the real database, BEGIN and COMMIT left out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from joserfc.jwk import ECKey, OctKey

from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.testing.factories import PASSWORD
from tests.flows.exchanges import ACCESS_TOKEN, API, api, app_token
from tests.flows.test_jwt_bearer import about, trusting
from tests.marks import spec
from tests.stories import Story, begin, dot_application

# Real transactions: what waits for a commit is counted as well.
pytestmark = pytest.mark.django_db(transaction=True)

_BOOKKEEPING = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET CONSTRAINTS")


class Statements(list[str]):
    """The statements of one request, in order."""

    def kinds(self) -> list[str]:
        return [statement.split()[0] for statement in self]


@contextmanager
def statements() -> Iterator[Statements]:
    counted = Statements()
    with CaptureQueriesContext(connection) as captured:
        yield counted
    counted += [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].upper().startswith(_BOOKKEEPING)
    ]


def warm(story: Story) -> Story:
    """Let the process learn the client, and note the use of its secret, as it does once an hour."""
    story.post("introspect", token="no-such-token")
    return story


def service() -> Story:
    return begin(preset="service", redirect_uris=())


@spec("RFC 6749 §4.4")
def test_client_credentials_take_one_insert() -> None:
    story = warm(service())
    with statements() as counted:
        response = story.token(grant_type="client_credentials", scope="notes:read")
    assert response.status_code == 200
    assert counted.kinds() == ["INSERT"]


@spec("RFC 6749 §4.4")
def test_a_client_that_was_not_seen_for_a_while_takes_two_selects_more() -> None:
    story = warm(service())
    forget_clients()
    with statements() as counted:
        response = story.token(grant_type="client_credentials", scope="notes:read")
    assert response.status_code == 200
    assert counted.kinds() == ["SELECT", "SELECT", "INSERT"]


#: Find the token and its grant; lock the grant, start the new one, save the token, lock the old one; one row
#: in the audit log.
EXCHANGE = ["SELECT", "SELECT", "UPDATE", "INSERT", "INSERT", "SELECT", "INSERT"]


@spec("RFC 8693 §2.1")
def test_a_token_exchange_takes_seven_and_one_more_for_a_service_that_proves_to_act() -> None:
    app, acting = begin(), warm(api())
    own = acting.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    token = app_token(app)
    acting.exchange(token)
    with statements() as counted:
        assert acting.exchange(token).status_code == 200
    assert counted.kinds() == EXCHANGE
    with statements() as with_actor:
        proof = {"actor_token": own, "actor_token_type": ACCESS_TOKEN}
        assert acting.exchange(token, **proof).status_code == 200
    assert sorted(with_actor.kinds()) == sorted([*EXCHANGE, "SELECT"])


@spec("RFC 8693 §2.1", "B-20", "B-26")
def test_a_call_with_an_exchanged_token_looks_at_the_clients_behind_it_too() -> None:
    """However long the chain is; a token of no exchange is looked at alone."""
    first, second = warm(api(exchange_targets=[API])), warm(api())
    short = second.exchange(app_token(begin())).json()["access_token"]
    middle = first.exchange(app_token(begin())).json()["access_token"]
    long = second.exchange(middle).json()["access_token"]
    for token in (short, long):
        with statements() as called:
            assert second.call(token).status_code == 200
        with statements() as introspected:
            assert second.introspect(token)["active"]
        assert called.kinds() == introspected.kinds() == ["SELECT", "SELECT"]


@spec("RFC 7523 §2.1")
def test_an_assertion_of_a_services_own_takes_one_insert_more() -> None:
    """The mark that it was used."""
    story = begin(preset="service-account", redirect_uris=())
    warm(story)
    with statements() as borne:
        assert story.bear(scope="notes:read").status_code == 200
    with statements() as proven:
        assert story.token(grant_type="client_credentials", scope="notes:read").status_code == 200
    assert borne.kinds() == proven.kinds() == ["INSERT", "INSERT"]


@spec("RFC 7523 §2.2")
def test_a_client_that_signs_with_its_secret_takes_one_insert_more() -> None:
    story = begin(
        preset="service",
        redirect_uris=(),
        authentication_method="client_secret_jwt",
        keeps_secret_readable=True,
    )
    key = OctKey.import_key(story.registered.client_secret)

    def ask() -> Any:
        shown = story.client_assertion(key=key, algorithm="HS256")
        no_basic = {"X-No": "header"}
        grant = {"grant_type": "client_credentials", "scope": "notes:read"}
        return story.post("token", headers=no_basic, **grant, **shown)

    assert ask().status_code == 200
    with statements() as counted:
        assert ask().status_code == 200
    assert counted.kinds() == ["INSERT", "INSERT"]


@spec("RFC 7523 §2.1")
def test_a_trusted_issuers_word_about_a_person_takes_five() -> None:
    """Find the person, mark the assertion, look at the person again, and save the grant and its token."""
    story = begin(preset="service-account", redirect_uris=())
    warm(story)
    with trusting(story), statements() as counted:
        response = story.bear(about(story.person.username), scope="notes:read")
    assert response.status_code == 200
    assert sorted(counted.kinds()) == ["INSERT", "INSERT", "INSERT", "SELECT", "SELECT"]


@spec("RFC 7523 §3")
def test_a_forged_assertion_takes_no_more_than_its_row_in_the_log() -> None:
    story = begin(preset="service-account", redirect_uris=())
    warm(story)
    stranger = ECKey.generate_key("P-256", {"kid": "test-client"})
    with statements() as counted:
        story.bear(story.assertion(key=stranger), scope="notes:read")
    assert counted.kinds() == ["INSERT"]


@spec("RFC 6749 §4.3")
def test_the_password_grant_takes_five() -> None:
    story = warm(begin(preset="legacy-app", redirect_uris=()))
    name = story.person.username
    with statements() as counted:
        response = story.token(
            grant_type="password", username=name, password=PASSWORD, scope="notes:read"
        )
    assert response.status_code == 200
    assert sorted(counted.kinds()) == ["INSERT", "INSERT", "INSERT", "SELECT", "SELECT"]


@pytest.mark.parametrize("preset", ["web-app", "single-page-app"])
@spec("RFC 6749 §4.1.3")
def test_a_code_exchange_takes_six(preset: str) -> None:
    story = begin(preset=preset)
    warm(story)
    code = story.code()
    with statements() as counted:
        response = story.redeem(code)
    assert response.status_code == 200
    assert len(counted) <= 6, counted


@spec("RFC 8628 §3.4")
def test_a_device_code_exchange_takes_six_and_a_poll_two() -> None:
    story = begin(preset="device", redirect_uris=())
    warm(story)
    with statements() as asked:
        codes = story.device_codes().json()
    assert asked.kinds() == ["SELECT", "INSERT", "UPDATE"]
    with statements() as polled:
        story.poll(codes["device_code"])
    assert polled.kinds() == ["SELECT", "UPDATE"]
    story.decide_on_device(codes["user_code"])
    with statements() as counted:
        response = story.poll(codes["device_code"])
    assert response.status_code == 200
    assert len(counted) <= 6, counted


@pytest.mark.parametrize("preset", ["web-app", "single-page-app"])
@spec("RFC 6749 §6")
def test_a_refresh_takes_six(preset: str) -> None:
    story = begin(preset=preset)
    tokens = story.tokens()
    with statements() as counted:
        response = story.refresh(tokens["refresh_token"])
    assert response.status_code == 200
    assert len(counted) <= 6, counted


@spec("RFC 6749 §6")
def test_a_lost_answer_takes_two_selects() -> None:
    story = begin()
    tokens = story.tokens()
    story.refresh(tokens["refresh_token"])
    with statements() as counted:
        response = story.refresh(tokens["refresh_token"])
    assert response.status_code == 200
    assert counted.kinds() == ["SELECT", "SELECT"]


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@spec("RFC 7662 §2.1", "B-22")
def test_introspection_takes_two_at_most(kind: str) -> None:
    story = begin()
    tokens = story.tokens()
    with statements() as counted:
        assert story.introspect(tokens[kind])["active"]
    assert counted.kinds() == ["SELECT"] * (1 if kind == "access_token" else 2)


@spec("RFC 7662 §2.1", "B-22")
def test_introspection_of_unknown_tokens_takes_two_and_a_row_for_the_first_ones() -> None:
    story, kinds = warm(begin()), []  # which asked once
    for _ in range(10):
        with statements() as counted:
            assert story.introspect("no-such-token") == {"active": False}
        kinds.append(counted.kinds())
    assert kinds == [["SELECT", "SELECT", "INSERT"]] * 9 + [["SELECT", "SELECT"]]


@pytest.mark.parametrize("path", ["/api/notes/", "/api/own/", "/api/open/"])
@spec("RFC 6750 §2.1", "B-26")
def test_a_protected_call_takes_one(path: str) -> None:
    story = begin()
    tokens = story.tokens()
    with statements() as counted:
        assert story.call(tokens["access_token"], path).status_code == 200
    assert counted.kinds() == ["SELECT"]


@spec("RFC 6750 §2.1", "B-26")
def test_a_services_protected_call_takes_one() -> None:
    story = service()
    tokens = story.token(grant_type="client_credentials", scope="notes:read").json()
    with statements() as counted:
        assert story.call(tokens["access_token"]).status_code == 200
    assert counted.kinds() == ["SELECT"]


@spec("RFC 6750 §3.1", "B-26")
def test_a_refused_call_takes_one_and_its_record() -> None:
    story = begin()
    tokens = story.tokens(scope="profile")
    with statements() as refused:
        assert story.call(tokens["access_token"]).status_code == 403
    with statements() as unknown:
        assert story.call("no-such-token").status_code == 401
    assert refused.kinds() == unknown.kinds() == ["SELECT", "INSERT"]


@spec("RFC 6750 §3.1", "B-26")
def test_a_call_that_is_refused_over_and_over_takes_one() -> None:
    story = begin()
    for _ in range(10):
        story.call("no-such-token")
    with statements() as counted:
        assert story.call("no-such-token").status_code == 401
    assert counted.kinds() == ["SELECT"]


#: Find the token and its grant, delete it, for which the ORM reads
#: it again and unlinks its refresh token, see whether anything was made of it, and one row in the audit log.
ACCESS_TOKEN_REVOCATION = 7
#: Find the token and its grant; end the grant, its refresh tokens, the access tokens that came with or of
#: them, its code and the access token the code earned; one row in the audit log.
REFRESH_TOKEN_REVOCATION = 13


@pytest.mark.parametrize(
    ("kind", "most"),
    [("access_token", ACCESS_TOKEN_REVOCATION), ("refresh_token", REFRESH_TOKEN_REVOCATION)],
)
@spec("RFC 7009 §2.1", "B-21")
def test_a_revocation_takes_a_known_number(kind: str, most: int) -> None:
    story = begin()
    tokens = story.tokens()
    with statements() as counted:
        assert story.post("revoke", token=tokens[kind]).status_code == 200
    assert len(counted) <= most, counted


@pytest.mark.parametrize(
    "act",
    [
        lambda story, pair: story.refresh(pair["refresh_token"]),
        lambda story, pair: story.post("introspect", token=pair["access_token"]),
        lambda story, pair: story.post("introspect", token=pair["refresh_token"]),
        lambda story, pair: story.post("revoke", token=pair["access_token"]),
        lambda story, pair: story.post("revoke", token=pair["refresh_token"]),
    ],
    ids=["refresh", "introspect access", "introspect refresh", "revoke access", "revoke refresh"],
)
@spec("B-18", "B-21")
def test_an_old_grant_takes_no_more_than_a_young_one(
    act: Callable[[Story, dict[str, str]], object],
) -> None:
    counts = []
    for rotations in (1, 6):
        story = begin()
        pair = story.tokens()
        for _ in range(rotations):
            pair = story.refresh(pair["refresh_token"]).json()
        with statements() as counted:
            act(story, pair)
        counts.append(len(counted))
    assert counts[0] == counts[1]


@spec("B-12", "B-18")
def test_a_replay_takes_no_more_in_an_old_grant_than_in_a_young_one() -> None:
    counts = []
    for rotations in (2, 6):
        story = begin()
        first = pair = story.tokens()
        for _ in range(rotations):
            pair = story.refresh(pair["refresh_token"]).json()
        with statements() as counted:
            assert story.refresh(first["refresh_token"]).status_code == 400
        counts.append(len(counted))
    assert counts[0] == counts[1]


@spec("B-7")
def test_an_application_without_a_policy_takes_no_more_once_it_is_known() -> None:
    story = begin(registered=dot_application(authorization_grant_type="client-credentials"))
    story.token(grant_type="client_credentials", scope="notes:read")
    story.token(grant_type="client_credentials", scope="notes:read")
    with statements() as counted:
        story.token(grant_type="client_credentials", scope="notes:read")
    assert counted.kinds() == ["INSERT"]
