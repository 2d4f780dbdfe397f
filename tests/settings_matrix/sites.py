"""Sites with Django's own protections switched on, one at a time, and browsers that suit each."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client

#: What the catch-all middleware of a project was given: every exception that left a view.
CAUGHT: list[Exception] = []


class CatchAll:
    """A project's own middleware that answers every exception with a page of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        CAUGHT.append(exception)
        return HttpResponse("<h1>Something went wrong</h1>", status=500)


@dataclass(frozen=True, kw_only=True)
class Site:
    """Settings that differ from the suite's, middleware around it, and how its browsers ask."""

    changes: dict[str, Any] = field(default_factory=dict)
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    host: str = "testserver"
    is_secure: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    needs_django: tuple[int, int] = (5, 2)

    def apply(self, configured: Any) -> None:
        """Write the settings, through pytest-django's fixture."""
        middleware = [*self.first, *settings.MIDDLEWARE, *self.last]
        for name, value in {"MIDDLEWARE": middleware, **self.changes}.items():
            setattr(configured, name, value)
        configured.ALLOWED_HOSTS = ["*"]

    def client(self) -> "SiteClient":
        return SiteClient(self)

    @property
    def origin(self) -> str:
        return f"{'https' if self.is_secure else 'http'}://{self.host}"

    @property
    def is_runnable(self) -> bool:
        return django.VERSION[:2] >= self.needs_django


class SiteClient(Client):
    """A browser or program that asks as the site wants to be asked, and unpacks what came packed."""

    def __init__(self, site: Site) -> None:
        super().__init__(headers=site.headers, SERVER_NAME=site.host)
        self._is_secure = site.is_secure

    def generic(self, *args: Any, secure: bool = False, **extra: Any) -> Any:
        return super().generic(*args, secure=secure or self._is_secure, **extra)

    def request(self, **request: Any) -> Any:
        response: Any = super().request(**request)
        if response.get("Content-Encoding") == "gzip":
            response.content = gzip.decompress(response.content)
        return response


_CACHING = {
    "first": ("django.middleware.cache.UpdateCacheMiddleware",),
    "last": ("django.middleware.cache.FetchFromCacheMiddleware",),
}

SITES: dict[str, Site] = {
    "as the suite's": Site(),
    "LoginRequiredMiddleware": Site(
        last=("django.contrib.auth.middleware.LoginRequiredMiddleware",)
    ),
    "APPEND_SLASH": Site(changes={"APPEND_SLASH": False}),
    "PREPEND_WWW": Site(changes={"PREPEND_WWW": True}, host="www.testserver"),
    "SECURE_SSL_REDIRECT": Site(
        changes={
            "SECURE_SSL_REDIRECT": True,
            "SESSION_COOKIE_SECURE": True,
            "CSRF_COOKIE_SECURE": True,
            "SECURE_HSTS_SECONDS": 60,
        },
        is_secure=True,
    ),
    "SESSION_COOKIE_SAMESITE": Site(
        changes={"SESSION_COOKIE_SAMESITE": "Strict", "CSRF_COOKIE_SAMESITE": "Strict"}
    ),
    "ContentSecurityPolicyMiddleware": Site(
        changes={"SECURE_CSP": {"default-src": ["'self'"], "form-action": ["'self'"]}},
        first=("django.middleware.csp.ContentSecurityPolicyMiddleware",),
        needs_django=(6, 0),
    ),
    "GZipMiddleware": Site(
        first=("django.middleware.gzip.GZipMiddleware",), headers={"Accept-Encoding": "gzip"}
    ),
    "UpdateCacheMiddleware": Site(**_CACHING),
    "LocaleMiddleware": Site(
        changes={"USE_I18N": True, "LANGUAGE_CODE": "en"},
        last=("django.middleware.locale.LocaleMiddleware",),
        headers={"Accept-Language": "de"},
    ),
    "ConditionalGetMiddleware": Site(first=("django.middleware.http.ConditionalGetMiddleware",)),
    "all of them that are about answers": Site(
        first=(*_CACHING["first"], "django.middleware.gzip.GZipMiddleware"),
        last=(
            "django.middleware.http.ConditionalGetMiddleware",
            "django.contrib.auth.middleware.LoginRequiredMiddleware",
            *_CACHING["last"],
        ),
        headers={"Accept-Encoding": "gzip"},
    ),
    "a catch-all exception middleware": Site(last=("tests.settings_matrix.sites.CatchAll",)),
}
