"""The views of this project that take access tokens: their resources and their scopes (RFC 9728 §1.2, §2).

They are found in the project's `urls.py`. A view declares a resource by its authentication class
(`OAuth2TokenAuthentication.resource`); any other is known by its URL alone.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

from django.conf import settings
from django.urls import Resolver404, get_urlconf, resolve

from django_oauthflows import dot
from django_oauthflows.conf import conf
from django_oauthflows.core.url_patterns import url_patterns

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedView:
    """What a view says of itself.

    `resource` is the identifier that it declares, empty for none; `scopes` are all that it names, and `name`
    is what people call it.
    """

    resource: str
    scopes: frozenset[str]
    name: str = ""


def protected(*scopes: str, resource: str = "") -> Callable[[View], View]:
    """Mark a view function that takes access tokens by itself."""

    def decorate(view: View) -> View:
        marked: Any = view
        marked.protected_view = ProtectedView(resource=resource, scopes=frozenset(scopes))
        return view

    return decorate


def protected_view_at(path: str) -> tuple[str, ProtectedView] | None:
    """Return the protected view at a path below the site's root, with that path; `None` for any other path.

    Some clients leave out the slash at the end, where Django sends a browser on to the path that has it.
    """
    ways = (path, f"{path}/") if settings.APPEND_SLASH and not path.endswith("/") else (path,)
    for way in ways:
        with suppress(Resolver404):
            view = protected_view_of(resolve(way, get_urlconf()).func)
            return (way, view) if view else None
    return None


def declared_resources() -> Mapping[str, frozenset[str]]:
    """Return the resources that the project's views declare, each with the scopes of its views."""
    urlconf = get_urlconf() or getattr(settings, "ROOT_URLCONF", None)
    return _declared(urlconf) if urlconf else {}


def only_resource() -> str:
    """Return the resource of this site that is declared, by a view or a setting, where there is just one."""
    written = conf.RESOURCE or dot.setting("OAUTH2_PROTECTED_RESOURCE_IDENTIFIER")
    declared = {*declared_resources(), *([str(written)] if written else [])}
    return declared.pop() if len(declared) == 1 else ""


def as_declared(uri: str) -> str:
    """Return the declared resource that a client means, where it differs by the slash at its end alone.

    MCP asks clients to leave that slash out (2025-11-25, Authorization, "Canonical Server URI").
    """
    declared = declared_resources()
    other = uri.removesuffix("/") if uri.endswith("/") else f"{uri}/"
    return other if uri not in declared and other in declared else uri


@lru_cache(maxsize=64)
def _declared(urlconf: Any) -> Mapping[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for _, pattern in url_patterns(urlconf):
        view = protected_view_of(pattern.callback)
        if view is not None and view.resource:
            found[view.resource] = found.get(view.resource, frozenset()) | view.scopes
    return dict(sorted(found.items()))


def protected_view_of(callback: Any) -> ProtectedView | None:
    """Return what a view says of itself, by what `as_view()` left on it; `None` where it takes no tokens."""
    if (marked := getattr(callback, "protected_view", None)) is not None:
        return cast(ProtectedView, marked)
    kind = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    written = getattr(callback, "initkwargs", None) or getattr(callback, "view_initkwargs", None)
    written = written or {}
    listed = written.get(
        "authentication_classes", getattr(kind, "authentication_classes", None) or ()
    )
    takers = [one for one in listed if _takes_access_tokens(one)]
    if not takers:
        return None
    # The framework challenges by the first of them.
    resource = str(getattr(takers[0], "resource", "") or "")
    return ProtectedView(
        resource=resource,
        scopes=_scopes_of(callback, kind, written),
        name=str(getattr(kind, "resource_name", "")),
    )


def _takes_access_tokens(authentication: Any) -> bool:
    return bool(getattr(authentication, "takes_access_tokens", False)) or dot.takes_access_tokens(
        authentication
    )


def _scopes_of(callback: Any, kind: Any, written: Mapping[str, Any]) -> frozenset[str]:
    """The scopes that a view lists itself, or that its permissions name for any method."""
    listed = getattr(kind, "scopes_supported", None)
    if listed is not None:
        return frozenset(listed)
    scopes = set(_texts(getattr(kind, "required_scopes", None)))  # as DOT's permissions have it
    for permissions in _permissions(callback, kind, written):
        for permission in permissions:
            scopes |= _named_by(permission)
    return frozenset(scopes)


def _permissions(callback: Any, kind: Any, written: Mapping[str, Any]) -> Iterator[list[Any]]:
    """The permissions of each action of a view; a view may choose them by its action."""
    actions = getattr(callback, "actions", None) or {"get": None}
    for action in sorted({str(action or "") for action in actions.values()}):
        try:
            view = kind(**written)
            view.action, view.request, view.args, view.kwargs = action or None, None, (), {}
            yield view.get_permissions()
        except (AttributeError, LookupError, TypeError):  # it needs a request to choose by
            yield [permission() for permission in getattr(kind, "permission_classes", ())]


def _named_by(permission: Any) -> frozenset[str]:
    """The scopes of a permission, or of both sides of two that were composed with `&` or `|`."""
    named = getattr(permission, "named_scopes", None)
    if named is not None:
        return frozenset(named)
    if getattr(permission, "op2", None) is None:  # `~` asks that a scope is absent
        return frozenset()
    return _named_by(permission.op1) | _named_by(permission.op2)


def _texts(value: Any) -> Collection[str]:
    return [one for one in value or () if isinstance(one, str)]
