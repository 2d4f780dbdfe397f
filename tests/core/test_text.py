"""Text of strangers is legible in every script, and deceives in none."""

import unicodedata

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from django_oauthflows.core import text
from django_oauthflows.core.text import Flaw

#: "I want": the joiner in it is part of the word.
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"

#: "I want": the joiner in it is part of the word.
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"

READABLE = [
    "Notes",
    "C++",
    "42",
    "Nguyễn Văn An",
    unicodedata.normalize("NFD", "Nguyễn Văn An"),
    "日本\u3000語",
    "葛\U000e0100城",  # a form of a character that stands in people's names
    "שָׁלוֹם",
    "مكتبة",
    PERSIAN,
    "नमस्ते",
    "क्\u200dष",
    "ᠮᠣᠩᠭᠣᠯ",
    "ก็ไม่เป็นไร",
    "ཧཱུྃ",
    "កម្ពុជា",
    "မြန်မာ",
    "👨\u200d👩\u200d👧",
    "❤\ufe0f\u200d🔥",
    "👩🏽\u200d💻 Dev",
    "1\ufe0f\u20e3",
    "🇩🇪",
    "O'Brien & Söhne (beta)",
]
UNREADABLE = [
    ("", Flaw.BLANK),
    ("   ", Flaw.BLANK),
    ("\u00a0\u3000\u2003", Flaw.BLANK),
    ("...", Flaw.BLANK),
    ("\u200b", Flaw.INVISIBLE),
    ("\u00ad", Flaw.INVISIBLE),
    ("\u2060", Flaw.INVISIBLE),
    ("\ufeff", Flaw.INVISIBLE),
    ("\u3164", Flaw.INVISIBLE),
    ("\uffa0", Flaw.INVISIBLE),
    ("\u115f", Flaw.INVISIBLE),
    ("\u2800", Flaw.INVISIBLE),
    ("Notes\u034f", Flaw.INVISIBLE),
    ("Notes\U000e0041", Flaw.INVISIBLE),
    ("Not\u200bes", Flaw.INVISIBLE),
    ("Not\u00ades", Flaw.INVISIBLE),
    ("\u202esetoN", Flaw.INVISIBLE),
    ("Notes\u2066", Flaw.INVISIBLE),
    ("\u200fNotes", Flaw.INVISIBLE),
    ("Notes\u200d", Flaw.INVISIBLE),
    ("\u200dNotes", Flaw.INVISIBLE),
    ("a\u200cb", Flaw.INVISIBLE),
    (PERSIAN.replace("\u200c", "\u200c\u200c"), Flaw.INVISIBLE),
    ("\ufe0fNotes", Flaw.INVISIBLE),
    ("a\ufe0f\ufe0f", Flaw.INVISIBLE),
    ("Notes\x1b[2J", Flaw.CONTROL),
    ("Notes\x07", Flaw.CONTROL),
    ("Notes\nof a stranger", Flaw.CONTROL),
    ("Notes\u2028", Flaw.CONTROL),
    ("Notes\x85", Flaw.CONTROL),
    ("Notes\ud800", Flaw.CONTROL),
    ("Notes\ue000", Flaw.CONTROL),
    ("Notes\U000e0fff", Flaw.CONTROL),
    ("\u0301Notes", Flaw.HEAPED),
    ("Z" + "\u0337\u0316\u0351\u035d\u0300" + "algo", Flaw.HEAPED),
    ("\u00e9" + "\u0337\u0316\u0351\u035d", Flaw.HEAPED),
    ("\u064a" + "\u064b\u064c\u064d\u064e\u200c\u064f" + "\u064a", Flaw.HEAPED),
]


@pytest.mark.parametrize("name", READABLE)
def test_names_of_every_script_are_taken_as_they_are(name: str) -> None:
    assert text.flaw_of(name) is None
    assert text.cleaned(name) == name
    assert text.shown(name, "id") == name
    assert text.for_terminal(name) == name
    text.validate_name(name)


@pytest.mark.parametrize(("name", "flaw"), UNREADABLE)
def test_names_that_deceive_are_refused_and_shown_clean(name: str, flaw: Flaw) -> None:
    assert text.flaw_of(name) is flaw
    with pytest.raises(ValidationError):
        text.validate_name(name)
    assert text.flaw_of(text.shown(name, "id")) is None


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\u200b", "the-id"),
        ("\u3164 \u3164", "the-id"),
        ("...", "the-id"),
        ("\u202esetoN", "setoN"),
        ("  Notes \t of\n a  stranger ", "Notes of a stranger"),
        ("Z\u0337\u0316\u0351\u035d\u0300\u0301algo", "Z\u0337\u0316\u0351\u035dalgo"),
        ("\u200b\u0301Notes", "Notes"),
    ],
)
def test_a_name_is_shown_without_what_deceives(name: str, shown: str) -> None:
    assert text.shown(name, "the-id") == shown


@given(st.text())
def test_cleaned_text_has_no_flaw_and_stays_as_it_is(said: str) -> None:
    clean = text.cleaned(said)
    assert text.flaw_of(clean, is_name=False) is None
    assert text.cleaned(clean) == clean


@given(st.text())
def test_a_terminal_gets_one_line_that_does_nothing(said: str) -> None:
    line = text.for_terminal(said)
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in line)
    assert not {"\u202e", "\u2066", "\u200b"} & set(line)


def test_a_terminal_is_shown_what_it_was_spared() -> None:
    said = "a\x1b]0;owned\x07\r\n\u202eb\x9b31m"
    assert text.for_terminal(said) == r"a\x1b]0;owned\x07\r\n\u202eb\x9b31m"
