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


#: A module of the OpenID Foundation's conformance suite, as `oidcc-prompt-login`.
_MODULE = re.compile(r"oidcc-[A-Za-z0-9_-]+")


def conformance(*modules: str) -> pytest.MarkDecorator:
    """Mark a test with the conformance modules it stands for; `ValueError` for a name of another form."""
    for module in modules:
        if not _MODULE.fullmatch(module):
            raise ValueError(f"not the name of a conformance module: {module!r}")
    return pytest.mark.conformance(*modules)
