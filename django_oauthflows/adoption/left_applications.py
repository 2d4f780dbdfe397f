"""Applications that django-oauth-toolkit (DOT) left without a policy: what they keep, and what they lose."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError

from django_oauthflows import dot
from django_oauthflows.clients.policy import is_opened
from django_oauthflows.core import clock
from django_oauthflows.core.text import for_terminal
from django_oauthflows.rules.introspection import SCOPE
from django_oauthflows.rules.requests import BY_HAND

#: How many applications a message names.
_NAMED = 10


def check_left_applications(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name those that ask by DOT's rules, and those that no longer get tokens."""
    try:
        return [*_introspecting(), *_public_services(), *_by_password(), *check_tokens_of_nobody()]
    except DatabaseError:
        return []  # no tables yet, or no database here: there is nothing to name


def _introspecting() -> Iterable[CheckMessage]:
    """Yield a line on those that may introspect everything (RFC 7662 §4)."""
    rows = _left(client_type="confidential", registration_source=BY_HAND)
    if named := _named(rows):
        yield Warning(
            "Applications without a policy may introspect every token, as with django-oauth-toolkit, also "
            f"by GET, which puts the token into the logs of servers and proxies: {named}.",
            hint="Have their APIs POST the token in the body, and fill in All settings on the client's "
            "page: its resources in place of the right to introspect any token. Then only POST is taken.",
            id="oauthflows.W170",
        )


def _public_services() -> Iterable[CheckMessage]:
    """Yield a line on those that ask for themselves and are public (RFC 6749 §4.4)."""
    rows = _left(client_type="public", authorization_grant_type="client-credentials")
    if named := _named(rows):
        yield Error(
            "Public applications get no token by client credentials any more (RFC 6749 §4.4: only "
            f"confidential clients may): {named}.",
            hint='Write client_type = "confidential" into the row, where only a server has the secret: it '
            "goes on being taken. Else register a service in its place: "
            "oauthflows_register_client --preset service.",
            id="oauthflows.E170",
        )


def _by_password() -> Iterable[CheckMessage]:
    """Yield a line on those that ask with people's passwords, which nobody opened (RFC 9700 §2.4)."""
    if is_opened("password"):
        return
    if named := _named(_left(authorization_grant_type="password")):
        yield Error(
            "Applications get no token by people's passwords any more (RFC 9700 §2.4: this grant must not "
            f"be used): {named}.",
            hint="Move them to the authorization code with PKCE. Until then, write "
            '"COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": False in OAUTH2_PROVIDER: public ones go on too.',
            id="oauthflows.E171",
        )


def check_tokens_of_nobody(*_: Any) -> Iterable[CheckMessage]:
    """Yield a line on tokens for introspection that belong to no client (RFC 7662 §2.1).

    Only a table of DOT's is read.
    """
    rows = dot.access_token_model()._default_manager.filter(
        application__isnull=True, expires__gt=clock.now()
    )
    # The column is a list of words: a longer word may hold this one.
    scopes = rows.filter(scope__contains=SCOPE).values_list("scope", flat=True)
    count = sum(SCOPE in scope.split() for scope in scopes.iterator(chunk_size=1000))
    if count:
        yield Error(
            f"Access tokens with the scope {SCOPE} belong to no application ({count} of them), and no longer "
            "open introspection.",
            hint="Write the application of the API that asks into the token's row, a confidential one; or "
            "have the API send that application's own RESOURCE_SERVER_INTROSPECTION_CREDENTIALS.",
            id="oauthflows.E172",
        )


def _left(**columns: Any) -> Any:
    rows = dot.application_model()._default_manager.filter(
        oauthflows_policy__isnull=True, **columns
    )
    return rows.order_by("pk").values_list("name", "client_id")


def _named(rows: Any) -> str:
    """Return the first few of them for a terminal; empty for none."""
    found = list(rows[: _NAMED + 1])
    named = [
        for_terminal(f"{name or client_id} ({client_id})") for name, client_id in found[:_NAMED]
    ]
    return "; ".join([*named, *(["and more"] if len(found) > _NAMED else [])])
