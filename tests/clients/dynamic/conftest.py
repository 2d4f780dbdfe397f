"""What every story of a self-registered client begins with."""

from tests.clients.dynamic.registering import documents, open_registration

__all__ = ["documents", "open_registration"]
