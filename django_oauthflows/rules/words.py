"""Lists whose words are separated by spaces (RFC 6749 §3.3): scopes, response types, prompts and languages.

Nothing else separates them: with a tab or a wide space in it, a list that a person reads as two words would
be two for one program and one for another. A space too many is no word.
"""

import re

#: RFC 6749 §3.3: printable ASCII without the space, the double quote and the backslash.
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a list in their order."""
    return tuple(word for word in text.split(" ") if word)


def is_scope(word: str) -> bool:
    """Return whether a word has the form of a scope, whether there is such a scope or not."""
    return _SCOPE.fullmatch(word) is not None
