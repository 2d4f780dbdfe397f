"""The stories of this folder, on a site with django-allauth (the extra `test` has it)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite

ROOT = Path(__file__).resolve().parents[2]


def test_the_stories_hold_with_django_allauth() -> None:
    """In a process of its own, since the apps of a site are chosen once and for all."""
    pytest.importorskip("allauth")
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "COV_")) and name not in ("DATABASE_URL", "CACHE_URL")
    }
    finished = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"),
            *("--ds=tests.settings.allauth_site", "tests/allauth_site/test_stories.py"),
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
