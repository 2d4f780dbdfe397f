"""Python files of a project: where a name is assigned, and lines added at the end."""

import ast
import importlib.util
import os
import shutil
import tempfile
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class NotUnderstood(Exception):
    """A file that is not changed, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Lines that are missing at the end of a file; without a `path`, where they belong is not known."""

    title: str
    lines: str
    path: Path | None = None
    #: The reason for which they are not written.
    obstacle: str = ""


def file_assigning(name: str, module: str) -> Path:
    """Return the file that assigns a name at its top level: the module, or one it imports `*` from.

    Raises `NotUnderstood` where there is none, or it is not the project's.
    """
    for path, tree in _files(module, set()):
        if any(name in _targets(node) for node in tree.body):
            if "site-packages" in path.parts or not os.access(path, os.W_OK):
                raise NotUnderstood(f"{path} is no file of this project that can be written")
            return path
    raise NotUnderstood(f"no plain line of {module} assigns {name}")


def assigns(name: str, path: Path) -> bool:
    """Return whether a file assigns a name at its top level, or takes all names of another module."""
    nodes = _tree(path).body
    return any(name in _targets(node) or _is_star(node) for node in nodes)


def add(addition: Addition) -> None:
    """Write the lines at the end of the file, which is read again; what would not compile is not saved.

    Raises `NotUnderstood`.
    """
    path = addition.path
    if path is None or addition.obstacle:
        raise NotUnderstood(addition.obstacle)
    try:
        with tokenize.open(path) as file:
            encoding = file.encoding
        raw = path.read_bytes()
        before = raw.decode(encoding)
        newline = "\r\n" if "\r\n" in before else "\n"
        end = "" if before.endswith("\n") else newline
        added = "\n\n# Written by oauthflows_quickstart.\n" + addition.lines
        after = before + end + added.replace("\n", newline)
        compile(after.replace("\r\n", "\n"), str(path), "exec", dont_inherit=True)
        _replace(path, after.encode(encoding))
    except (OSError, SyntaxError, ValueError) as error:
        raise NotUnderstood(f"{path}: {error}") from None


def _replace(path: Path, content: bytes) -> None:
    """Put a whole new file in the place of the old one, with its mode, so that none is left half written."""
    place = path.resolve()
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        shutil.copymode(place, name)
        os.replace(name, place)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _files(module: str, seen: set[str]) -> Iterator[tuple[Path, ast.Module]]:
    """The file of a module, and those it has `from … import *` of, the last first as the last one wins."""
    if module in seen:
        return
    seen.add(module)
    path, package = _origin(module)
    tree = _tree(path)
    yield path, tree
    for node in reversed(tree.body):
        if isinstance(node, ast.ImportFrom) and _is_star(node):
            yield from _files(_absolute(node, package), seen)


def _origin(module: str) -> tuple[Path, str]:
    """The file of a module, and the package that its dots begin at."""
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError) as error:
        raise NotUnderstood(f"{module} is not found: {error}") from None
    if spec is None or not spec.has_location or not str(spec.origin).endswith(".py"):
        raise NotUnderstood(f"{module} is no Python file")
    package = module if spec.submodule_search_locations is not None else spec.parent or ""
    return Path(str(spec.origin)), package


def _absolute(node: ast.ImportFrom, package: str) -> str:
    try:
        return importlib.util.resolve_name("." * node.level + (node.module or ""), package)
    except ImportError as error:
        raise NotUnderstood(str(error)) from None


def _tree(path: Path) -> ast.Module:
    try:
        with tokenize.open(path) as file:
            return ast.parse(file.read())
    except (OSError, SyntaxError, ValueError) as error:
        raise NotUnderstood(f"{path}: {error}") from None


def _is_star(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)


def _targets(node: ast.stmt) -> set[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        targets = [node.target]
    return {target.id for target in targets if isinstance(target, ast.Name)}
