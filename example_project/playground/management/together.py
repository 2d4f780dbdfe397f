"""Several servers that live and die together."""

import signal
import subprocess
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

#: Seconds between two looks at whether all still run, and for a server to end by itself.
LOOK, PATIENCE = 0.2, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


class Ended(Exception):
    """A server stopped that nobody had asked to."""


def serve_together(servers: Sequence[Server]) -> None:
    """Run them until Ctrl+C or SIGTERM, then stop them all. Raises `Ended` if one stops by itself."""
    # Whoever started this one can stop the others by it, in a terminal or without.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for server in servers:
            running[server.name] = subprocess.Popen(  # noqa: S603 - nothing here comes from outside
                server.command, env=dict(server.environment)
            )
        _watch(running)
    except KeyboardInterrupt:
        pass
    finally:
        _stop(running.values())


def _watch(running: Mapping[str, "subprocess.Popen[bytes]"]) -> None:
    while True:
        for name, process in running.items():
            if process.poll() is not None:
                raise Ended(name)
        time.sleep(LOOK)


def _stop(processes: Collection["subprocess.Popen[bytes]"]) -> None:
    # To be asked twice must not leave one of them behind.
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, signal.SIG_IGN)
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
