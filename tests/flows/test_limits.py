"""Limits on guessing: every guess counts, however many come at once, until the window is over."""

from concurrent.futures import ThreadPoolExecutor
from time import sleep

from django_oauthflows import limits
from tests.marks import spec


@spec("B-32")
def test_of_many_guesses_at_once_no_more_get_through_than_may() -> None:
    def guess(_: int) -> int | None:
        return limits.spend("guesses", "one account", at_most=5, per_seconds=900)

    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(guess, range(64)))
    assert waits.count(None) == 5
    assert all(wait is None or 1 <= wait <= 900 for wait in waits)


@spec("B-32")
def test_whoever_waits_as_long_as_told_may_try_again() -> None:
    for _ in range(2):
        wait = limits.spend("guesses", "one account", at_most=0, per_seconds=2)
        assert wait in (1, 2)
    sleep(wait + 0.1)
    assert limits.spend("guesses", "one account", at_most=1, per_seconds=2) is None


@spec("B-32")
def test_keys_and_names_are_counted_apart() -> None:
    for name, key in (("a", "x"), ("a", "y"), ("b", "x"), ("a", "\udcff \n" * 300)):
        assert limits.spend(name, key, at_most=1, per_seconds=900) is None
        assert limits.spend(name, key, at_most=1, per_seconds=900) is not None


@spec("B-32")
def test_a_count_that_is_given_back_can_be_spent_again() -> None:
    assert limits.spend("guesses", "one account", at_most=1, per_seconds=900) is None
    limits.give_back("guesses", "one account", per_seconds=900)
    assert limits.spend("guesses", "one account", at_most=1, per_seconds=900) is None
    assert limits.spend("guesses", "one account", at_most=1, per_seconds=900) is not None


@spec("B-32")
def test_giving_back_what_was_never_counted_is_no_error() -> None:
    limits.give_back("guesses", "one account", per_seconds=900)
    assert limits.spend("guesses", "one account", at_most=0, per_seconds=900) is not None
