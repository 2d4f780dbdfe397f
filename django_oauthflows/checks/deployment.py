"""Choices a project made that are less safe than what it would get without them."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import DatabaseError

from django_oauthflows import dot
from django_oauthflows.checks import first_steps
from django_oauthflows.clients.legacy import legacy_clients
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.conf import conf
from django_oauthflows.core.text import for_terminal
from django_oauthflows.core.url_patterns import url_patterns
from django_oauthflows.issuer import configured_issuer

#: DOT's settings whose safe value the app sets where the project says nothing: name → what the other means.
_UNSAFE_IF_FALSE = {
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": "the implicit flow is open (RFC 9700 §2.1.2)",
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": "the password flow is open (RFC 9700 §2.4)",
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": (
        "DOT's own views would accept plain PKCE challenges (RFC 9700 §2.1.1)"
    ),
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": (
        "DOT's own authenticators accept tokens in URLs (RFC 9700 §4.3.2)"
    ),
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": "DOT's own views would store tokens in the clear",
    "REFRESH_TOKEN_REUSE_PROTECTION": "DOT's own views would not notice a stolen refresh token",
    "PKCE_REQUIRED": "applications without a policy need no PKCE (RFC 9700 §2.1.1)",
}

#: Longest lifetime of an access token that raises no question, in seconds.
_LONG = 3600

#: How many clients a message names.
_NAMED = 10


def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each unsafe setting with the line to write."""
    messages: list[CheckMessage] = [
        _warning(
            f"OAUTH2_PROVIDER[{name!r}] is off: {meaning}.",
            f'Remove the line, or write "{name}": True in OAUTH2_PROVIDER.',
            "oauthflows.W101",
        )
        for name, meaning in _UNSAFE_IF_FALSE.items()
        if dot.project_says(name) and not dot.setting(name)
    ]
    if dot.ALL_SCOPES in dot.setting("DEFAULT_SCOPES"):
        messages.append(
            _warning(
                "A request that names no scope gets every scope of the client (RFC 6749 §3.3).",
                'Write "DEFAULT_SCOPES": [] in OAUTH2_PROVIDER, or the few scopes everyone may have.',
                "oauthflows.W102",
            )
        )
    if conf.REGISTRATION == "open" and conf.REGISTRATION_PROFILE == "legacy":
        messages.append(
            _warning(
                "Anybody may register a client that takes tokens in the browser (RFC 9700 §2.1.2).",
                'Write "REGISTRATION_PROFILE": "standard" in OAUTHFLOWS, or "REGISTRATION": "token".',
                "oauthflows.W109",
            )
        )
    if dot.setting("ALLOW_URI_WILDCARDS"):
        messages.append(
            _warning(
                "Redirect URIs may hold wildcards: whoever controls one subdomain gets every code.",
                'Write "ALLOW_URI_WILDCARDS": False in OAUTH2_PROVIDER (RFC 9700 §2.1).',
                "oauthflows.W103",
            )
        )
    if dot.longest_access_token_seconds() > _LONG:
        messages.append(
            _warning(
                "Access tokens live longer than an hour.",
                'Write "ACCESS_TOKEN_EXPIRE_SECONDS": 900 in OAUTH2_PROVIDER; clients refresh.',
                "oauthflows.W104",
            )
        )
    if (
        dot.setting("REFRESH_TOKEN_EXPIRE_SECONDS") is None
        and not conf.REFRESH_TOKEN_ABSOLUTE_LIFETIME
    ):
        messages.append(
            _warning(
                "Refresh tokens never end.",
                'Write "REFRESH_TOKEN_EXPIRE_SECONDS": 2592000 in OAUTH2_PROVIDER.',
                "oauthflows.W105",
            )
        )
    if not configured_issuer():
        messages.append(
            _warning(
                "There is no ISSUER, so tokens (iss) and the assertions of clients (aud) name this server as "
                "each request does in its Host header (RFC 8414 §2, RFC 7523 §3). Assertions, and tokens for "
                "a resource, are refused at a host that is not in ALLOWED_HOSTS, where * and .example.com "
                "count as none.",
                'Write "ISSUER": "https://…" in OAUTHFLOWS.',
                "oauthflows.W150",
            )
        )
    # One at a public host is named at any time (W188).
    if conf.ISSUER.startswith("http://") and not first_steps.is_public_http(conf.ISSUER):
        messages.append(
            _warning(
                "The issuer is not https: codes and tokens travel in the clear (RFC 8414 §2).",
                'Write "ISSUER": "https://…" in OAUTHFLOWS.',
                "oauthflows.W106",
            )
        )
    if not settings.SESSION_COOKIE_SECURE or not settings.CSRF_COOKIE_SECURE:
        messages.append(
            _warning(
                "The cookies of the sign-in and consent pages are sent without TLS too.",
                "Write SESSION_COOKIE_SECURE = True and CSRF_COOKIE_SECURE = True.",
                "oauthflows.W107",
            )
        )
    return messages


def check_clients(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name the clients that may use a flow the field has given up."""
    try:
        clients = legacy_clients(at_most=_NAMED + 1)
    except DatabaseError:
        return []  # no tables yet, or no database here: there is nothing to name
    if not clients:
        return []
    named = [
        for_terminal(f"{one.name} ({one.client_id}): {', '.join(one.flows)}")
        for one in clients[:_NAMED]
    ]
    more = ["and more"] if len(clients) > _NAMED else []
    return [
        _warning(
            "Clients may use flows that are no longer recommended (RFC 9700 §2.1.2, §2.4): "
            + "; ".join([*named, *more])
            + ".",
            "Move them to the authorization code with PKCE, then choose the standard profile in the admin.",
            "oauthflows.W120",
        )
    ]


def check_pairwise_subjects(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Pairwise subjects last for as long as the secret they are made with."""
    if conf.PAIRWISE_SECRET:
        return []
    try:
        is_needed = ClientPolicy.objects.filter(subject_type="pairwise").exists()
    except DatabaseError:
        return []
    if not is_needed:
        return []
    return [
        _warning(
            "Clients know people by pairwise subjects that are made with SECRET_KEY: once that changes, "
            "every person is a stranger to them (OpenID Connect Core §8.1).",
            "Write a secret of its own that is never changed: OAUTHFLOWS['PAIRWISE_SECRET'].",
            "oauthflows.W131",
        )
    ]


def check_urls(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """DOT's client registration pages let anybody who is signed in register a client with every scope."""
    if not getattr(settings, "ROOT_URLCONF", None) or not _dot_registration_is_mounted():
        return []
    return [
        _warning(
            "django-oauth-toolkit's client registration page is open to everyone who is signed in.",
            'Remove include("oauth2_provider.urls") from urls.py; clients are managed in the admin.',
            "oauthflows.W108",
        )
    ]


def _dot_registration_is_mounted() -> bool:
    views = (getattr(pattern.callback, "view_class", None) for _, pattern in url_patterns())
    return any(view is not None and view.__name__ == "ApplicationRegistration" for view in views)


def _warning(message: str, hint: str, id: str) -> Warning:
    return Warning(message, hint=hint, id=id)
