"""The demo, started by the README's command, and a Chromium in front of it.

Set `SCREENSHOTS` to a folder to keep a picture of each page the tests name.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page

from tests.databases import MANAGE, copy_seeded_demo
from tests.servers import free_port


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A running demo: where it answers, and how to run its commands."""

    origin: str
    environment: dict[str, str]
    sites: tuple[str, ...] = ()

    def client_id(self, preset: str) -> str:
        printed = subprocess.run(
            [*MANAGE, "credentials", preset],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return printed.stdout.split("CLIENT_ID=")[1].split()[0]


@pytest.fixture(scope="module")
def demo(running_demo: Demo) -> str:
    """The origin of a running demo."""
    return running_demo.origin


@pytest.fixture(scope="session")
def seeded_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the databases of a demo are kept that was seeded once for all workers."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "seeded-demo"


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory, seeded_demo: Path) -> Path:
    """A folder of a module's own with the databases of a demo in it."""
    folder = tmp_path_factory.mktemp("demo")
    copy_seeded_demo(seeded_demo, folder)
    return folder


@pytest.fixture(scope="module")
def running_demo(demo_folder: Path) -> Iterator[Demo]:
    """The demo as the README starts it, with a database of its own.

    One for each module: what people agreed to in one story is no part of another's.
    """
    with a_demo(demo_folder) as running:
        yield running


@contextmanager
def a_demo(folder: Path, **surroundings: str) -> Iterator[Demo]:
    """A demo whose files are in this folder, with more in its environment."""
    port, *site_ports = (free_port() for _ in range(3))
    inherited = {
        name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"
    }
    environment = {
        **inherited,
        "DATABASE_URL": f"sqlite:///{folder / 'demo.sqlite3'}",
        "CACHE_URL": "",
        "REGISTRATION": "open",
        **surroundings,
    }
    log = (folder / "demo.log").open("wb")
    server = subprocess.Popen(
        [
            *MANAGE,
            *("demo", "--no-input", f"--port={port}"),
            *("--site-ports", *map(str, site_ports)),
        ],
        cwd=folder,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )
    origin, *sites = (f"http://127.0.0.1:{number}" for number in (port, *site_ports))
    try:
        for each in (origin, *sites):
            _wait_for(each, server, folder / "demo.log")
        yield Demo(origin=origin, environment=environment, sites=tuple(sites))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
        log.close()


@pytest.fixture(params=["desk-light", "phone-dark"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A person's browser without JavaScript, since no page but the fragment's needs it."""
    with a_page(browser, request.param, has_scripts=False) as opened:
        yield opened


@contextmanager
def a_page(browser: Browser, variant: str, *, has_scripts: bool) -> Iterator[Page]:
    """A browser of some size and colours; code that the Content Security Policy stops fails the test."""
    size, _, scheme = variant.partition("-")
    context = browser.new_context(
        viewport={"width": 390, "height": 844}
        if size == "phone"
        else {"width": 1280, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=has_scripts,
        # Of sites that a test starts for clients.
        ignore_https_errors=True,
    )
    context.set_default_timeout(15_000)
    opened = context.new_page()
    said: list[str] = []
    opened.on(
        "console", lambda message: said.append(message.text) if message.type == "error" else None
    )
    yield opened
    context.close()
    # A refused call of the demo client is told to the person in a page with its status.
    assert [text for text in said if "Content Security Policy" in text] == []


@pytest.fixture
def picture(page: Page, request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keep a screenshot under a name, where `SCREENSHOTS` says to."""
    variant = request.node.callspec.params["page"]
    return lambda name: keep_picture(page, name, variant)


def keep_picture(page: Page, name: str, variant: str) -> None:
    """Keep what a page looks like, which has to fit the width it has."""
    # What a page says is there before its styles are.
    page.wait_for_load_state("load")
    overflow = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not overflow, f"{name} scrolls sideways"
    if folder := os.environ.get("SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}-{variant}.png", full_page=True)


def _wait_for(origin: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(1200):
        if server.poll() is not None:
            pytest.fail(f"the demo ended: {log.read_text()}")
        try:
            requests.get(origin, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the demo does not answer: {log.read_text()}")
