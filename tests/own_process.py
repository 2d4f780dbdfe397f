"""Stories in a process of their own: the apps and the user model of a site are chosen once and for all."""

import os
import subprocess
import sys

from tests.servers import ROOT


def run_stories(settings: str, path: str) -> None:
    """Run a file of tests on SQLite under other settings; what it printed, where one of them fails."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "COV_")) and name not in ("DATABASE_URL", "CACHE_URL")
    }
    finished = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"),
            *(f"--ds={settings}", path),
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
