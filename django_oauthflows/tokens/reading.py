"""Looking up what a client presents: one or two narrow statements each, compiled once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import OuterRef, Q, Subquery

from django_oauthflows import dot
from django_oauthflows.core import users
from django_oauthflows.rules.parties import Party
from django_oauthflows.rules.requests import ClientFacts, Held
from django_oauthflows.statements import Columns, CompiledSelect
from django_oauthflows.tokens import lifetimes
from django_oauthflows.tokens.models import Authorization


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What was presented as it was looked up: the facts for the rules, the rows for what follows.

    A code or a refresh token, or a token to be exchanged: then `party` is whoever it stands for.
    """

    checksum: str
    held: Held
    person: Any
    authorization: Authorization | None
    party: Party | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundAccessToken:
    """An access token's row, with `row.user` and `row.application` (id, client_id, name) filled in.

    `origins` are the keys of the clients whose tokens it was made of by exchange (`tokens/origins.py`).
    """

    row: Any
    client_is_enabled: bool
    origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRefreshToken:
    """A refresh token's row, with what its authorization says of it."""

    row: Any
    person: Any
    scope: str
    ends_at: datetime | None
    is_revoked: bool
    client_is_enabled: bool


def find_code(checksum: str, *, kept: Sequence[Any] | None = None) -> Presented | None:
    """The authorization a code belongs to, redeemed or not; `None` for an unknown code.

    `kept` is what was already read of the code's own row, where that is not DOT's `Grant`: its key, redirect
    URI, challenge, method and end.
    """
    using = dot.token_database()
    row = _authorization_by_code().first(checksum, using)
    if row is None:
        return None
    authorization, person, enabled = _parts_of_authorization(row, using)
    grant = kept
    if grant is None and authorization.redeemed is None:
        grant = _grant_by_code().first(checksum, using)
    if grant is None and authorization.redeemed is None:
        return None
    held = held_by_code(authorization, grant, person=person, client_is_enabled=enabled)
    return Presented(checksum=checksum, held=held, person=person, authorization=authorization)


def held_by_code(
    authorization: Authorization,
    kept: Sequence[Any] | None,
    *,
    person: Any,
    client_is_enabled: bool,
) -> Held:
    """What a code stands for: its authorization, and what is `kept` of it until it is redeemed."""
    key, redirect_uri, challenge, method, expires = kept or (0, "", "", "", None)
    return Held(
        key=key,
        flow=authorization.flow,
        client_key=authorization.application_id,
        user_key=authorization.user_id,
        user_is_active=users.is_active(person),
        client_is_enabled=client_is_enabled,
        scopes=frozenset(authorization.scope.split()),
        resource=tuple(authorization.resource),
        expires=expires,
        spent_at=authorization.redeemed,
        redirect_uri=redirect_uri,
        code_challenge=challenge,
        code_challenge_method=method or ("plain" if challenge else ""),
        code_proof=authorization.code_proof,
        authorization=authorization.pk,
        authorization_revoked=authorization.revoked is not None,
        ends_at=authorization.expires,
        auth_time=authorization.auth_time,
        acr=authorization.acr,
        amr=tuple(authorization.amr),
        nonce=authorization.nonce,
        sid=authorization.sid,
        claims=authorization.claims,
    )


def find_refresh_token(checksum: str, client: ClientFacts, now: datetime) -> Presented | None:
    """A refresh token, live or rotated, with its authorization; `None` for an unknown one.

    One that django-oauth-toolkit issued has no authorization yet; its scope is that of its access token.
    """
    using = dot.token_database()
    found = _refresh_token(checksum, using)
    if found is None:
        return None
    token = found.row
    row = (
        _authorization_by_family().first(token.token_family, using) if token.token_family else None
    )
    authorization = _parts_of_authorization(row, using)[0] if row else None
    held = Held(
        key=token.pk,
        flow=authorization.flow if authorization else _adopted_flow(client),
        client_key=token.application_id,
        user_key=token.user_id,
        user_is_active=users.is_active(found.person),
        client_is_enabled=found.client_is_enabled,
        scopes=frozenset((authorization.scope if authorization else found.scope).split()),
        resource=tuple(authorization.resource if authorization else token.resource),
        expires=lifetimes.refresh_token_idle_end(client, token.created),
        spent_at=token.revoked,
        may_be_replayed=_may_be_replayed(authorization, checksum, now),
        authorization=authorization.pk if authorization else token.token_family,
        authorization_revoked=authorization is not None and authorization.revoked is not None,
        ends_at=authorization.expires if authorization else None,
        auth_time=authorization.auth_time if authorization else None,
        acr=authorization.acr if authorization else "",
        amr=tuple(authorization.amr) if authorization else (),
        nonce=authorization.nonce if authorization else "",
        sid=authorization.sid if authorization else "",
        claims=authorization.claims if authorization else None,
        was_proven=authorization is not None and authorization.was_proven,
    )
    return Presented(checksum=checksum, held=held, person=found.person, authorization=authorization)


def find_access_token(checksum: str) -> FoundAccessToken | None:
    """An access token that is still there, in one statement; revoking one deletes its row."""
    using = dot.token_database()
    row = _access_token_by_checksum().first(checksum, using)
    if row is None:
        return None
    tokens, people, applications = _access_token_columns()
    token: Any = tokens.instance(row, 0, using)
    token.user = people.instance(row, len(tokens.paths), using)
    token.application = applications.instance(row, len(tokens.paths) + len(people.paths), using)
    made_of, enabled = tuple(row[-2] or ()), row[-1] is not False
    return FoundAccessToken(row=token, client_is_enabled=enabled, origins=made_of)


def authorization_of(access_token: Any) -> Authorization | None:
    """The authorization an access token came of, in one statement; `None` for one of DOT's own.

    Through the refresh token it came with or was refreshed by, or else by its checksum.
    """
    refresh_tokens = dot.refresh_token_model()._default_manager.filter(
        Q(access_token_id=access_token.pk) | Q(pk=access_token.source_refresh_token_id)
    )
    stored = access_token.token_checksum
    return Authorization.objects.filter(
        Q(pk__in=refresh_tokens.values("token_family"))
        | Q(first_access_checksum=stored)
        | Q(front_access_checksum=stored),
        user_id=access_token.user_id,
        application_id=access_token.application_id,
    ).first()


def find_authorization(key: UUID) -> Presented | None:
    """The authorization of this id as what an ID token of it stands for; `None` for an unknown one."""
    using = dot.token_database()
    row = _authorization_by_family().first(key, using)
    if row is None:
        return None
    authorization, person, enabled = _parts_of_authorization(row, using)
    held = held_by_code(authorization, None, person=person, client_is_enabled=enabled)
    return Presented(checksum="", held=held, person=person, authorization=authorization)


def find_refresh_token_row(checksum: str) -> FoundRefreshToken | None:
    """A refresh token for introspection or revocation, in one statement."""
    return _refresh_token(checksum, dot.token_database())


def _may_be_replayed(authorization: Authorization | None, checksum: str, now: datetime) -> bool:
    if authorization is None or authorization.replay_checksum != checksum:
        return False
    return authorization.replay_until is not None and now < authorization.replay_until


def _adopted_flow(client: ClientFacts) -> str:
    """The flow of a grant that django-oauth-toolkit issued: its application had but one."""
    return min(client.flows - {"refresh-token"}, default="")


def _parts_of_authorization(row: Any, using: str) -> tuple[Authorization, Any, bool]:
    own, people = _authorization_columns()
    authorization = own.instance(row, 0, using)
    assert authorization is not None  # noqa: S101 - its own columns are never outer-joined
    person = people.instance(row, len(own.paths), using)
    return authorization, person, row[-1] is not False


def _refresh_token(checksum: str, using: str) -> FoundRefreshToken | None:
    row = _refresh_token_by_checksum().first(checksum, using)
    if row is None:
        return None
    own, people = _refresh_token_columns()
    token: Any = own.instance(row, 0, using)
    granted, token_scope, ends_at, revoked, enabled = row[-5:]
    return FoundRefreshToken(
        row=token,
        person=people.instance(row, len(own.paths), using),
        scope=granted or token_scope or "",
        ends_at=ends_at,
        is_revoked=token.revoked is not None or revoked is not None,
        client_is_enabled=enabled is not False,
    )


# The statements ----------------------------------------------------------------------------------------

_ENABLED = "application__oauthflows_policy__is_enabled"


@cache
def _authorization_columns() -> tuple[Columns[Authorization], Columns[Any]]:
    return Columns(Authorization), Columns(get_user_model(), "user__")


def _authorizations() -> Any:
    own, people = _authorization_columns()
    return Authorization.objects.order_by().values_list(*own.paths, *people.paths, _ENABLED)


@cache
def _authorization_by_code() -> CompiledSelect:
    return CompiledSelect(lambda: (_authorizations(), "code_checksum"))


@cache
def _authorization_by_family() -> CompiledSelect:
    return CompiledSelect(lambda: (_authorizations(), "id"))


@cache
def _grant_by_code() -> CompiledSelect:
    wanted = ("id", "redirect_uri", "code_challenge", "code_challenge_method", "expires")
    return CompiledSelect(lambda: (dot.grant_model()._default_manager.values_list(*wanted), "code"))


@cache
def _refresh_token_columns() -> tuple[Columns[Any], Columns[Any]]:
    return Columns(dot.refresh_token_model()), Columns(get_user_model(), "user__")


@cache
def _refresh_token_by_checksum() -> CompiledSelect:
    def build() -> tuple[Any, str]:
        own, people = _refresh_token_columns()
        parent = Authorization.objects.filter(pk=OuterRef("token_family")).order_by()
        queryset = (
            dot.refresh_token_model()
            ._default_manager.order_by()
            .annotate(
                granted=Subquery(parent.values("scope")),
                ends_at=Subquery(parent.values("expires")),
                family_revoked=Subquery(parent.values("revoked")),
            )
            .values_list(
                *own.paths,
                *people.paths,
                "granted",
                "access_token__scope",
                "ends_at",
                "family_revoked",
                _ENABLED,
            )
        )
        return queryset, "token_checksum"

    return CompiledSelect(build)


@cache
def _access_token_columns() -> tuple[Columns[Any], Columns[Any], Columns[Any]]:
    return (
        Columns(dot.access_token_model()),
        Columns(get_user_model(), "user__"),
        Columns(
            dot.application_model(),
            "application__",
            only=() if dot.applications_ask_their_own_model() else ("client_id", "name"),
        ),
    )


@cache
def _access_token_by_checksum() -> CompiledSelect:
    def build() -> tuple[Any, str]:
        paths = [path for columns in _access_token_columns() for path in columns.paths]
        exchanged = Authorization.objects.filter(exchanged_checksum=OuterRef("token_checksum"))
        queryset = (
            dot.access_token_model()
            ._default_manager.order_by()
            .annotate(origins=Subquery(exchanged.order_by().values("origins")))
            .values_list(*paths, "origins", _ENABLED)
        )
        return queryset, "token_checksum"

    return CompiledSelect(build)
