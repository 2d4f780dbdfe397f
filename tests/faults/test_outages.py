"""Errors of a database that are outages, and those that are mistakes."""

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError

from django_oauthflows.core.outage import is_outage


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OperationalError("connection to server failed"), True),
        (OperationalError("database is locked"), True),
        (OperationalError("attempt to write a readonly database"), True),
        (OperationalError("no such table: oauthflows_consent"), False),
        (OperationalError("no such column: granted"), False),
        (OperationalError(2006, "Server has gone away"), True),
        (OperationalError(1205, "Lock wait timeout exceeded"), True),
        (OperationalError(1290, "running with the --read-only option"), True),
        (OperationalError(1054, "Unknown column 'granted' in 'SELECT'"), False),
        (InterfaceError(0, ""), True),
        (ProgrammingError("relation does not exist"), False),
        (ValueError("anything else"), False),
    ],
)
def test_an_outage_is_told_from_a_mistake(error: Exception, expected: bool) -> None:
    assert is_outage(error) is expected
