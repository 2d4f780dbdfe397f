"""A check's id is what people silence it by: it means one thing, for ever."""

import ast
import re
from collections import Counter
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "django_oauthflows"
#: What declares system checks.
PARTS = ("checks", "adoption")
ID = re.compile(r"oauthflows\.[CDEIW]\d{3}")


def ids_in_use() -> Counter[str]:
    return Counter(
        node.value
        for part in PARTS
        for path in (PACKAGE / part).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and ID.fullmatch(node.value)
    )


def test_each_check_id_is_used_once() -> None:
    counted = ids_in_use()
    assert counted, "no check has an id of the form oauthflows.E001"
    assert [name for name, times in counted.items() if times > 1] == []
