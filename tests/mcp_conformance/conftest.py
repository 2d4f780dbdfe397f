"""The demo as agents find it: behind TLS, with an MCP server, open to clients that register themselves."""

from collections.abc import Iterator

import pytest

from tests.relying_parties.conftest import Provider, provider_at_work


@pytest.fixture(scope="module")
def open_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The provider, where agents may register themselves."""
    folder = tmp_path_factory.mktemp("provider")
    chosen = {"REGISTRATION": "open", "REGISTRATION_PROFILE": "mcp"}
    with provider_at_work(folder, **chosen) as made:
        yield made
