"""The demo as agents find it: behind TLS, with an MCP server, open to clients that register themselves."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.relying_parties.conftest import Provider
from tests.relying_parties.conftest import provider as provider
from tests.servers import free_port, serving
from tests.tls import tls_front


@pytest.fixture(scope="module")
def open_provider(provider: Provider) -> Iterator[Provider]:
    """The provider once more, on the same database, where agents may register themselves."""
    port, front = free_port(), free_port()
    site = f"https://localhost:{front}"
    environment = {
        **provider.environment,
        "PUBLIC_URL": site,
        "REGISTRATION": "open",
        "REGISTRATION_PROFILE": "mcp",
    }
    command = [sys.executable, "-m", "gunicorn", "--workers=2", f"--bind=127.0.0.1:{port}"]
    log, certificate = provider.folder / "open.log", provider.folder / "server.pem"
    with ExitStack() as until_the_end:
        until_the_end.enter_context(
            serving([*command, "example_project.wsgi"], environment, port, log)
        )
        until_the_end.enter_context(tls_front(front, passes_on_to=port, certificate=certificate))
        yield replace(provider, issuer=f"{site}/o", environment=environment)
        assert "Traceback" not in log.read_text()
