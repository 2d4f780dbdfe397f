"""Databases of servers that tests start beside them: new ones, and those of a demo that was seeded once."""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from example_project.relying_party.sites import SITES
from tests.servers import ROOT, run

MANAGE = [sys.executable, str(ROOT / "example_project" / "manage.py")]


@contextmanager
def new_database(folder: Path, number: int) -> Iterator[str]:
    """The URL of an empty database beside the one that `DATABASE_URL` names."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield f"sqlite:///{folder / 'demo.sqlite3'}"
        return
    name = f"oauthflows_real_clients_{number}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield url.rpartition("/")[0] + f"/{name}"
        finally:
            drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))


def copy_seeded_demo(kept: Path, folder: Path) -> None:
    """Put the files of a demo that was started before into `folder`; the first who asks makes them.

    Migrating and seeding take longer than most stories. `kept` is shared by all workers of a run.
    """
    kept.mkdir(exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / "done").exists():
            _seed(kept)
            (kept / "done").touch()
    for file in kept.glob("*.sqlite3*"):
        shutil.copy(file, folder)


def _seed(folder: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    env |= {"DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}", "CACHE_URL": ""}
    run([*MANAGE, "migrate", "--verbosity=0"], env)
    run([*MANAGE, "seed", "--port=8000"], env)
    for slug in SITES:
        run([*MANAGE, "migrate", "--verbosity=0"], {**env, **_of_site(slug, folder)})


def _of_site(slug: str, folder: Path) -> Mapping[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "example_project.relying_party.settings",
        "SITE": slug,
        "SITE_DATABASE_URL": f"sqlite:///{folder / slug}.sqlite3",
    }
