"""A worker that is killed in the middle of a request leaves nothing half done (`kill -9` at each step)."""

import os
import signal
from random import choice
from time import sleep

import pytest

from tests.faults.load import NO_ANSWER, Site, everybody_goes_on, nothing_is_wrong
from tests.faults.surroundings import Surroundings
from tests.marks import spec
from tests.servers import eventually

pytestmark = [pytest.mark.postgres, pytest.mark.faults]

#: Every step of a refresh: before each of its statements, before its commit, and before its answer.
STEPS = [*(f"statement {number}" for number in range(1, 8)), "commit 1", "answer"]

MOST_LIVE_OF_ONE_FAMILY = """
    SELECT max(live) FROM (
        SELECT count(*) AS live FROM oauth2_provider_refreshtoken
        WHERE revoked IS NULL GROUP BY token_family
    ) AS families
"""


@spec("B-3", "B-18")
def test_a_refresh_that_dies_at_any_step_is_made_by_its_retry(
    site: Site, around: Surroundings
) -> None:
    for chain, step in zip(site.seed["chains"], STEPS, strict=False):
        first = site.refresh(chain, die_at=step)
        # A refresh has fewer statements than the last of these steps names.
        assert first.status in (NO_ANSWER, 200), step
        sleep(0.5)
        assert site.refresh(chain).status == 200, step
        assert site.call(chain["access"]).status == 200, step
    assert {one.status for one in site.answers} == {NO_ANSWER, 200}
    assert around.database.ask(MOST_LIVE_OF_ONE_FAMILY) == "1"
    everybody_goes_on(site)


@spec("B-3")
def test_tokens_of_a_service_that_died_are_asked_for_again(site: Site) -> None:
    grant = {"grant_type": "client_credentials", "scope": "notes:read"}
    for step in ("statement 1", "commit 1", "answer"):
        first = site.token("service", "service", die_at=step, **grant)
        assert first.status in (NO_ANSWER, 200)
        sleep(0.5)
        assert site.service().status == 200


@spec("B-18")
def test_workers_that_are_killed_under_load_lose_nothing(site: Site) -> None:
    with site.under_load():
        for _ in range(8):
            sleep(0.7)
            eventually(lambda: len(site.workers.pids()) == 2)
            os.kill(choice(site.workers.pids()), signal.SIGKILL)
        sleep(2)
    nothing_is_wrong(site, dying=True)
    assert site.counted()["refresh", 200] > 20
    everybody_goes_on(site)
