"""The example project's settings.

The three places marked "OAuth" are all that a project of yours needs to become a provider;
`urls.py` holds the fourth. The rest is a plain Django site that takes its surroundings from the
environment:

DATABASE_URL   postgres://user:password@host:port/name; an SQLite file beside this one without it
CACHE_URL      redis://host:port/db; the memory of each process without it
PUBLIC_URL     https://login.example.org, where a TLS front passes requests on to this server
REGISTRATION   token or open, to let clients register themselves; off without it
REGISTRATION_PROFILE   legacy, for clients that need more than OAuth 2.1 has; standard without it
SECRET_KEY     one is made and kept beside the SQLite file without it
"""

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from example_project.secret_key import kept_secret_key

BASE_DIR = Path(__file__).resolve().parent

SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret_key(BASE_DIR / ".secret-key")
DEBUG = os.environ.get("DEBUG", "") == "1"

# Where people reach the site ----------------------------------------------------------------------
PUBLIC_URL = os.environ.get("PUBLIC_URL", "").rstrip("/")
_public = urlsplit(PUBLIC_URL)

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
if _public.hostname:
    ALLOWED_HOSTS.append(_public.hostname)
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

if _public.scheme == "https":
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    # Only behind a front that sets this header itself and drops one that a browser sent.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Where the forms of its pages may end, besides this site: its own address behind a front.
FORMS_LEAD_TO = [PUBLIC_URL] if PUBLIC_URL else []

# Apps ---------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    # The files of the API's page; without them that page stays empty.
    *(["drf_spectacular_sidecar"] if find_spec("drf_spectacular_sidecar") else []),
    # OAuth, 1 of 3: the tables, and the server that uses them.
    "oauth2_provider",
    "django_oauthflows",
    # The example itself.
    "example_project.accounts",
    "example_project.notes",
    "example_project.playground",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "example_project.page_policy.PagePolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "example_project.urls"
WSGI_APPLICATION = "example_project.wsgi.application"

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

# OAuth, 2 of 3: what a client may ask for, in the words that people read on the consent page.
OAUTH2_PROVIDER: dict[str, Any] = {
    "SCOPES": {
        "notes:read": "Read your notes",
        "notes:write": "Write and change your notes",
        # OpenID Connect's own: with the first of them a client signs people in.
        "openid": "Know that it is you",
        "profile": "See your name",
        "email": "See your email address",
        "address": "See your postal address",
        "phone": "See your phone number",
    },
}

# The issuer is the provider's name for its clients. It is taken from the request unless it is
# written down, and it should be written down wherever the site has one public address.
OAUTHFLOWS: dict[str, Any] = {
    # What clients may be told of people beyond Django's user model.
    "CLAIMS": "example_project.accounts.claims.CLAIMS",
    # The demo gave its people their addresses, and nobody edits one on a page of this site.
    "EMAIL_VERIFIED": True,
}
# The sites that the demo starts beside this one are told by plain http when somebody signs out. Elsewhere
# this stays empty, so that nobody can make the server knock at the doors of its own network.
DEMO_SITES = os.environ.get("DEMO_SITES", "").split()
OAUTHFLOWS["FETCH_PRIVATE_HOSTS"] = DEMO_SITES
if PUBLIC_URL:
    OAUTHFLOWS["ISSUER"] = f"{PUBLIC_URL}/o"
if os.environ.get("REGISTRATION"):
    OAUTHFLOWS["REGISTRATION"] = os.environ["REGISTRATION"]
    OAUTHFLOWS["REGISTRATION_PROFILE"] = os.environ.get("REGISTRATION_PROFILE", "standard")
    # Agents may as well publish what they are, and be known by the address of that document.
    OAUTH2_PROVIDER["CIMD_ENABLED"] = True
    # A suite of tests registers a client for each of its tests, all from one address.
    OAUTHFLOWS["REGISTRATIONS_PER_NETWORK"] = 500

# OAuth, 3 of 3: the API takes access tokens, and nothing else.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "django_oauthflows.resource_server.OAuth2TokenAuthentication"
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Notes, and the management of who gets at them",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

LOGIN_REDIRECT_URL = "/"

# Data ---------------------------------------------------------------------------------------------
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{BASE_DIR / 'demo.sqlite3'}",
        conn_max_age=int(os.environ.get("CONN_MAX_AGE", "60")),
        conn_health_checks=True,
    ),
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # SQLite has one writer at a time. IMMEDIATE makes a transaction queue for its turn from the
    # start, where the default fails half-way with "database is locked"; WAL lets people read
    # meanwhile.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # Nobody waits without end: for a connection, for a lock that another holds, for one statement.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        connect_timeout=3,
        options="-c lock_timeout=5s -c statement_timeout=15s",
    )

CACHE_URL = os.environ.get("CACHE_URL", "")
if CACHE_URL.startswith(("redis://", "rediss://")):
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CACHE_URL,
            # Seconds. A cache that hangs would hold every request with it; the server does without.
            "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        },
    }
else:
    # Each process has a memory of its own: good enough for one, and for trying several.
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The rest -----------------------------------------------------------------------------------------
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
# Serves each app's own static files without `collectstatic`, with DEBUG off too.
WHITENOISE_USE_FINDERS = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_query": {"()": "example_project.log.WithoutQuery"}},
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "access": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["without_query"],
        },
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.server": {"handlers": ["access"], "level": "INFO", "propagate": False},
    },
}

# Where the demo's client finds this server without leaving the machine; taken from the request if
# empty.
DEMO_INTERNAL_URL = os.environ.get("DEMO_INTERNAL_URL", "").rstrip("/")
