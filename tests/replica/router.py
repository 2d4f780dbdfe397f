"""A router as a site with a read replica has it, and the copying that makes the replica a replica."""

from typing import Any

from django.db import connections


class ReadsFromReplica:
    """Every read that does not say otherwise goes to the replica, every write to the default database."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "replica"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True


def replicate() -> None:
    """Let the replica catch up: from here on it is as the default database is now."""
    for connection in connections.all():
        connection.ensure_connection()
    connections["default"].connection.backup(connections["replica"].connection)
