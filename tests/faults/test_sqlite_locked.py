"""SQLite's "database is locked" is an outage like any other."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.stories import begin, error_of

ROOT = Path(__file__).parents[2]
ON_A_FILE = connection.vendor == "sqlite" and bool(connection.settings_dict["TEST"]["NAME"])


@pytest.mark.sqlite
@pytest.mark.skipif(ON_A_FILE, reason="this is the run on a file")
def test_it_is_so_on_an_sqlite_file(tmp_path: Path) -> None:
    pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*pytest, "--ds=tests.settings.sqlite_file", __file__],
        cwd=ROOT,
        env={**os.environ, "SQLITE_FILE": str(tmp_path / "locked.sqlite3")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "1 passed, 1 skipped" in run.stdout


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not ON_A_FILE, reason="needs an SQLite file: run by the test above")
def test_a_locked_database_is_answered_with_503_and_nothing_is_lost() -> None:
    story = begin()
    pair = story.tokens()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 100")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    answer = story.refresh(pair["refresh_token"])
    assert error_of(answer) == (503, "temporarily_unavailable")
    assert answer["Retry-After"]
    other.execute("ROLLBACK")
    assert story.refresh(pair["refresh_token"]).status_code == 200
