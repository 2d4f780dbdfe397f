"""The clients a person has connected: what they see of them, and can end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django_oauthflows import dot
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.login_initiation import LoginLink, login_link
from django_oauthflows.clients.presentation import UnverifiedAddress, presented
from django_oauthflows.consent.models import Consent
from django_oauthflows.consent.sign_ins import SignIn, open_sign_ins
from django_oauthflows.core import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One client with access to a person's data, and the sign-ins it has open, newest use first.

    `resources` are where it can use the access, besides or instead of this site, as its pages showed them.
    `is_on_behalf` holds for one that the person never dealt with: it acts for them by tokens that the clients
    of `through` handed on. `unverified_client_uri` is a home page on a host that is not known to be the
    client's own. `login` opens the app where it has a page for that (OpenID Connect Core §4).
    """

    application_id: Any
    name: str
    client_uri: str
    logo_uri: str
    is_verified: bool
    unverified_client_uri: UnverifiedAddress | None
    scopes: tuple[tuple[str, str], ...]
    since: datetime | None
    last_used: datetime | None
    sign_ins: tuple[SignIn, ...]
    is_on_behalf: bool = False
    through: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    login: LoginLink | None = None


def connections_of(person: Any, *, issuer: str = "") -> list[Connection]:
    """Every client that holds the person's consent or a live token of theirs, newest use first.

    Without this server's `issuer`, which apps are told when they are opened, none has a link to open it by.
    A handful of statements, however many clients there are; clients that django-oauth-toolkit gave tokens
    to before this app was installed are among them.
    """
    consents = {row.application_id: row for row in Consent.objects.live().filter(user=person)}
    sign_ins: dict[Any, list[SignIn]] = {}
    tokens = _scopes_of_tokens(person)
    for sign_in in open_sign_ins(person):
        key = sign_in.application_id
        sign_ins.setdefault(key, []).append(sign_in)
        # An access token that was cleaned up no longer says what its grant is for.
        tokens[key] = tokens.get(key, frozenset()) | sign_in.scopes
    keys = consents.keys() | tokens.keys()
    applications = (
        dot.application_model()
        ._default_manager.filter(pk__in=keys)
        .select_related("oauthflows_policy", "user")
    )
    found = [
        _connection(
            row,
            consents.get(row.pk),
            sign_ins.get(row.pk, []),
            tokens.get(row.pk, frozenset()),
            issuer=issuer,
        )
        for row in applications
    ]
    return sorted(found, key=_latest, reverse=True)


def _latest(connection: Connection) -> float:
    moment = connection.last_used or connection.since
    return moment.timestamp() if moment else 0.0


def _scopes_of_tokens(person: Any) -> dict[Any, frozenset[str]]:
    now = clock.now()
    held: dict[Any, frozenset[str]] = {}
    access = dot.access_token_model()._default_manager.filter(
        user=person, expires__gt=now, application__isnull=False
    )
    refresh = dot.refresh_token_model()._default_manager.filter(user=person, revoked__isnull=True)
    for key, scope in (
        *access.values_list("application_id", "scope").distinct(),
        *refresh.values_list("application_id", "access_token__scope").distinct(),
    ):
        held[key] = held.get(key, frozenset()) | frozenset((scope or "").split())
    return held


def _shown(sign_ins: list[SignIn]) -> list[SignIn]:
    """All of the person's own, and the newest of those that one client handed on: those are minutes apart."""
    handed_on: dict[str, SignIn] = {}
    for row in sign_ins:
        if row.is_on_behalf:
            handed_on.setdefault(row.through, row)
    return [
        row for row in sign_ins if handed_on.get(row.through, row) is row or not row.is_on_behalf
    ]


def _connection(
    application: Any,
    consent: Consent | None,
    sign_ins: list[SignIn],
    held: frozenset[str],
    *,
    issuer: str,
) -> Connection:
    client = facts_of(application, of_its_secrets=())
    shown = presented(client)
    is_on_behalf = consent is None and bool(sign_ins) and all(row.is_on_behalf for row in sign_ins)
    described = dot.all_scopes()
    scopes = sorted(held | (consent.scopes if consent else frozenset()))
    return Connection(
        application_id=application.pk,
        name=shown.client.name,
        client_uri=shown.client.client_uri,
        logo_uri=shown.client.logo_uri,
        is_verified=shown.client.is_verified,
        unverified_client_uri=shown.unverified.get("client_uri"),
        scopes=tuple((name, str(described.get(name, name))) for name in scopes),
        since=consent.created if consent else min((row.since for row in sign_ins), default=None),
        last_used=max((row.last_used for row in sign_ins if row.last_used), default=None),
        sign_ins=tuple(_shown(sign_ins)),
        is_on_behalf=is_on_behalf,
        through=tuple(sorted({row.through for row in sign_ins if row.through})),
        resources=_resources(consent),
        login=login_link(client, issuer) if issuer and not is_on_behalf else None,
    )


def _resources(consent: Consent | None) -> tuple[str, ...]:
    pages = consent.remembered.pages if consent else ()
    return tuple(sorted({uri for page in pages for uri in page.resources}))
