"""Mistakes of a new project: its scopes, its tables, its sign-in page, its issuer."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import LoginView
from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from django_oauthflows import dot
from django_oauthflows.conf import conf
from django_oauthflows.core import hosts
from django_oauthflows.protocol import site_pages as pages

#: The scopes that django-oauth-toolkit has where a project wrote none.
_DEMO = {"read", "write"}
_LINE = 'Write OAUTH2_PROVIDER = {"SCOPES": {"notes:read": "Read your notes"}}: each with words for people.'


def check_scopes(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name scopes that are missing, or written in a way that nobody could read."""
    written = dot.written("SCOPES")
    if written is None or written == {} or _is_demo(written):
        is_elsewhere = dot.written("SCOPES_BACKEND_CLASS") or conf.JWKS is not None
        return [] if is_elsewhere else [_no_scopes()]
    if dot.are_scopes(written):
        return []
    return [
        Error(
            "OAUTH2_PROVIDER['SCOPES'] has to be a dictionary: the names of scopes, without blanks, each "
            f"with its text. It is {_described(written)}.",
            hint=_LINE,
            id="oauthflows.E185",
        )
    ]


def check_tables(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name migrations of clients and tokens that were not applied."""
    try:
        executor = MigrationExecutor(connections[dot.token_database()])
    except DatabaseError:
        return []  # no database here
    labels = {"oauthflows", dot.application_model()._meta.app_label}
    leaves = [leaf for leaf in executor.loader.graph.leaf_nodes() if leaf[0] in labels]
    waiting = [f"{step.app_label}.{step.name}" for step, _ in executor.migration_plan(leaves)]
    if not waiting:
        return []
    return [
        Warning(
            f"Tables or columns are missing. Migrations to apply: {', '.join(waiting[:5])}"
            f"{' and more' if len(waiting) > 5 else ''}.",
            hint="Run: python manage.py migrate",
            id="oauthflows.W187",
        )
    ]


def check_login_page(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name a sign-in view of Django's whose template is not there."""
    view = pages.view_of(settings.LOGIN_URL) if getattr(settings, "ROOT_URLCONF", None) else None
    kind = getattr(view, "view_class", None)
    if not (isinstance(kind, type) and issubclass(kind, LoginView)):
        return []
    name = getattr(view, "view_initkwargs", {}).get("template_name", kind.template_name)
    try:
        get_template(str(name))
    except TemplateDoesNotExist:
        return [
            Error(
                f"The sign-in page at LOGIN_URL has no template: {name} is not found.",
                hint='Write LOGIN_URL = "oauthflows:sign-in" for the page of this package, or "APP_DIRS": '
                "True in TEMPLATES.",
                id="oauthflows.E186",
            )
        ]
    return []


def check_issuer(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name an issuer without TLS at a host that others can reach."""
    if not is_public_http(conf.ISSUER):
        return []
    return [
        Warning(
            "The issuer is not https, and its host is no local one: codes and tokens travel in the clear "
            "(RFC 8414 §2).",
            hint='Write "ISSUER": "https://…" in OAUTHFLOWS.',
            id="oauthflows.W188",
        )
    ]


def is_public_http(issuer: str) -> bool:
    """Return whether an issuer is a http URL of a host outside of this device and of private networks."""
    host = hosts.host_of(issuer)
    if urlsplit(issuer).scheme != "http" or not host or hosts.may_be_loopback(host):
        return False
    try:
        return not ip_address(host).is_private
    except ValueError:
        return "." in host and not host.endswith((".local", ".internal", ".test", ".localhost"))


def _no_scopes() -> CheckMessage:
    return Warning(
        "OAUTH2_PROVIDER has no SCOPES of this project: clients could ask for nothing that means something "
        "here.",
        hint=_LINE,
        id="oauthflows.W185",
    )


def _is_demo(written: Any) -> bool:
    return (
        isinstance(written, Mapping)
        and set(written) == _DEMO
        and "Reading scope" in [*map(str, written.values())]
    )


def _described(written: Any) -> str:
    if isinstance(written, Mapping):
        return "a dictionary of something else"
    return f"a {type(written).__name__}"
