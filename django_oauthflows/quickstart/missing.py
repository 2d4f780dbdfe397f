"""The lines that a project still lacks in its settings and its `urls.py`."""

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from django_oauthflows import dot
from django_oauthflows.core.url_patterns import url_patterns
from django_oauthflows.protected_views import protected_view_of
from django_oauthflows.quickstart import lines
from django_oauthflows.quickstart.sources import Addition, NotUnderstood, assigns, file_assigning
from django_oauthflows.resource_server import ActsForPerson

_SETTINGS, _URLS = "settings.py", "urls.py"
#: Signs that the path of a view holds a part to be filled in.
_PARTS = frozenset("<(^$?\\[")


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstView:
    """A view that a service can call: its path and its scopes."""

    path: str
    scopes: tuple[str, ...]


def missing_lines() -> list[Addition]:
    """Return what is still to be added, in the order in which it is to be done."""
    return [*_missing_settings(), *_missing_urls()]


def first_view() -> FirstView | None:
    """Return a protected view of the project that a service can GET."""
    known = _written_scopes()
    for path, pattern in url_patterns():
        view = protected_view_of(pattern.callback)
        kind = getattr(pattern.callback, "cls", None)
        if view is None or kind is None or kind.__module__.startswith("django_oauthflows."):
            continue
        is_plain = not _PARTS & set(path) and hasattr(kind, "get")
        if is_plain and view.scopes and view.scopes <= known and not _is_for_people(kind):
            return FirstView(path=path, scopes=tuple(sorted(view.scopes)))
    return None


def _missing_settings() -> Iterator[Addition]:
    without = [name for name in lines.APPS if not apps.is_installed(name)]
    if without:
        is_tuple = isinstance(settings.INSTALLED_APPS, tuple)
        text = lines.apps_lines(without, is_tuple=is_tuple)
        yield _addition(_SETTINGS, text, lambda: _file_of_settings("INSTALLED_APPS"))
    if dot.written("SCOPES_BACKEND_CLASS") or _scope_of_an_api():
        return
    written = getattr(settings, "OAUTH2_PROVIDER", None)
    kept = _own_scopes()
    text = lines.scopes_lines({**kept, **lines.SCOPES, **kept}, extends=bool(written))
    yield _addition(_SETTINGS, text, lambda: _file_of_provider(bool(written)))


def _missing_urls() -> Iterator[Addition]:
    try:
        server = not _is_included()
        scope = "" if first_view() else _scope_of_an_api() or lines.SCOPE
    except ImportError as error:
        yield Addition(
            title=_URLS, lines="", obstacle=f"{settings.ROOT_URLCONF} cannot be imported: {error}"
        )
        return
    if server or scope:
        text = lines.urls_lines(server=server, scope=scope)
        yield _addition(_URLS, text, _file_of_urls)


def _addition(title: str, text: str, found: Callable[[], Path]) -> Addition:
    try:
        return Addition(title=title, lines=text, path=found())
    except NotUnderstood as error:
        return Addition(title=title, lines=text, obstacle=str(error))


def _file_of_settings(name: str) -> Path:
    return file_assigning(name, settings.SETTINGS_MODULE)


def _file_of_provider(is_written: bool) -> Path:
    """The file of `OAUTH2_PROVIDER`, else that of the apps."""
    path = _file_of_settings("OAUTH2_PROVIDER" if is_written else "INSTALLED_APPS")
    if is_written and not assigns("OAUTH2_PROVIDER", path):
        raise NotUnderstood(f"{path} does not assign OAUTH2_PROVIDER")
    return path


def _file_of_urls() -> Path:
    """The file of `ROOT_URLCONF`, whose `urlpatterns` is a list that no pattern of all addresses ends."""
    module = importlib.import_module(settings.ROOT_URLCONF)
    if not isinstance(getattr(module, "urlpatterns", None), list):
        raise NotUnderstood(f"urlpatterns of {settings.ROOT_URLCONF} is no list")
    try:
        taken = not _is_included() and resolve("/o/token/")
    except Resolver404:
        taken = False
    if taken:
        raise NotUnderstood("a pattern of it answers every address: the lines belong before that")
    return file_assigning("urlpatterns", settings.ROOT_URLCONF)


def _is_included() -> bool:
    try:
        return bool(reverse("oauthflows:authorize"))
    except NoReverseMatch:
        return False


def _own_scopes() -> dict[str, str]:
    """The project's scopes, where it wrote them as they have to be."""
    written = dot.written("SCOPES")
    return dict(written) if isinstance(written, Mapping) else {}


def _written_scopes() -> frozenset[str]:
    if dot.written("SCOPES_BACKEND_CLASS"):
        return frozenset(dot.all_scopes())
    return frozenset(_own_scopes())


def _scope_of_an_api() -> str:
    """Return a scope of the project that is not about people; empty where it has none."""
    own = [name for name in _written_scopes() if name not in dot.OPENID_SCOPES]
    return lines.SCOPE if lines.SCOPE in own else min(own, default="")


def _is_for_people(kind: Any) -> bool:
    return any(map(_holds_acts_for_person, getattr(kind, "permission_classes", ())))


def _holds_acts_for_person(permission: Any) -> bool:
    parts = [getattr(permission, name, None) for name in ("op1_class", "op2_class")]
    return permission is ActsForPerson or any(
        _holds_acts_for_person(part) for part in parts if part is not None
    )
