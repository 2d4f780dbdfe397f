"""A remedy names a step that can be taken: each command, option, setting and page in it exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import global_settings
from django.core.management import get_commands, load_command_class
from oauth2_provider.settings import DEFAULTS as OF_DOT

import django_oauthflows
from django_oauthflows.conf import Conf

PACKAGE = Path(django_oauthflows.__file__).parent
#: The modules whose sentences tell people what to do.
TELLING = sorted(
    {
        *(PACKAGE / "audit" / "fixes").glob("*.py"),
        *(PACKAGE / "checks").glob("*.py"),
        *(PACKAGE / "adoption").glob("*.py"),
        *(PACKAGE / "clients" / "review").glob("*.py"),
        *(PACKAGE / "management").rglob("*.py"),
        PACKAGE / "clients" / "registration_text.py",
        PACKAGE / "clients" / "validation.py",
    }
)
COMMANDS = {name for name, app in get_commands().items() if app == "django_oauthflows"}
#: Settings that stand in no list of defaults, and those of django-oauth-toolkit's next release.
OTHERS = {
    "APP_DIRS",
    "DEFAULT_AUTHENTICATION_CLASSES",
    "OAUTH2_PROVIDER",
    "REST_FRAMEWORK",
    "REDIRECT_URI_VALIDATOR",
    "REQUIRE_PUSHED_AUTHORIZATION_REQUESTS",
}


def sentences() -> Iterator[tuple[str, str]]:
    """Each text of these modules that has more than one word, with the module's name."""
    for path in TELLING:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
                yield path.name, node.value


def named(pattern: str) -> dict[str, set[str]]:
    """What these sentences name, with the modules that do."""
    found: dict[str, set[str]] = {}
    for module, sentence in sentences():
        for name in re.findall(pattern, sentence):
            found.setdefault(name, set()).add(module)
    return found


def options() -> set[str]:
    """Every option of this app's commands."""
    return {
        option
        for name in COMMANDS
        for action in load_command_class("django_oauthflows", name)
        .create_parser("manage.py", name)
        ._actions
        for option in action.option_strings
    }


def test_each_command_that_is_named_exists() -> None:
    commands = {name for name in named(r"\b(oauthflows_[a-z_]+)\b(?!\.)") if name not in COMMANDS}
    assert not commands


def test_each_option_that_is_named_exists() -> None:
    unknown = named(r"(?<![\w-])(--[a-z][a-z-]+)").keys() - options() - {"--deploy"}
    assert not unknown


def test_each_setting_that_is_named_exists() -> None:
    known = {*vars(Conf), *OF_DOT, *dir(global_settings), *OTHERS}
    unknown = named(r"\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b").keys() - known
    assert not unknown


def test_each_setting_of_this_app_that_is_named_exists() -> None:
    names = named(r"""OAUTHFLOWS\[["']([A-Z_]+)""").keys()
    names |= named(r"""["']([A-Z_]+)["'] (?:in|of) OAUTHFLOWS""").keys()
    assert names
    assert not names - vars(Conf).keys()


@pytest.mark.parametrize("page", sorted(named(r"\b(docs/[\w./-]+\.md)")))
def test_each_page_that_is_named_exists(page: str) -> None:
    assert (PACKAGE.parent / page).is_file()
