"""Places where a project meets django-oauth-toolkit: its views, and receivers of its one signal."""

from collections.abc import Iterator
from typing import Any
from weakref import ReferenceType

from django.views import View

from django_oauthflows.dot import moved

_PACKAGE = "oauth2_provider."


def view_of_dot(callback: Any) -> tuple[str, str]:
    """Return the class of a view that django-oauth-toolkit wrote or that is derived from one of its own.

    The first is the class itself as "module.Name"; the second the nearest class of django-oauth-toolkit's by
    its name. Both are empty for any other view.
    """
    view = getattr(callback, "view_class", None)
    for kind in getattr(view, "__mro__", ()):
        if issubclass(kind, View) and kind.__module__.startswith(_PACKAGE):
            return _path_of(view), str(kind.__name__)
    return "", ""


def is_written_by_dot(path: str) -> bool:
    """Return whether a dotted path leads into django-oauth-toolkit."""
    return path.startswith(_PACKAGE)


def receivers_of_app_authorized() -> Iterator[str]:
    """Yield each receiver of the signal `app_authorized`, as "module.name"."""
    for _key, kept, *_ in moved.module("signals").app_authorized.receivers:
        receiver = kept() if isinstance(kept, ReferenceType) else kept
        if receiver is not None:
            yield _path_of(receiver)


def _path_of(thing: Any) -> str:
    return f"{thing.__module__}.{getattr(thing, '__qualname__', thing)}"
