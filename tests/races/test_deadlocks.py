"""Work in the background that the database ends for another transaction's sake is tried again."""

import pytest
from django.db import OperationalError, transaction

from django_oauthflows.core.deadlocks import despite_deadlocks

DEADLOCK = OperationalError(1213, "Deadlock found when trying to get lock")


class Work:
    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)

    def __call__(self) -> str:
        if self.failures:
            raise self.failures.pop(0)
        return "done"


def test_a_deadlock_is_tried_again() -> None:
    assert despite_deadlocks(Work(DEADLOCK, DEADLOCK), using="default") == "done"


@pytest.mark.parametrize("failures", [[DEADLOCK] * 9, [OperationalError(2006, "gone away")]])
def test_what_goes_on_failing_is_told(failures: list[Exception]) -> None:
    with pytest.raises(OperationalError):
        despite_deadlocks(Work(*failures), using="default")


@pytest.mark.django_db
def test_within_a_transaction_of_the_callers_it_is_told_at_once() -> None:
    with transaction.atomic(), pytest.raises(OperationalError):
        despite_deadlocks(Work(DEADLOCK), using="default")
