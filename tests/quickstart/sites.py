"""New projects in folders of their own, and `manage.py` run in them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.servers import ROOT


def new_site(folder: Path) -> Path:
    """Make what `django-admin startproject mysite .` makes."""
    command = [sys.executable, "-m", "django", "startproject", "mysite", "."]
    subprocess.run(command, cwd=folder, check=True)
    return folder


def add_app(site: Path, *names: str) -> None:
    """Write apps into the list of the settings, as a person does."""
    settings = site / "mysite/settings.py"
    rows = "".join(f"\n    {name!r}," for name in names)
    text = settings.read_text()
    settings.write_text(text.replace("INSTALLED_APPS = [", f"INSTALLED_APPS = [{rows}"))


def manage(site: Path, *arguments: str, status: int = 0) -> str:
    """Return what a command prints, on both of its ways; it ends with the status."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTEST_", "COV_", "DJANGO_")) and name != "DATABASE_URL"
    }
    finished = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=site,
        env={**clean, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert finished.returncode == status, finished.stdout
    assert "Traceback" not in finished.stdout
    return finished.stdout


def quickstart(site: Path, *arguments: str, status: int = 0) -> str:
    return manage(site, "oauthflows_quickstart", *arguments, status=status)
