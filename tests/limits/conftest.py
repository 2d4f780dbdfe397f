"""The clients these tests share with those of client authentication."""

from tests.clients.conftest import nothing_remembered, service, slow_hashes

__all__ = ["nothing_remembered", "service", "slow_hashes"]
