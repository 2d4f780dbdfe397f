"""The pages of a project, as its `urls.py` lists them."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def url_patterns(urlconf: Any = None) -> Iterator[tuple[str, URLPattern]]:
    """Yield each page with its path, as the patterns are written; what is included is followed.

    `urlconf` is the project's `ROOT_URLCONF` unless told otherwise.
    """
    yield from _below(get_resolver(urlconf), "/")


def _below(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(pattern, path)
        else:
            yield path, pattern
