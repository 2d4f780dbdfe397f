"""Source files of a project that import django-oauth-toolkit, and what becomes of what they import."""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.apps import apps
from django.conf import settings

from django_oauthflows.adoption.findings import Finding, Level

_PACKAGE = "oauth2_provider"
#: How many files a finding names.
_NAMED = 5
#: Folders that hold no source of the project's own.
_SKIPPED = frozenset({"migrations", "node_modules", "site-packages", "tests", "venv"})

#: By the beginning of a module's name: what is so after the swap, and what to do.
IMPORTED: Mapping[str, tuple[Level, str, str]] = {
    "oauth2_provider.urls": (
        Level.NOTE,
        "The URLs of django-oauth-toolkit are included here: this is the line to swap.",
        'Write path("", include("django_oauthflows.urls")) at the root instead.',
    ),
    "oauth2_provider.views": (
        Level.WARNING,
        "Views and view mixins of django-oauth-toolkit are imported here. The endpoints of "
        "django_oauthflows do not call them.",
        "Remove views that replace an endpoint. For views of an API take the classes of "
        "django_oauthflows.resource_server.",
    ),
    "oauth2_provider.decorators": (
        Level.WARNING,
        "protected_resource and its siblings ask django-oauth-toolkit's own validator, whatever the "
        "settings say: they take ID tokens, and tokens of disabled clients and deactivated users.",
        "Pass validator_cls=HardenedValidator of django_oauthflows.dot_validator, or use "
        "django_oauthflows.resource_server.",
    ),
    "oauth2_provider.oauth2_backends": (
        Level.WARNING,
        "The request backend of django-oauth-toolkit is imported here. The endpoints of "
        "django_oauthflows read and answer requests themselves.",
        "Remove OAUTH2_BACKEND_CLASS; see docs/how-to/migrate-from-dot.md for what replaces it.",
    ),
    "oauth2_provider.contrib": (
        Level.NOTE,
        "Authenticators and permissions of django-oauth-toolkit go on working beside those of "
        "django_oauthflows.",
        "New views can take django_oauthflows.resource_server: it asks one statement for each call.",
    ),
    "oauth2_provider.middleware": (
        Level.NOTE,
        "OAuth2TokenMiddleware and its siblings go on working.",
        "",
    ),
    "oauth2_provider.backends": (Level.NOTE, "OAuth2Backend goes on working.", ""),
}


def of_sources() -> Iterator[Finding]:
    """Yield what the project's own files import, one finding for each kind with the files that do."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in _files():
        for line, module in _imports(path):
            kind = next((one for one in IMPORTED if f"{module}.".startswith(f"{one}.")), None)
            if kind is not None:
                places[kind].append(f"{_shown(path)}:{line}")
    for kind, (level, sentence, remedy) in IMPORTED.items():
        if found := places.get(kind):
            more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            yield Finding(
                level=level,
                where=", ".join(found[:_NAMED]) + more,
                sentence=sentence,
                remedy=remedy,
            )


def _files() -> Iterator[Path]:
    """Yield each file of the project once: what is installed as a package is not the project's."""
    seen: set[Path] = set()
    for root in _roots():
        for path in sorted(root.rglob("*.py")):
            is_own = not _SKIPPED.intersection(path.relative_to(root).parts[:-1])
            if is_own and path not in seen:
                seen.add(path)
                yield path


def _roots() -> Iterator[Path]:
    """Yield the folders of the project's apps, and those of its settings and its root URLs."""
    for config in apps.get_app_configs():
        if config.name.partition(".")[0] not in (_PACKAGE, "django", "django_oauthflows"):
            yield from _unless_installed(Path(config.path))
    for name in (settings.SETTINGS_MODULE, getattr(settings, "ROOT_URLCONF", "")):
        module = sys.modules.get(str(name))
        if module is not None and module.__file__:
            yield from _unless_installed(Path(module.__file__).parent)


def _unless_installed(folder: Path) -> Iterator[Path]:
    if "site-packages" not in folder.parts:
        yield folder


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield line and name of each module of django-oauth-toolkit that a file imports or names in a string."""
    source = path.read_text(errors="replace")
    if _PACKAGE not in source:
        return
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Constant) and str(node.value).startswith(f"{_PACKAGE}."):
            yield node.lineno, str(node.value)


def _shown(path: Path) -> str:
    """Return a path as short as it can be told from where the command runs."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
