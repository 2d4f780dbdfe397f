"""Lists with spaces between their words, and the form of a scope (RFC 6749 §3.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_oauthflows.rules.words import is_scope, words_of
from tests.marks import spec

#: All that Python's `str.split()` takes for a space, but the one.
OTHER_SPACES = [chr(point) for point in range(0x3001) if chr(point).isspace() and point != 0x20]


@spec("RFC 6749 §3.3")
def test_words_are_separated_by_spaces() -> None:
    assert words_of("") == words_of("   ") == ()
    assert words_of("a") == ("a",)
    assert words_of("b a") == ("b", "a")
    assert words_of(" a  b ") == ("a", "b")


@pytest.mark.parametrize("space", OTHER_SPACES, ids=lambda space: f"U+{ord(space):04X}")
@spec("RFC 6749 §3.3")
def test_nothing_else_separates_them(space: str) -> None:
    assert words_of(f"a{space}b c") == (f"a{space}b", "c")
    assert not is_scope(f"a{space}b")


@given(st.text())
@spec("RFC 6749 §3.3")
def test_a_scope_is_printable_ascii(word: str) -> None:
    allowed = set(range(0x21, 0x7F)) - {0x22, 0x5C}
    assert is_scope(word) == (bool(word) and {ord(letter) for letter in word} <= allowed)
