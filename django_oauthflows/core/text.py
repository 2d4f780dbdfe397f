"""Text of strangers: refused where it is taken in, cleaned where it is shown (UAX #9, UTS #39 §5.4).

A name that a stranger chose stands on consent pages, in lists and in terminals. Four kinds of text deceive
there: text that is invisible, text that turns the words around it (UAX #9), control characters, and letters
below a heap of marks. `flaw_of` names the first of them, `cleaned` takes them out.
"""

import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: UTS #39 §5.4: no more nonspacing marks than this in a row.
MOST_MARKS = 4

#: Characters that look like nothing at all, though their category is that of letters or symbols.
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc\U0001d159\u034f")
#: Control, surrogate, private use, not assigned, line separator, paragraph separator, format.
_REFUSED = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Cf"})
_MARKS = frozenset({"Mn", "Me"})
_SYMBOLS = frozenset({"So", "Sm", "Sk"})

_NON_JOINER, _JOINER = "\u200c", "\u200d"
#: Scripts that are written with joiners: Hebrew to Thaana and Arabic, those of India to Khmer, Mongolian.
_JOINED_SCRIPTS = ((0x0590, 0x08FF), (0x0900, 0x109F), (0x1780, 0x18AF), (0xA800, 0xAAFF))
_JOINED_SCRIPTS_FURTHER = ((0xFB1D, 0xFEFC), (0x10A00, 0x11FFF), (0x1E900, 0x1E95F))
#: Mongolian letters, and the marks that choose one of their forms.
_MONGOLIAN, _MONGOLIAN_FORMS = ("\u1820", "\u18aa"), frozenset("\u180b\u180c\u180d\u180e\u180f")


class Flaw(StrEnum):
    """A reason for which text is not shown as it is."""

    INVISIBLE = "invisible"
    CONTROL = "control"
    HEAPED = "heaped"
    BLANK = "blank"


#: Each flaw in words for the person who typed the text.
SENTENCES: dict[Flaw, Any] = {
    Flaw.INVISIBLE: _("It holds an invisible character, or one that turns the text around."),
    Flaw.CONTROL: _("It holds a control character or one without a meaning."),
    Flaw.HEAPED: _("It holds too many marks on one letter."),
    Flaw.BLANK: _("It needs a letter, a digit or a symbol that people can see."),
}


def flaw_of(text: str, *, is_name: bool = True) -> Flaw | None:
    """Return why the text must not be taken in, or `None`. A name also has something to see."""
    for _character, flaw in _looked_at(text):
        if flaw is not None:
            return flaw
    return Flaw.BLANK if is_name and not _is_visible(text) else None


def cleaned(text: str) -> str:
    """Return the text without all that `flaw_of` objects to, its white space in one piece each."""
    kept = "".join(
        " " if flaw is Flaw.CONTROL else "" if flaw is not None else character
        for character, flaw in _looked_at(text)
    )
    kept = tidy(kept)
    # The letters before them are gone.
    while kept and unicodedata.category(kept[0]) in _MARKS:
        kept = kept[1:]
    return kept


def shown(text: str, otherwise: str) -> str:
    """Return a name as people are shown it: cleaned, or `otherwise` where nothing is left to see."""
    name = cleaned(text)
    return name if _is_visible(name) else otherwise


def tidy(text: str) -> str:
    """Return the text without white space at its ends; more than one space in a row is one space."""
    pieces: list[str] = []
    for character in text.strip():
        is_space = character.isspace()
        if not is_space:
            pieces.append(character)
        elif pieces[-1].isspace():
            pieces[-1] = " "
        else:
            pieces.append(character)
    return "".join(pieces)


def validate_name(text: str) -> None:
    """Raise `ValidationError` for a name that people could not read, or would be deceived by."""
    if flaw := flaw_of(text):
        raise ValidationError(SENTENCES[flaw], code=flaw)


def for_terminal(text: object) -> str:
    """Return one line that does nothing in a terminal: what would act or hide is written as an escape."""
    return "".join(
        _escape(character) if flaw is not None else character
        for character, flaw in _looked_at(str(text))
    )


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def _looked_at(text: str) -> Iterator[tuple[str, Flaw | None]]:
    """Each character, with its flaw."""
    marks = 0
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        is_mark = category in _MARKS
        if is_mark:
            marks += 1
        elif category != "Cf":  # a joiner between marks begins nothing new
            # One character may stand for a letter and its marks: they count as well (NFD).
            marks = _marks_within(character)
        is_heap = marks > MOST_MARKS or (is_mark and place == 0)
        yield character, _flaw_of_character(text, place) or (Flaw.HEAPED if is_heap else None)


def _marks_within(character: str) -> int:
    decomposed = unicodedata.normalize("NFD", character)
    return sum(unicodedata.category(one) in _MARKS for one in decomposed)


def _flaw_of_character(text: str, place: int) -> Flaw | None:
    character = text[place]
    if character in _BLANK or _is_selector(character):
        return None if _is_in_its_place(text, place) else Flaw.INVISIBLE
    category = unicodedata.category(character)
    if category not in _REFUSED:
        return None
    if category == "Cf":
        return None if _is_in_its_place(text, place) else Flaw.INVISIBLE
    return Flaw.CONTROL


def _is_in_its_place(text: str, place: int) -> bool:
    """Is it an invisible character that writing needs, between or after the visible ones it belongs to?"""
    character, before = text[place], text[place - 1] if place else ""
    after = text[place + 1] if place + 1 < len(text) else ""
    if character in _MONGOLIAN_FORMS:
        return _MONGOLIAN[0] <= before <= _MONGOLIAN[1]
    if _is_selector(character):
        return before != "" and _is_base(before)
    if character not in (_NON_JOINER, _JOINER) or not before or not after:
        return False
    if _is_joined_script(before) and _is_joined_script(after):
        return True
    # As in the picture of a family: one sign out of several (UTS #51 §2.3).
    return character == _JOINER and _is_picture(before) and _is_picture(after, is_first=True)


def _is_selector(character: str) -> bool:
    """Does it choose how the character before it is drawn (variation selectors)?"""
    return (
        "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or character in _MONGOLIAN_FORMS
    )


def _is_base(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LNSP" and character not in _BLANK


def _is_joined_script(character: str) -> bool:
    ranges = (*_JOINED_SCRIPTS, *_JOINED_SCRIPTS_FURTHER)
    is_written = unicodedata.category(character)[0] in "LM" and character not in _BLANK
    return is_written and any(first <= ord(character) <= last for first, last in ranges)


def _is_picture(character: str, *, is_first: bool = False) -> bool:
    if character == "\ufe0f":
        return not is_first
    return unicodedata.category(character) in _SYMBOLS and character not in _BLANK


def _is_visible(text: str) -> bool:
    """Is there a letter, a digit or a symbol?"""
    return any(
        character not in _BLANK
        and (category[0] in "LN" or category in ("So", "Sm", "Sc"))
        and not _is_selector(character)
        for character in text
        for category in [unicodedata.category(character)]
    )
