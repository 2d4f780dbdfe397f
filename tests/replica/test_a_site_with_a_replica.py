"""The stories of a site with a read replica, in a process of their own: databases are chosen by settings."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connections

from tests.marks import spec

pytestmark = pytest.mark.sqlite

HERE = Path(__file__).parent


@spec("B-15", "B-20")
def test_a_stale_replica_decides_nothing() -> None:
    assert "replica" not in connections
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, "--ds=tests.settings.replicated", str(HERE / "test_stale_replica.py")],
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "skipped" not in run.stdout
