"""Known, unknown and disabled clients cost the same time, as far as their secrets have a fast hash.

Client ids are no secret. A client whose only secret is known as django-oauth-toolkit hashed it costs a slow
hash until it has used that secret once, and nobody else does.
"""

from collections.abc import Callable
from statistics import median
from time import thread_time
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

from django_oauthflows.clients import facts
from django_oauthflows.testing.assertions import key_set_of
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory
from tests.clients.stock import SECRET, stock_client
from tests.clients.test_authentication import ask, assert_not_proven, basic, by_basic, in_body
from tests.marks import spec

RUNS = 60

#: Keys that nobody registered, and those that were registered under the same names.
STRANGERS, STRANGERS_TWINS = (
    {
        "ES256": ECKey.generate_key("P-256", {"kid": "ec"}),
        "RS256": RSAKey.generate_key(2048, {"kid": "rsa"}),
    }
    for _ in range(2)
)


@pytest.fixture
def disabled(db: None) -> FlowClient:
    flow = FlowClient(registered=ClientFactory(preset="service", redirect_uris=()))
    flow.registered.policy.is_enabled = False
    flow.registered.policy.save()
    return flow


def timed(attempt: Callable[[], Any]) -> float:
    started = thread_time()
    response = attempt()
    seconds = thread_time() - started
    assert_not_proven(response)
    return seconds


@spec("B-6")
def test_whether_a_client_is_known_cannot_be_heard_by_a_stopwatch(
    service: FlowClient, disabled: FlowClient
) -> None:
    attempts: dict[str, Callable[[], Any]] = {
        "known": lambda: by_basic(service, "wrong"),
        "unknown": lambda: ask(service, headers=basic("nobody", "wrong")),
        "disabled": lambda: by_basic(disabled, disabled.registered.client_secret),
    }
    seconds: dict[str, list[float]] = {name: [] for name in attempts}
    for _ in range(RUNS):
        for name, attempt in attempts.items():
            seconds[name].append(timed(attempt))
    # The first few write a row each; the median is of what comes after.
    medians = {name: median(values) for name, values in seconds.items()}
    for name, value in medians.items():
        assert 0.5 < value / medians["known"] < 2, (name, medians)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
@spec("B-6")
def test_whether_a_client_that_signs_is_known_cannot_be_heard_either(
    db: None, algorithm: str
) -> None:
    stranger = STRANGERS[algorithm]
    jwks = key_set_of(*STRANGERS_TWINS.values())
    known, off = (
        FlowClient(registered=ClientFactory(preset="service-account", redirect_uris=(), jwks=jwks))
        for _ in range(2)
    )
    off.registered.policy.is_enabled = False
    off.registered.policy.save()
    without = FlowClient(registered=ClientFactory(preset="service", redirect_uris=()))

    def attempt(flow: FlowClient, **changes: Any) -> Callable[[], Any]:
        assertions = [
            flow.client_assertion(key=stranger, algorithm=algorithm, **changes) for _ in range(RUNS)
        ]
        return lambda: flow.post("token", headers={"X-No": "header"}, **assertions.pop())

    attempts = {
        "known": attempt(known),
        "unknown": attempt(known, iss="nobody", sub="nobody"),
        "disabled": attempt(off),
        "without keys": attempt(without),
    }
    seconds: dict[str, list[float]] = {name: [] for name in attempts}
    for _ in range(RUNS):
        for name, forged in attempts.items():
            seconds[name].append(timed(forged))
    medians = {name: median(values) for name, values in seconds.items()}
    for name, value in medians.items():
        assert 0.5 < value / medians["known"] < 2, (name, medians)


@spec("B-6", "B-7")
def test_no_slow_hash_is_computed_on_a_site_without_slow_secrets(
    service: FlowClient, disabled: FlowClient, slow_hashes: Callable[[], int]
) -> None:
    secret = service.registered.client_secret
    assert service.token(grant_type="client_credentials", scope="notes:read").status_code == 200
    assert in_body(service, secret, "introspect").status_code == 200
    assert_not_proven(by_basic(service, "wrong"))
    assert_not_proven(ask(service, headers=basic("nobody", "wrong")))
    assert_not_proven(by_basic(disabled, "wrong"))
    assert slow_hashes() == 0


@spec("B-6", "B-7")
def test_while_a_slow_secret_is_left_no_other_client_costs_a_slow_hash(
    service: FlowClient,
    single_page_app: FlowClient,
    disabled: FlowClient,
    slow_hashes: Callable[[], int],
) -> None:
    hashed = stock_client(authorization_grant_type="client-credentials")
    plain = stock_client(hash_client_secret=False)
    blank = stock_client(client_secret="", hash_client_secret=False)
    without = FlowClient(registered=ClientFactory(preset="service", redirect_uris=()))
    without.registered.application.oauthflows_secrets.all().delete()
    slow_hashes()
    attempts: dict[str, Callable[[], Any]] = {
        "known": lambda: by_basic(service, "wrong"),
        "unknown": lambda: ask(service, headers=basic("nobody", "wrong")),
        "disabled": lambda: by_basic(disabled, "wrong"),
        "public": lambda: by_basic(single_page_app, "wrong"),
        "hashed by DOT": lambda: by_basic(hashed, "wrong"),
        "kept plain by DOT": lambda: by_basic(plain, "wrong"),
        "blank in DOT": lambda: by_basic(blank, "wrong"),
        "blank as well": lambda: by_basic(blank, ""),
        "without any secret": lambda: by_basic(without, "wrong"),
    }
    costs = {}
    for name, attempt in attempts.items():
        assert_not_proven(attempt())
        costs[name] = slow_hashes()
    assert costs == {**dict.fromkeys(attempts, 0), "hashed by DOT": 1}


@spec("B-7")
def test_a_right_answer_with_a_generated_secret_is_fast_beside_slow_ones(
    service: FlowClient, slow_hashes: Callable[[], int]
) -> None:
    stock_client()
    slow_hashes()
    assert service.token(grant_type="client_credentials", scope="notes:read").status_code == 200
    assert slow_hashes() == 0


@spec("B-6", "B-7")
def test_the_slow_hashes_end_with_the_last_slow_secret(
    service: FlowClient, slow_hashes: Callable[[], int]
) -> None:
    stock = stock_client(authorization_grant_type="client-credentials")
    assert by_basic(stock, SECRET).status_code in (200, 400)
    slow_hashes()
    assert_not_proven(by_basic(service, "wrong"))
    assert_not_proven(by_basic(stock, "wrong"))
    assert slow_hashes() == 0


@spec("B-6", "B-7")
def test_a_client_of_ours_without_a_secret_is_no_reason_for_slow_hashes(
    service: FlowClient, slow_hashes: Callable[[], int]
) -> None:
    service.registered.application.oauthflows_secrets.all().delete()
    facts.forget_clients()
    assert_not_proven(ask(service, headers=basic("nobody", "wrong")))
    assert_not_proven(by_basic(service, "wrong"))
    assert slow_hashes() == 0
