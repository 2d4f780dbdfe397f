"""A large site in a minute: every table filled by the database itself, with the few who have most of it.

PostgreSQL alone. `n` in an expression is the number of the row, from 1.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, models

from django_oauthflows import dot
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.dynamic.models import ClientRegistration, InitialAccessToken
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.consent.models import Consent
from django_oauthflows.identity.models import LogoutDelivery
from django_oauthflows.keys.models import SigningKey
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.tokens.models import Authorization


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many rows each table gets."""

    access_tokens: int = 1_000_000
    audit_events: int = 100_000
    clients: int = 5_000
    people: int = 100_000

    @property
    def grants(self) -> int:
        return self.access_tokens * 3 // 10


def fill(size: Size) -> None:
    """Fill every table that the admin lists; they have to be empty but for a few rows of a test's own."""
    with connection.cursor() as cursor:
        # Nobody checks each of a million rows for its client and person: they are there.
        cursor.execute("SET synchronous_commit = off; SET session_replication_role = replica")
    _fill_clients_and_people(size)
    _fill_grants(size)
    _fill_tokens(size)
    _fill_the_rest(size)
    with connection.cursor() as cursor:
        cursor.execute("RESET session_replication_role; RESET synchronous_commit")
        cursor.execute("ANALYZE")


def _fill_clients_and_people(size: Size) -> None:
    insert(
        get_user_model(),
        size.people,
        id="1000 + n",
        username="'person' || n",
        email="'person' || n || '@example.org'",
        first_name="'Given' || n % 500",
    )
    insert(
        dot.application_model(),
        size.clients,
        id="1000 + n",
        client_id="md5('client' || n)",
        name="'Client ' || n",
        user_id=f"CASE WHEN n % 3 = 0 THEN 1000 + n % {size.people} + 1 END",
        client_type="CASE WHEN n % 5 = 0 THEN 'public' ELSE 'confidential' END",
        authorization_grant_type="'authorization-code'",
        client_secret="'!'",
        redirect_uris="CASE WHEN n % 7 = 0 THEN 'http' ELSE 'https' END || '://c' || n || '.example/back'",
        registration_source="CASE WHEN n % 10 = 0 THEN 'dcr' ELSE 'manual' END",
        created=f"now() - ({size.clients} - n) * interval '3 hours'",
    )
    insert(
        ClientPolicy,
        size.clients * 9 // 10,
        application_id="1000 + n",
        preset=_one_of("web-app", "single-page-app", "service", "device"),
        profile="CASE WHEN n % 11 = 0 THEN 'legacy' ELSE 'standard' END",
        flows='\'["authorization-code", "authorization-code-pkce", "refresh-token"]\'::jsonb',
        scopes='\'["notes:read", "notes:write"]\'::jsonb',
        access_token_lifetime="CASE WHEN n % 13 = 0 THEN 86400 END",
    )
    insert(
        ClientSecret,
        size.clients * 6 // 5,
        application_id=f"1000 + (n - 1) % {size.clients} + 1",
        digest="encode(sha256(n::text::bytea), 'hex')",
        label="'secret ' || n",
        created=f"now() - ({size.clients * 2} - n) * interval '2 hours'",
        last_used="CASE WHEN n % 4 > 0 THEN now() - n * interval '1 minute' END",
    )


def _fill_grants(size: Size) -> None:
    insert(
        Authorization,
        size.grants,
        id="md5('family' || n)::uuid",
        application_id=_some_client(size),
        user_id=_some_person(size),
        flow=_one_of("authorization-code-pkce", "authorization-code", "device-code"),
        scope="CASE WHEN n % 3 = 0 THEN 'notes:read' ELSE 'notes:read notes:write' END",
        created=f"now() - ({size.grants} - n) * interval '20 seconds'",
        last_used=f"now() - ({size.grants} - n) * interval '10 seconds'",
        expires=f"now() + n * interval '1 minute' - interval '{size.grants // 5} minutes'",
        code_checksum="md5('code' || n)",
        first_access_checksum="md5('access' || n)",
        redeemed=f"now() - ({size.grants} - n) * interval '20 seconds'",
        revoked="CASE WHEN n % 6 = 0 THEN now() - interval '1 day' END",
        revoked_because="CASE WHEN n % 6 = 0 THEN 'revoked_by_client' ELSE '' END",
    )
    insert(
        Consent,
        size.grants * 2 // 3,
        application_id=f"1001 + n % {size.clients}",
        user_id=f"1001 + (n * 7 + n / {size.clients}) % {size.people}",
        scope="'notes:read'",
        created="now() - n * interval '30 seconds'",
    )


def _fill_tokens(size: Size) -> None:
    insert(
        dot.access_token_model(),
        size.access_tokens,
        id="1000 + n",
        application_id=_some_client(size),
        user_id=f"CASE WHEN n % 10 > 0 THEN {_some_person(size)} END",
        token="''",
        token_checksum="md5('access' || n)",
        expires=f"now() + (n - {size.access_tokens // 2}) * interval '5 seconds'",
        scope="CASE WHEN n % 3 = 0 THEN 'notes:read' ELSE 'notes:read notes:write' END",
        created=f"now() - ({size.access_tokens} - n) * interval '5 seconds'",
    )
    insert(
        dot.refresh_token_model(),
        size.grants * 4 // 3,
        id="1000 + n",
        application_id=_some_client(size),
        user_id=_some_person(size),
        token="''",
        token_checksum="md5('refresh' || n)",
        access_token_id="1000 + n",
        token_family=f"md5('family' || 1 + n % {size.grants})::uuid",
        created=f"now() - ({size.grants * 2} - n) * interval '8 seconds'",
        revoked=f"CASE WHEN n % 4 = 0 THEN now() - ({size.grants * 2} - n) * interval '5 seconds' END",
    )
    insert(
        dot.grant_model(),
        1_000,
        application_id=_some_client(size),
        user_id=_some_person(size),
        code="md5('open code' || n)",
        expires="now() + interval '1 minute'",
        redirect_uri="'https://c.example/back'",
    )
    insert(
        dot.id_token_model(),
        size.access_tokens // 10,
        jti="md5('id' || n)::uuid",
        application_id=_some_client(size),
        user_id=_some_person(size),
        expires="now() + interval '1 hour'",
    )


def _fill_the_rest(size: Size) -> None:
    insert(
        AuditEvent,
        size.audit_events,
        reference="substr(md5('reference' || n), 1, 16)",
        event=_one_of(*Event),
        created=f"now() - ({size.audit_events} - n) * interval '1 minute'",
        application_id=f"CASE WHEN n % 20 > 0 THEN {_some_client(size)} END",
        client_id=f"md5('client' || {_some_client(size)} - 1000)",
        user_id=f"CASE WHEN n % 2 > 0 THEN {_some_person(size)} END",
        network="'203.0.113.' || n % 256",
        endpoint=_one_of("token", "authorize", "introspect", "revoke"),
        code=_one_of("invalid_grant", "invalid_client", "invalid_scope", ""),
        rule=_one_of("code_must_belong_to_client", "client_must_authenticate", ""),
        detail='\'{"by": ""}\'::jsonb',
    )
    insert(
        ProviderSession,
        size.people * 3 // 2,
        user_id=_some_person(size),
        sid="md5('sid' || n)",
        created="now() - n * interval '1 minute'",
        last_seen="now() - n * interval '30 seconds'",
        expires="now() + interval '14 days' - n * interval '30 seconds'",
        network="'203.0.113.' || n % 256",
        user_agent="'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'",
    )
    insert(
        LogoutDelivery,
        size.people // 5,
        application_id=_some_client(size),
        uri="'https://c.example/out'",
        issuer="'https://login.example'",
        subject="n::text",
        sid="md5('sid' || n)",
        created="now() - n * interval '1 minute'",
        delivered="CASE WHEN n % 9 > 0 THEN now() - n * interval '1 minute' END",
    )
    insert(InitialAccessToken, 200, label="'partner ' || n", checksum="md5('initial' || n)")
    insert(
        ClientRegistration,
        size.clients // 10,
        application_id="1000 + n * 10",
        fingerprint="md5('said' || n)",
    )
    states = _one_of("announced", "signing", "retired")
    insert(SigningKey, 3, kid="'key' || n", state=states, algorithm="'ES256'", public="'{}'")


def insert(model: type[models.Model], count: int, **columns: str) -> None:
    """Insert `count` rows: `columns` are expressions of SQL, all others get the model's own default."""
    given = dict(columns)
    names, values, parameters = [], [], list[Any]()
    for field in model._meta.concrete_fields:
        expression = given.pop(field.attname, None)
        if expression is None and field.primary_key:
            continue
        names.append(connection.ops.quote_name(field.column))
        values.append("%s" if expression is None else expression.replace("%", "%%"))
        if expression is None:
            default = field.pre_save(model(), add=True)
            parameters.append(field.get_db_prep_save(default, connection))
    assert not given, f"{model.__name__} has no {sorted(given)}"
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} "  # noqa: S608
            f"FROM generate_series(1, {count}) AS n",
            parameters,
        )


def _some_client(size: Size) -> str:
    """One client in a hundred has a third of everything, the others share the rest."""
    return f"1001 + (CASE WHEN n % 3 = 0 THEN n % {size.clients // 100 or 1} ELSE n % {size.clients} END)"


def _some_person(size: Size) -> str:
    return f"1001 + (n::bigint * 7919) % {size.people}"


def _one_of(*values: str) -> str:
    chosen = ", ".join(f"'{value}'" for value in values)
    return f"(ARRAY[{chosen}])[1 + n % {len(values)}]"
