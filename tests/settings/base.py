"""The settings the suite runs under: a site that installed the app and said nothing else.

`DATABASE_URL` and `CACHE_URL` choose the database and the cache; without them SQLite and local memory.
"""

import os
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

SECRET_KEY = "tests only"
USE_TZ = True
STATIC_URL = "/static/"
LOGIN_URL = "/accounts/login/"
ROOT_URLCONF = "tests.urls"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "oauth2_provider",
    "django_oauthflows",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": dj_database_url.config(default="sqlite://:memory:")}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    # Long: a race has many that wait for one row.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        connect_timeout=10, options="-c lock_timeout=60s -c statement_timeout=120s"
    )
if DATABASES["default"]["ENGINE"].endswith("mysql"):
    # Some servers still make new databases in latin1, which has no room for what people are called.
    DATABASES["default"]["TEST"] = {"CHARSET": "utf8mb4"}
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        connect_timeout=10, read_timeout=120, write_timeout=120
    )


def caches(url: str) -> dict[str, dict[str, Any]]:
    """Django's CACHES for a `redis://host:port/number` URL, or local memory for an empty one.

    Emptying a Redis cache empties its whole database, so each parallel worker gets its own: the named
    one for the first, the next numbers for the others (Redis has 16 unless told otherwise).
    """
    if not url:
        return {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    parts = urlsplit(url)
    number = (int(parts.path.strip("/") or 0) + worker) % 16
    return {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": parts._replace(path=f"/{number}").geturl(),
            "OPTIONS": {"socket_timeout": 5, "socket_connect_timeout": 5},
        }
    }


CACHES = caches(os.environ.get("CACHE_URL", ""))

# People's passwords only, so that signing in costs a test nothing. Client secrets keep the hasher of a
# real site: a slow hash on the way of a request must show here as well.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

OAUTH2_PROVIDER = {
    "SCOPES": {
        "notes:read": "Read your notes",
        "notes:write": "Write and change your notes",
        "profile": "See your name",
    },
    "CLIENT_SECRET_HASHER": "pbkdf2_sha256",
}
