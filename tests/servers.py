"""Starting a real server for tests that speak to one over the network."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache.backends.redis import RedisCache

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def run(command: Sequence[str], env: Mapping[str, str], *, folder: Path = ROOT) -> str:
    """What a command printed; its whole output where it failed."""
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def eventually(holds: Callable[[], bool], *, seconds: float = 15) -> None:
    """Look until it is so: for what a server does after it has answered."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "it is not so, and time is up"
        time.sleep(0.05)


def cache_beside_the_tests() -> str:
    """A Redis database for a server that outlives a test, since each test empties its own; else none."""
    cache = settings.CACHES["default"]
    if not cache["BACKEND"].endswith(".RedisCache"):
        return ""
    parts = urlsplit(cache["LOCATION"])
    url = parts._replace(path=f"/{(int(parts.path.strip('/')) + 8) % 16}").geturl()
    RedisCache(url, {}).clear()
    return url


@contextmanager
def serving(command: Sequence[str], env: Mapping[str, str], port: int, log: Path) -> Iterator[None]:
    """Run a server until the block ends. What it printed is in `log`."""
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        _wait(server, port, log)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(300):
        assert server.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on port {port}\n{log.read_text()}")


@contextmanager
def html_site(page_at: Callable[[str], str]) -> Iterator[str]:
    """Serve pages of a client until the block ends, and yield their origin; `page_at` makes one of a path."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page_at(self.path).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
