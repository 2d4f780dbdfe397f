"""The stories of this folder, on sites whose user model has less than Django's own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("site", ["plain_user", "bare_user"])
def test_the_stories_hold_for_another_user_model(site: str) -> None:
    """In a process of its own, since the user model is chosen once and for all."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "COV_")) and name not in ("DATABASE_URL", "CACHE_URL")
    }
    finished = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"),
            *(f"--ds=tests.settings.{site}", "tests/plain_user/test_stories.py"),
        ],
        cwd=ROOT,
        env=inherited,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert finished.returncode == 0, finished.stdout[-8000:] + finished.stderr[-2000:]
    assert " passed" in finished.stdout
