"""A token is used until shortly before its end, renewed without asking, and given back."""

from dataclasses import replace
from io import BytesIO

import pytest
from pytest_django import DjangoAssertNumQueries

from django_oauthflows.outbound import connection as connections
from django_oauthflows.outbound.client import OutboundClient
from django_oauthflows.outbound.errors import (
    OutboundError,
    ProviderRefused,
    ProviderUnreachable,
    SignInNeeded,
)
from django_oauthflows.outbound.models import StoredToken
from django_oauthflows.outbound.provider import Provider
from tests.marks import spec
from tests.outbound.conftest import Opened, run_out, signed_in
from tests.outbound.scripted import Scripted


@spec("RFC 6749 §4.4.2")
def test_a_token_of_the_clients_own_is_obtained_once_and_used_again(
    client: OutboundClient, script: Scripted
) -> None:
    first = client.own_connection().token()

    assert client.own_connection().token() == first
    assert script.asked == [("/token", {"grant_type": "client_credentials", "scope": "a b"})]


@spec("RFC 6749 §4.4.3")
def test_the_clients_own_token_is_never_refreshed(client: OutboundClient, script: Scripted) -> None:
    connection = client.own_connection()
    connection.token()
    run_out(connection)

    assert connection.token().access_token == "access-2"
    assert script.grants() == ["client_credentials", "client_credentials"]


@spec("RFC 6749 §6")
def test_a_token_is_refreshed_before_its_end_without_asking(
    client: OutboundClient, script: Scripted
) -> None:
    script.lifetime = 100
    connection = signed_in(client)
    stored = connection.stored()
    assert stored is not None
    assert stored.expires is not None
    # A quarter of its life is left, and no more than that.
    connection.keep(replace(stored, obtained=stored.obtained - 76, expires=stored.expires - 76))

    token = connection.token()

    assert token.access_token == "access-2"
    assert token.refresh_token == "refresh-2"
    assert script.asked[-1] == (
        "/token",
        {"grant_type": "refresh_token", "refresh_token": "refresh-1"},
    )


@spec("RFC 6749 §6", "RFC 6749 §5.1")
def test_what_a_refresh_leaves_out_stays_as_it_was(
    client: OutboundClient, script: Scripted
) -> None:
    connection = signed_in(client)
    run_out(connection)
    script.refreshable = False

    token = connection.token()

    assert (token.access_token, token.refresh_token) == ("access-2", "refresh-1")
    assert token.scope == "a b"


@spec("RFC 6749 §5.2")
def test_a_refresh_that_is_refused_for_good_forgets_the_token(
    client: OutboundClient, script: Scripted
) -> None:
    connection = signed_in(client)
    run_out(connection)
    script.answers = [(400, {"error": "invalid_grant"})]

    with pytest.raises(SignInNeeded):
        connection.token()

    assert connection.stored() is None
    assert not StoredToken.objects.exists()
    with pytest.raises(SignInNeeded):
        connection.token()
    assert script.grants() == ["authorization_code", "refresh_token"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((401, {"error": "invalid_client"}), ProviderRefused),
        ((503, b"<h1>Away</h1>"), ProviderUnreachable),
        ((200, b"not JSON"), ProviderUnreachable),
        ((200, ["not an object"]), ProviderUnreachable),
        ((200, {"access_token": "x", "token_type": "DPoP"}), OutboundError),
        ((200, {"token_type": "Bearer"}), OutboundError),
        ((302, b""), ProviderUnreachable),
    ],
)
def test_any_other_fault_leaves_the_refresh_token_where_it_is(
    client: OutboundClient,
    script: Scripted,
    answer: tuple[int, object],
    error: type[OutboundError],
) -> None:
    connection = signed_in(client)
    run_out(connection)
    script.answers = [answer]

    with pytest.raises(error):
        connection.token()

    # And nobody holds the lease any more.
    assert connection.token().access_token == "access-2"


def test_a_provider_that_is_away_is_not_noticed_while_the_token_works(
    client: OutboundClient, script: Scripted
) -> None:
    script.lifetime = 100
    connection = signed_in(client)
    stored = connection.stored()
    assert stored is not None
    assert stored.expires is not None
    connection.keep(replace(stored, obtained=stored.obtained - 90, expires=stored.expires - 90))
    script.answers = [(503, {})]

    assert connection.token().access_token == "access-1"
    assert script.grants() == ["authorization_code", "refresh_token"]


def test_a_token_without_a_known_end_is_used_until_it_is_refused(
    client: OutboundClient, script: Scripted
) -> None:
    script.lifetime = None
    connection = signed_in(client)

    assert connection.token().access_token == "access-1"


def test_without_a_refresh_token_only_the_person_can_help(
    client: OutboundClient, script: Scripted
) -> None:
    script.refreshable = False
    connection = signed_in(client)
    run_out(connection)

    with pytest.raises(SignInNeeded):
        connection.token()


@spec("RFC 6750 §2.1")
def test_a_session_sends_the_token_and_renews_it_once_on_a_401(
    client: OutboundClient, script: Scripted, opened: Opened
) -> None:
    session = opened(signed_in(client).session())
    assert session.get(f"{script.url}/api").status_code == 200
    script.issued += 1  # the provider knows access-1 no more

    answer = session.post(f"{script.url}/api/file", data=BytesIO(b"the whole body"))

    assert answer.status_code == 200
    assert script.calls[-2:] == [
        ("/api/file", "Bearer access-1", b"the whole body"),
        ("/api/file", "Bearer access-3", b"the whole body"),
    ]
    assert [before.status_code for before in answer.history] == [401]


def test_an_api_that_refuses_every_token_is_asked_twice(
    client: OutboundClient, script: Scripted, opened: Opened
) -> None:
    session = opened(signed_in(client).session())
    script.accepts_nothing = True

    assert session.get(f"{script.url}/api").status_code == 401
    assert len(script.calls) == 2
    assert script.grants() == ["authorization_code", "refresh_token"]


def test_a_401_for_a_token_that_somebody_replaced_uses_the_new_one(
    client: OutboundClient, script: Scripted
) -> None:
    connection = signed_in(client)
    failed = connection.token()
    connection.renew(failed)

    token = connection.renew(failed)

    assert token.access_token == "access-2"
    assert script.grants().count("refresh_token") == 1


def test_a_401_that_cannot_be_mended_carries_the_answer(
    client: OutboundClient, script: Scripted, opened: Opened
) -> None:
    session = opened(signed_in(client).session())
    script.accepts_nothing = True
    script.answers = [(400, {"error": "invalid_grant"})]

    with pytest.raises(SignInNeeded) as caught:
        session.get(f"{script.url}/api")

    assert caught.value.response is not None
    assert caught.value.response.status_code == 401


@spec("RFC 6750 §5.3")
def test_a_redirect_to_another_host_gets_no_token(
    client: OutboundClient, script: Scripted, opened: Opened
) -> None:
    """Not with the first request, and not when that host answers 401."""
    session = opened(signed_in(client).session())

    assert session.get(f"{script.url}/elsewhere").status_code == 401
    assert script.calls == [("/api", "", b"")]
    assert script.grants() == ["authorization_code"]


@spec("RFC 6750 §5.3")
def test_no_token_is_sent_over_plain_http(client: OutboundClient, opened: Opened) -> None:
    session = opened(signed_in(client).session())

    with pytest.raises(OutboundError):
        session.get("http://api.example.com/notes")


@spec("RFC 7009 §2.1")
def test_signing_out_forgets_the_token_and_gives_it_back(
    client: OutboundClient, script: Scripted
) -> None:
    connection = signed_in(client)

    connection.disconnect()

    assert connection.stored() is None
    revoked = {"token": "refresh-1", "token_type_hint": "refresh_token"}
    assert script.asked[-1] == ("/revoke", revoked)


def test_a_provider_that_cannot_be_told_keeps_nobody_signed_in(
    client: OutboundClient, script: Scripted
) -> None:
    connection = signed_in(client)
    script.answers = [(503, {})]

    with pytest.raises(ProviderUnreachable):
        connection.disconnect()

    assert connection.stored() is None


@spec("RFC 7009 §2.2")
def test_a_provider_that_leads_a_revocation_to_no_address_could_not_be_told(
    client: OutboundClient, script: Scripted
) -> None:
    connection = signed_in(client)
    script.redirects["/revoke"] = (302, "https://[")

    with pytest.raises(ProviderUnreachable):
        connection.disconnect()

    assert connection.stored() is None


def test_connections_are_apart(client: OutboundClient) -> None:
    signed_in(client, "ada")

    with pytest.raises(SignInNeeded):
        client.connection("grace").token()
    with pytest.raises(ValueError, match="own_connection"):
        client.connection("")


def test_a_token_is_not_sent_to_another_issuer_of_the_same_name(
    client: OutboundClient, provider: Provider
) -> None:
    connection = signed_in(client)
    moved = replace(provider, issuer="https://evil.example")

    assert connection.stored() is not None
    assert OutboundClient(moved, store=client.store).connection("ada").stored() is None


def test_no_token_and_no_secret_is_in_a_representation(client: OutboundClient) -> None:
    connection = signed_in(client)
    started = client.start(redirect_uri="https://app.example/callback")
    shown = repr([connection, connection.token(), client.provider, started.pending["state"]])
    assert "access-1" not in shown
    assert "refresh-1" not in shown
    assert "sesame" not in shown
    assert started.pending["code_verifier"] not in repr(started)


def test_statements_are_few(
    provider: Provider, django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    connection = signed_in(OutboundClient(provider))
    with django_assert_num_queries(1):
        connection.token()
    run_out(connection)
    # Looked twice, leased, looked once more, written, let go.
    with django_assert_num_queries(8):
        connection.token()


def test_what_is_stored_is_not_readable(client: OutboundClient) -> None:
    signed_in(client)
    for row in StoredToken.objects.all():
        assert "refresh-1" not in row.sealed
        assert "refresh-1" not in str(row)


def test_a_second_claim_waits_for_the_first_one_to_end(
    client: OutboundClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = signed_in(client)
    place, store = connection._place, client.store

    lease = store.claim(place)
    assert lease is not None
    assert store.claim(place) is None
    store.release(place, "somebody else's")
    assert store.claim(place) is None

    monkeypatch.setattr(connections, "PATIENCE", 0.2)
    run_out_unclaimed = replace(connection.token(), expires=0.0)
    connection._write(run_out_unclaimed)
    with pytest.raises(ProviderUnreachable, match="another process"):
        connection.token()

    store.release(place, lease)
    assert connection.token().access_token == "access-2"
