"""What a test proves, written where the test is.

@spec("RFC 6749 §4.1.2", "B-12")
def test_a_code_is_redeemed_once(): ...
"""

import re

import pytest

#: `B-12`, `RFC 6749 §4.1.2`, `RFC 7009`, `OpenID Connect Core §3.1.2.1`.
_NAME = re.compile(r"B-\d+|RFC \d+( §[\w.]+)?|(?!RFC)\S.* §[\w.]+")


def spec(*names: str) -> pytest.MarkDecorator:
    """Mark a test with the paragraphs and B-lines it proves.

    One form for each, so that one expression finds, links and counts them; `ValueError` for any other.
    """
    for name in names:
        if not _NAME.fullmatch(name):
            raise ValueError(f"not the form of a paragraph or B-line: {name!r}")
    return pytest.mark.spec(*names)
