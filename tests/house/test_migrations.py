"""The migrations say what the models say, with django-oauth-toolkit's models as they are and swapped."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sqlite

ROOT = Path(__file__).resolve().parents[2]


def manage(*arguments: str, settings: str, database: Path) -> None:
    """Run a Django command in a process of its own, since what is swapped is decided at import."""
    run = subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_URL": f"sqlite:///{database}",
            "CACHE_URL": "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("settings", ["tests.settings.base", "tests.settings.swapped"])
def test_no_migration_is_missing(settings: str, tmp_path: Path) -> None:
    manage("makemigrations", "--check", "--dry-run", settings=settings, database=tmp_path / "db")


def test_a_site_with_swapped_models_migrates_from_nothing_and_back(tmp_path: Path) -> None:
    database = tmp_path / "db.sqlite3"
    manage("migrate", settings="tests.settings.swapped", database=database)
    tables = tables_referred_to_by_ours(database)
    assert "swapped_application" in tables
    assert tables <= {"swapped_application", "auth_user", *our_tables(database)}
    manage("migrate", "oauthflows", "zero", settings="tests.settings.swapped", database=database)
    assert our_tables(database) == set()


def our_tables(database: Path) -> set[str]:
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'oauthflows\\_%' ESCAPE '\\'"
        )
        names = {name for (name,) in rows}
    connection.close()
    return names


def tables_referred_to_by_ours(database: Path) -> set[str]:
    """What the foreign keys of our tables point at: never a token model."""
    ours = our_tables(database)
    with sqlite3.connect(database) as connection:
        referred = {
            row[2]
            for table in ours
            for row in connection.execute(f"PRAGMA foreign_key_list({table})")
        }
    connection.close()
    return referred
