"""What the three Django programs have in common: a site with a database, sessions and one page."""

import os
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.http import HttpRequest, JsonResponse


def site(*, apps: list[str], middleware: list[str] | None = None, **chosen: Any) -> WSGIHandler:
    """Set Django up, make the tables, and return the WSGI application. The URLs are the caller's."""
    folder = Path(os.environ["FOLDER"])
    settings.configure(
        SECRET_KEY="tests only",
        ALLOWED_HOSTS=["*"],
        CSRF_TRUSTED_ORIGINS=[os.environ["ORIGIN"]],
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
        DATABASES={
            "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "site.sqlite3"}
        },
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            *apps,
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            *(middleware or []),
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        ROOT_URLCONF=os.environ["URLS"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        LOGIN_REDIRECT_URL="/",
        LOGOUT_REDIRECT_URL="/",
        **chosen,
    )
    django.setup()
    call_command("migrate", verbosity=0)
    return WSGIHandler()


def home(request: HttpRequest) -> JsonResponse:
    """Who is signed in, as this site knows them."""
    person = request.user
    if not person.is_authenticated:
        return JsonResponse(None, safe=False)
    return JsonResponse({"name": person.get_full_name(), "email": person.email})
