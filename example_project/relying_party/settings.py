"""The settings of a site that lets people sign in with a provider, and the surroundings they come from:

SITE               which of the sites this is: reading-room or tea-house
PROVIDER_URL       the provider's issuer, as http://127.0.0.1:8000/o
CLIENT_ID          what the provider registered the site as
CLIENT_SECRET      and what it proves that with
SITE_DATABASE_URL  as the provider's DATABASE_URL; an SQLite file beside the provider's without it
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url

from example_project.relying_party.sites import SITES
from example_project.secret_key import kept_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

SITE = SITES[os.environ.get("SITE", "reading-room")]
SECRET_KEY = kept_secret_key(BASE_DIR / f".secret-key-{SITE.slug}")
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "mozilla_django_oidc",
    "example_project.relying_party",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "example_project.page_policy.PagePolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "example_project.relying_party.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    },
]

# OpenID Connect: who the provider is, and what it should tell -------------------------------------
PROVIDER_URL = os.environ.get("PROVIDER_URL", "http://127.0.0.1:8000/o")
# Signing out is a form whose answer leads there and back (Content-Security-Policy, form-action).
FORMS_LEAD_TO = ["{0.scheme}://{0.netloc}".format(urlsplit(PROVIDER_URL))]
OIDC_RP_CLIENT_ID = os.environ.get("CLIENT_ID", "")
OIDC_RP_CLIENT_SECRET = os.environ.get("CLIENT_SECRET", "")
OIDC_RP_SCOPES = "openid profile email"
OIDC_RP_SIGN_ALGO = "RS256"
OIDC_OP_AUTHORIZATION_ENDPOINT = f"{PROVIDER_URL}/authorize/"
OIDC_OP_TOKEN_ENDPOINT = f"{PROVIDER_URL}/token/"
OIDC_OP_USER_ENDPOINT = f"{PROVIDER_URL}/userinfo/"
OIDC_OP_JWKS_ENDPOINT = f"{PROVIDER_URL}/.well-known/jwks.json"
OIDC_OP_LOGOUT_ENDPOINT = f"{PROVIDER_URL}/logout/"
# The library sends a nonce alone unless told otherwise; a site on a loopback address needs PKCE.
OIDC_USE_PKCE = True
# Seconds. Without it a provider that hangs would hold this site's threads.
OIDC_TIMEOUT = 20
# Signing out here signs out there: the ID token says whose session it is to end.
OIDC_STORE_ID_TOKEN = True

AUTHENTICATION_BACKENDS = ["example_project.relying_party.people.People"]
LOGIN_REDIRECT_URL = "/"
LOGIN_REDIRECT_URL_FAILURE = "/?not-signed-in"
LOGOUT_REDIRECT_URL = "/"

# Data and cookies: browsers do not tell ports apart, so each site names its own -------------------
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("SITE_DATABASE_URL") or f"sqlite:///{BASE_DIR / SITE.slug}.sqlite3"
    ),
}
SESSION_COOKIE_NAME = f"{SITE.slug}-session"
CSRF_COOKIE_NAME = f"{SITE.slug}-csrf"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
# The demo's look, and nothing else of its apps: a site of yours has a look of its own.
STATICFILES_DIRS = [
    BASE_DIR.parent / "django_oauthflows" / "static",
    BASE_DIR / "playground" / "static",
]
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
