"""The clients a person has connected: what they see of them, and can end."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min
from django.utils import timezone

from django_oauthflows import dot
from django_oauthflows.consent.models import Consent
from django_oauthflows.tokens.models import Authorization


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One client with access to a person's data. `sessions` counts its live sign-ins."""

    application_id: Any
    name: str
    client_uri: str
    logo_uri: str
    is_verified: bool
    scopes: tuple[tuple[str, str], ...]
    since: datetime | None
    last_used: datetime | None
    sessions: int


def connections_of(person: Any) -> list[Connection]:
    """Every client that holds the person's consent or a live token of theirs, newest use first.

    A handful of statements, however many clients there are; clients that django-oauth-toolkit gave tokens
    to before this app was installed are among them.
    """
    consents = {row.application_id: row for row in Consent.objects.live().filter(user=person)}
    grants: dict[Any, dict[str, Any]] = {
        row["application_id"]: dict(row)
        for row in Authorization.objects.live()
        .filter(user=person, redeemed__isnull=False)
        .order_by()
        .values("application_id")
        .annotate(since=Min("created"), last_used=Max("last_used"), sessions=Count("pk"))
    }
    tokens = _scopes_of_tokens(person)
    keys = consents.keys() | tokens.keys()
    applications = (
        dot.application_model()
        ._default_manager.filter(pk__in=keys)
        .select_related("oauthflows_policy")
    )
    found = [
        _connection(
            row, consents.get(row.pk), grants.get(row.pk, {}), tokens.get(row.pk, frozenset())
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


def _connection(
    application: Any, consent: Consent | None, grant: dict[str, Any], held: frozenset[str]
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
        since=consent.created if consent else grant.get("since"),
        last_used=grant.get("last_used"),
        sessions=grant.get("sessions", 0),
    )
