"""The clients a person has connected: what they see of them, and can end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from django_oauthflows import dot
from django_oauthflows.consent.models import Consent
from django_oauthflows.consent.sign_ins import SignIn, open_sign_ins


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One client with access to a person's data, and the sign-ins it has open, newest use first.

    `is_on_behalf` holds for one that the person never dealt with: it acts for them by tokens that the clients
    of `through` handed on.
    """

    application_id: Any
    name: str
    client_uri: str
    logo_uri: str
    is_verified: bool
    scopes: tuple[tuple[str, str], ...]
    since: datetime | None
    last_used: datetime | None
    sign_ins: tuple[SignIn, ...]
    is_on_behalf: bool = False
    through: tuple[str, ...] = ()


def connections_of(person: Any) -> list[Connection]:
    """Every client that holds the person's consent or a live token of theirs, newest use first.

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
        .select_related("oauthflows_policy")
    )
    found = [
        _connection(
            row, consents.get(row.pk), sign_ins.get(row.pk, []), tokens.get(row.pk, frozenset())
        )
        for row in applications
    ]
    return sorted(found, key=_latest, reverse=True)


def _latest(connection: Connection) -> float:
    moment = connection.last_used or connection.since
    return moment.timestamp() if moment else 0.0


def _scopes_of_tokens(person: Any) -> dict[Any, frozenset[str]]:
    now = timezone.now()
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
    application: Any, consent: Consent | None, sign_ins: list[SignIn], held: frozenset[str]
) -> Connection:
    policy = getattr(application, "oauthflows_policy", None)
    described = dot.all_scopes()
    scopes = sorted(held | (consent.scopes if consent else frozenset()))
    return Connection(
        application_id=application.pk,
        name=application.name or application.client_id,
        client_uri=policy.client_uri if policy else "",
        logo_uri=policy.logo_uri if policy else "",
        is_verified=policy.is_verified if policy else False,
        scopes=tuple((name, str(described.get(name, name))) for name in scopes),
        since=consent.created if consent else min((row.since for row in sign_ins), default=None),
        last_used=max((row.last_used for row in sign_ins if row.last_used), default=None),
        sign_ins=tuple(_shown(sign_ins)),
        is_on_behalf=consent is None
        and bool(sign_ins)
        and all(row.is_on_behalf for row in sign_ins),
        through=tuple(sorted({row.through for row in sign_ins if row.through})),
    )
