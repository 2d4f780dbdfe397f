"""The running example project, for tests of its pages without a browser."""

import os
from collections.abc import Iterator

import pytest

from example_project.accounts.people import PEOPLE
from tests.browsing import Person
from tests.databases import MANAGE, new_database
from tests.servers import cache_beside_the_tests, free_port, run, serving


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """Its origin and the environment of its commands.

    On PostgreSQL where `DATABASE_URL` names one, else on an SQLite file.
    """
    folder, port = tmp_path_factory.mktemp("playground"), free_port()
    with new_database(folder, port) as database_url:
        env = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": "tests only"}
        env["CACHE_URL"] = cache_beside_the_tests()
        env.pop("DJANGO_SETTINGS_MODULE", None)
        run([*MANAGE, "migrate", "--verbosity=0"], env)
        # Twice, as whoever starts the demo again: nothing is made anew, and the new port is known.
        run([*MANAGE, "seed", f"--port={free_port()}"], env)
        run([*MANAGE, "seed", f"--port={port}"], env)
        server = [*MANAGE, "runserver", "--noreload", f"127.0.0.1:{port}"]
        with serving(server, env, port, folder / "log"):
            yield f"http://127.0.0.1:{port}", env
        assert "Traceback" not in (folder / "log").read_text()


@pytest.fixture
def site(served: tuple[str, dict[str, str]]) -> str:
    """The running demo's origin."""
    return served[0]


@pytest.fixture
def person() -> Person:
    """Somebody the example project was seeded with, in a new browser."""
    return Person(username=PEOPLE[0].username, password=PEOPLE[0].password)
