"""Two real workers under the load of eight clients, while what they stand on breaks."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest

from tests.faults.load import Site, everybody_goes_on, nothing_is_wrong
from tests.faults.surroundings import Surroundings
from tests.marks import spec

pytestmark = pytest.mark.postgres


@spec("B-3", "B-18")
def test_a_database_restart_loses_nothing(site: Site, around: Surroundings) -> None:
    with site.under_load():
        sleep(1)
        around.database.stop()
        sleep(3)
        begun = monotonic()
        around.database.start()
        back = monotonic()
        sleep(2)
    nothing_is_wrong(site)
    counted = site.counted()
    assert counted["refresh", 503] > 0
    assert counted["document", 503] == 0
    assert {status for (_, status) in site.counted(since=back + 1)} <= {200, 401}, begun
    everybody_goes_on(site)


@spec("B-32")
def test_a_stopped_cache_stops_nobody(site: Site, around: Surroundings) -> None:
    with site.under_load():
        sleep(1)
        stopped = monotonic()
        around.cache.freeze()
        sleep(2)
        around.cache.thaw()
        sleep(0.5)
    nothing_is_wrong(site)
    # The time-out is 0.3 s. Each thread waits for it once at most, and then nobody does.
    meanwhile = [one.took for one in site.answers if one.at >= stopped]
    assert max(meanwhile) < 2.5
    assert sorted(meanwhile)[len(meanwhile) * 9 // 10] < 0.6
    assert {status for (_, status) in site.counted()} <= {200, 401}
    everybody_goes_on(site)


@pytest.mark.faults
@spec("B-3", "B-18")
def test_a_database_that_crashes_loses_nothing(site: Site, around: Surroundings) -> None:
    with site.under_load():
        sleep(1)
        around.database.crash()
        sleep(1)
        around.database.start()
        sleep(2)
    nothing_is_wrong(site)
    everybody_goes_on(site)


@pytest.mark.faults
def test_twenty_seconds_without_a_database_are_one_line_in_the_log(
    site: Site, around: Surroundings
) -> None:
    with site.under_load(chains=0):
        sleep(1)
        around.database.stop()
        sleep(20)
        around.database.start()
        sleep(1)
    nothing_is_wrong(site)
    assert site.counted()["service", 503] > 50
    assert site.counted()["document", 503] == 0
    lines = [
        line
        for line in site.workers.log.read_text().splitlines()
        if "Booting" not in line and "the database does not answer" in line
    ]
    assert 1 <= len(lines) <= 4  # two workers
    assert site.workers.log.stat().st_size < 20_000
    everybody_goes_on(site)


@pytest.mark.faults
def test_a_table_that_is_locked_kills_no_worker(site: Site, around: Surroundings) -> None:
    pids = set(site.workers.pids())
    lock = (
        "BEGIN; LOCK TABLE oauthflows_authorization IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(25)"
    )
    with site.under_load(), ThreadPoolExecutor() as threads:
        sleep(1)
        locked = threads.submit(around.database.ask, f"{lock}; ROLLBACK")
        sleep(20)
        assert max(one.took for one in site.answers) < 8
        locked.result()
        sleep(2)
    nothing_is_wrong(site)
    assert site.counted()["refresh", 503] > 0
    assert site.counted()["service", 200] > 100
    assert set(site.workers.pids()) == pids
    everybody_goes_on(site)


@pytest.mark.faults
@spec("RFC 7523 §3", "B-32")
def test_a_cache_that_is_emptied_or_gone_revives_nothing(site: Site, around: Surroundings) -> None:
    with site.under_load():
        sleep(0.5)
        for _ in range(5):
            around.cache.flush()
            sleep(0.2)
        around.cache.stop()
        sleep(2)
        around.cache.start()
        sleep(1)
    nothing_is_wrong(site)
    assert site.counted()["refresh", 503] == 0
    everybody_goes_on(site)


@pytest.mark.faults
@pytest.mark.parametrize("minutes", [-10, 10])
@spec("B-18")
def test_workers_whose_clocks_differ_agree(site: Site, around: Surroundings, minutes: int) -> None:
    with around.workers(SKEW_MINUTES=str(minutes)) as skewed:
        other = Site(workers=skewed, seed=site.seed)
        other.warm_up()
        for chain in site.seed["chains"]:
            before = dict(chain)
            assert site.refresh(chain).status == 200
            retried = dict(before)
            assert other.refresh(retried).status == 200
            assert retried["refresh"] == chain["refresh"]
            assert other.refresh(chain).status == 200
            assert site.call(chain["access"]).status == 200
            assert other.call(chain["access"]).status == 200
    everybody_goes_on(site)


@pytest.mark.faults
def test_a_database_that_is_frozen_leaves_no_request_without_an_answer(
    site: Site, around: Surroundings
) -> None:
    with site.under_load():
        sleep(1)
        around.database.freeze()
        sleep(20)
        around.database.thaw()
        sleep(3)
    nothing_is_wrong(site)
    # `statement_timeout` is 3 s here, five seconds are added, and a new connection is waited for 2 s.
    slow = [one for one in site.answers if one.took > 14]
    assert slow == []
    assert site.counted()["refresh", 503] > 0
    everybody_goes_on(site)
