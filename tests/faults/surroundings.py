"""PostgreSQL, Redis and gunicorn of a test's own, which it may stop, cut off and kill."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.servers import eventually, free_port, run, serving


def database_url(connection: Any) -> str:
    """The address of the database that a connection leads to."""
    known = connection.settings_dict
    user = quote(f"{known['USER']}:{known['PASSWORD']}", safe=":")
    return f"postgres://{user}@{known['HOST']}:{known['PORT']}/{known['NAME']}"


def postgres_binaries() -> Path | None:
    """Where the server of the newest PostgreSQL lies, as Debian installs it."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


def what_is_missing() -> str:
    """Why no surroundings can be started here; empty where they can."""
    if postgres_binaries() is None:
        return "needs PostgreSQL's server: apt-get install postgresql"
    if shutil.which("redis-server") is None:
        return "needs Redis: apt-get install redis-server"
    return ""


@dataclass(kw_only=True)
class PostgreSQL:
    """A database server in a folder of its own. It refuses to run as root."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: Any = None

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
        command = [*self._as(), self._binary("initdb"), "--auth=trust", "--username=postgres"]
        run(
            [*command, "--encoding=UTF8", str(self.folder / "data")], os.environ, folder=self.folder
        )

    def start(self) -> None:
        options = ["-p", str(self.port), "-k", str(self.folder), "-c", "listen_addresses=127.0.0.1"]
        command = [*self._as(), self._binary("postgres"), "-D", str(self.folder / "data")]
        self.process = subprocess.Popen(
            [*command, *options],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        eventually(self.is_ready, seconds=60)

    def stop(self) -> None:
        """Cut every connection and stop, as a restart does."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Stop without writing anything down."""
        self._end(signal.SIGQUIT)

    def freeze(self) -> None:
        self._signal_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal_all(signal.SIGCONT)

    def ask(self, statement: str) -> str:
        """What a statement returns, each row in a line."""
        command = [self._binary("psql"), "-X", "-A", "-t", "-h", "127.0.0.1", "-p", str(self.port)]
        return run([*command, "-U", "postgres", "-c", statement], os.environ).strip()

    def is_ready(self) -> bool:
        command = [self._binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(command, timeout=20).returncode == 0

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(timeout=60)

    def _signal_all(self, what: signal.Signals) -> None:
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in [pid, *map(int, children)]:
            with suppress(ProcessLookupError):
                os.kill(one, what)

    def _binary(self, name: str) -> str:
        folder = postgres_binaries()
        assert folder is not None
        return str(folder / name)

    def _as(self) -> list[str]:
        if os.getuid():
            return []
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


@dataclass(kw_only=True)
class Redis:
    """A cache server that keeps nothing on a disk."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: Any = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            ["redis-server", *options, "--dir", str(self.folder)], stdout=subprocess.DEVNULL
        )
        eventually(lambda: self._says("ping") == "PONG")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=30)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def flush(self) -> None:
        assert self._says("flushall") == "OK"

    def _says(self, command: str) -> str:
        done = subprocess.run(
            ["redis-cli", "-p", str(self.port), command], capture_output=True, text=True, timeout=20
        )
        return done.stdout.strip()


@dataclass(kw_only=True)
class Workers:
    """Two worker processes with threads, behind one address."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pids(self) -> list[int]:
        """The worker processes, without their master."""
        lines = self.log.read_text().splitlines()
        begun = [int(line.rpartition("pid: ")[2]) for line in lines if "Booting worker" in line]
        return [pid for pid in begun if Path(f"/proc/{pid}").exists()]


@dataclass(kw_only=True)
class Surroundings:
    """All that a site stands on, and what it was seeded with."""

    folder: Path
    database: PostgreSQL
    cache: Redis
    seed: dict[str, Any] = field(default_factory=dict)

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings.faults",
            "DATABASE_URL": self.database.url,
            "CACHE_URL": self.cache.url,
        }

    def sow(self) -> None:
        """Make clients, people and tokens."""
        self.seed = json.loads(run([sys.executable, "-m", "tests.faults.seed"], self.env))

    @contextmanager
    def workers(self, **env: str) -> Iterator[Workers]:
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "--workers=2", "--threads=8", "--timeout=20"]
        command += [f"--bind=127.0.0.1:{port}", "django.core.wsgi:get_wsgi_application()"]
        log = self.folder / f"workers-{port}.log"
        with serving(command, {**self.env, **env}, port, log):
            yield Workers(port=port, log=log)


@contextmanager
def surroundings() -> Iterator[Surroundings]:
    """A database and a cache that run until the block ends, and are gone then."""
    folder = Path(tempfile.mkdtemp(prefix="oauthflows-faults-"))
    folder.chmod(0o755)
    own = folder / "postgres"
    own.mkdir()
    made = Surroundings(folder=folder, database=PostgreSQL(folder=own), cache=Redis(folder=folder))
    try:
        made.database.make()
        made.database.start()
        made.cache.start()
        run([sys.executable, "-m", "django", "migrate", "-v", "0"], made.env)
        yield made
    finally:
        with suppress(ProcessLookupError, FileNotFoundError, AttributeError):
            made.database.thaw()
        made.database.stop()
        made.cache.stop()
        shutil.rmtree(folder, ignore_errors=True)
