"""The languages a client says the person reads (OpenID Connect Core §3.1.2.1, `ui_locales`)."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation


@contextmanager
def spoken(tags: Sequence[str]) -> Iterator[None]:
    """Pages are shown in the first of these languages that the site has; else in the one they would be."""
    language = _best(tags)
    if language is None:
        yield
        return
    with translation.override(language):
        yield


def _best(tags: Sequence[str]) -> str | None:
    if not settings.USE_I18N:
        return None
    for tag in tags:
        try:
            return translation.get_supported_language_variant(tag)
        except (LookupError, ValueError):
            continue
    return None
