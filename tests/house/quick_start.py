"""The quick start of the README: its blocks in order, as they are typed or pasted."""

import re
from pathlib import Path

README = Path(__file__).resolve().parents[2] / "README.md"


def steps() -> list[tuple[str, str]]:
    """Return the language and the text of each block under the heading, in order."""
    text = README.read_text(encoding="utf-8")
    section = re.search(r"## Add it to a project\n(.*?)\n## ", text, re.DOTALL)
    assert section is not None
    return re.findall(r"```(sh|python)\n(.*?)```", section[1], re.DOTALL)


def file_of(block: str) -> str:
    """Return the file at whose end a block of Python is pasted, by the comment it begins with."""
    found = re.match(r"# at the end of (\w+\.py)", block)
    assert found is not None, block
    return found[1]
