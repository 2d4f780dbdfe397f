"""JSON from strangers: what is read in one way alone, and what of it any database can keep."""

import json
from typing import Any

import pytest

from django_oauthflows.strict_json import Strict, is_storable
from tests.marks import spec


@spec("RFC 7519 §4", "B-1")
@pytest.mark.parametrize(
    "text", ['{"a": 1, "a": 2}', '[{"a": {"b": 1, "b": 1}}]', "[NaN]", "Infinity"]
)
def test_what_two_readers_could_understand_differently_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no JSON|comes twice"):
        json.loads(text, cls=Strict)


@spec("B-1")
@pytest.mark.parametrize(
    "value",
    ["a\x00b", {"\x00": 1}, ["\ud800"], [1e999], {"a": [-1e999]}, json.loads("[" * 20 + "]" * 20)],
    ids=["nul", "nul in a name", "half a character", "infinity", "its opposite", "depth"],
)
def test_what_no_database_keeps_is_not_kept(value: Any) -> None:
    assert not is_storable(value)


@spec("B-1")
def test_the_rest_is() -> None:
    assert is_storable({"a": [1, 1.5, True, None, "é", {"b": {}}]})
