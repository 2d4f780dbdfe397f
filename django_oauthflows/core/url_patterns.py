"""The pages of a project, as its `urls.py` lists them."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def url_patterns(urlconf: Any = None) -> Iterator[tuple[str, URLPattern]]:
    """Yield each page with its path, as the patterns are written; what is included is followed.

    `urlconf` is the project's `ROOT_URLCONF` unless told otherwise.
    """
    yield from _below(get_resolver(urlconf), "/")


def ways_to(namespace: str, urlconf: Any = None) -> Iterator[tuple[Any, ...]]:
    """Yield the patterns that lead to each include of this namespace, from the root on.

    What such a pattern is called in a language is `str(pattern)`: this asks no more of a project than its
    own list, where `reverse()` reads every page once more in each language.
    """
    yield from _ways(get_resolver(urlconf), namespace, ())


def _ways(
    resolver: URLResolver, namespace: str, before: tuple[Any, ...]
) -> Iterator[tuple[Any, ...]]:
    for pattern in resolver.url_patterns:
        if not isinstance(pattern, URLResolver):
            continue
        way = (*before, pattern.pattern)
        if pattern.namespace == namespace:
            yield way
        else:
            yield from _ways(pattern, namespace, way)


def _below(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, path)
        else:
            yield path, pattern
