"""The project's own pages that settings name: is there such a page?"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, ResolverMatch, get_script_prefix, resolve
from django.utils import translation
from django.utils.module_loading import import_string

from django_oauthflows.issuer import path_of_site


def leads_somewhere(page: str) -> bool:
    """Return whether a path, URL or URL name leads to a page of this site, or to another site."""
    address = _address_of(page)
    if address is None:
        return False
    # Of a central page nothing is known here.
    return not _is_own(address) or _match_of(address) is not None


def view_of(page: str) -> Any:
    """Return the view that this site shows as the page; `None` where it is another site's, or nobody's."""
    address = _address_of(page)
    match = _match_of(address) if address is not None and _is_own(address) else None
    return match.func if match else None


def _address_of(page: str) -> SplitResult | None:
    try:
        return urlsplit(resolve_url(page))
    except NoReverseMatch:
        return None


def _is_own(address: SplitResult) -> bool:
    return not address.netloc and not _is_outside(address.path)


def _match_of(address: SplitResult) -> ResolverMatch | None:
    found = map(_resolved, _ways_to(without_script(address.path)))
    return next((match for match in found if match), None)


def lacks_prefix(page: str) -> bool:
    """Return whether a page of this site is named by a path that leaves out `FORCE_SCRIPT_NAME`."""
    path = urlsplit(str(page)).path  # it may be lazy
    return _is_outside(path) and any(map(_resolved, _ways_to(path)))


def without_script(path: str) -> str:
    """Return a path as the project's `urls.py` has it, without the prefix of its server.

    A server tells the prefix with each request, and a command knows it from the issuer.
    """
    for prefix in (get_script_prefix().rstrip("/"), path_of_site()):
        if prefix and path.startswith(f"{prefix}/"):
            return path.removeprefix(prefix)
    return path


def _is_outside(path: str) -> bool:
    """Return whether a path is one of the host's, and not below the prefix that this site is told of."""
    script = get_script_prefix().rstrip("/")
    return bool(script) and path.startswith("/") and not path.startswith(f"{script}/")


def _ways_to(path: str) -> Iterator[str]:
    """The path, and where `LocaleMiddleware` leads what is below a language alone (`i18n_patterns`)."""
    yield path
    if settings.USE_I18N and any(map(_is_of_languages, settings.MIDDLEWARE)):
        yield from (f"/{language}{path}" for language, _ in settings.LANGUAGES)


def _is_of_languages(middleware: str) -> bool:
    kind = import_string(middleware)
    return isinstance(kind, type) and issubclass(kind, LocaleMiddleware)


def _resolved(path: str) -> ResolverMatch | None:
    """Patterns below a language know the active language alone: each is tried."""
    languages = [code for code, _ in settings.LANGUAGES] if settings.USE_I18N else []
    for language in (translation.get_language() or settings.LANGUAGE_CODE, *languages):
        with translation.override(language), suppress(Resolver404):
            return resolve(path)
    return None
