"""The same races on an SQLite file: it has one writer at a time, and "database is locked" for others."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.marks import spec

pytestmark = pytest.mark.sqlite

HERE = Path(__file__).parent
#: SQLite locks no rows.
_MARKED = "not postgres and not row_locks"
#: This file, and the races of several processes, for which an SQLite file is not made.
_IGNORED = [f"--ignore={__file__}", f"--ignore={HERE / 'test_two_workers.py'}"]


@spec("B-12", "B-18")
def test_the_races_are_won_on_an_sqlite_file_too(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]

    run = subprocess.run(
        [
            *command,
            "--ds=tests.settings.sqlite_file",
            "-m",
            _MARKED,
            *_IGNORED,
            str(HERE),
        ],
        cwd=HERE.parent.parent,
        env={**os.environ, "SQLITE_FILE": str(tmp_path / "races.sqlite3"), "RACE_ROUNDS": "3"},
        capture_output=True,
        text=True,
        timeout=280,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert "skipped" not in run.stdout
