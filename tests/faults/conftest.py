"""Tests that need a database, a cache and workers of their own, which they break."""

import os
from collections.abc import Iterator

import pytest

from tests.faults.load import Site
from tests.faults.surroundings import Surroundings, surroundings, what_is_missing

#: The command that runs the tests which take minutes.
COMMAND = "bash .ci/faults"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("faults") and not os.environ.get("FAULTS"):
            item.add_marker(pytest.mark.skip(reason=f"takes minutes: {COMMAND}"))


@pytest.fixture(scope="session")
def around() -> Iterator[Surroundings]:
    """One database and one cache for all these tests; each leaves them running."""
    if reason := what_is_missing():
        pytest.skip(f"{reason}, then: {COMMAND}")
    with surroundings() as made:
        yield made


@pytest.fixture
def site(around: Surroundings) -> Iterator[Site]:
    """Two workers, and clients with tokens of their own."""
    around.sow()
    with around.workers() as workers:
        made = Site(workers=workers, seed=around.seed)
        made.warm_up()
        yield made
        log = workers.log.read_text()
    assert "Traceback" not in log, log[-4000:]
    assert len(log) < 100_000
