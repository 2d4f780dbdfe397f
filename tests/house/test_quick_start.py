"""The quick start of the README has five steps, and they are the lines that the command writes."""

from django_oauthflows.quickstart import lines
from tests.house.quick_start import file_of, steps


def without_comments(block: str) -> str:
    kept = [line.partition("  # ")[0] for line in block.splitlines() if not line.startswith("# ")]
    return "\n".join(kept).strip()


def test_the_quick_start_has_five_steps() -> None:
    assert [language for language, _ in steps()] == ["sh", "python", "python", "sh", "sh"]


def test_the_command_writes_what_the_quick_start_says() -> None:
    by_file = {file_of(text): without_comments(text) for kind, text in steps() if kind == "python"}
    in_settings = lines.apps_lines(lines.APPS) + "\n" + lines.scopes_lines(lines.SCOPES)
    assert by_file["settings.py"] == in_settings.strip()
    in_urls = lines.urls_lines(server=True, scope=lines.SCOPE)
    assert by_file["urls.py"] == in_urls.strip()
