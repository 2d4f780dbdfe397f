"""Each kind of JWT has a type of its own, and nothing is signed without one (RFC 8725 §3.11)."""

import re
from pathlib import Path

import pytest

import django_oauthflows
from django_oauthflows.rules import jwt_types
from django_oauthflows.rules.jwt_types import is_of_type
from tests.marks import spec

SOURCES = Path(django_oauthflows.__file__).parent


@spec("RFC 8725 §3.11")
def test_no_two_kinds_have_the_same_type() -> None:
    kinds = [
        *jwt_types.SIGNED_HERE,
        jwt_types.REQUEST_OBJECT,
        jwt_types.CLIENT_ASSERTION,
        jwt_types.GRANT_ASSERTION,
        jwt_types.SOFTWARE_STATEMENT,
    ]
    assert len({jwt_types.shortened(kind) for kind in kinds}) == len(kinds)


@spec("RFC 8725 §3.11")
def test_every_signature_names_a_type_of_the_list() -> None:
    named = set()
    for path in SOURCES.rglob("*.py"):
        named |= set(re.findall(r"\btyp=([^\s,)]+)", path.read_text()))
    kinds = {name for name in vars(jwt_types) if getattr(jwt_types, name) in jwt_types.SIGNED_HERE}
    # What is handed on, and what was read of a header.
    assert named - kinds == {"typ", "shown.typ", 'str(opened.header.get("typ"'}
    assert kinds <= named


@pytest.mark.parametrize(
    ("typ", "is_one"),
    [
        ("at+jwt", True),
        ("AT+JWT", True),
        ("application/at+jwt", True),
        ("JWT", False),
        ("", False),
        (None, False),
        (["at+jwt"], False),
        ("text/at+jwt", False),
        ("at+jwt ", False),
    ],
)
@spec("RFC 7515 §4.1.9")
def test_a_type_is_compared_as_a_media_type(typ: object, is_one: bool) -> None:
    assert is_of_type(typ, "at+jwt") == is_one
