"""Conditions of issuing, asked once more in the transaction that inserts the tokens.

A request reads the user and the client first, decides, and inserts afterwards. In between the account may be
closed, its password changed, the client disabled, or the person signed out. So the statement that begins
issuing asks for these conditions too (`update_while_allowed`), or a statement of its own does (`issuing`).

The user's row is held by a shared lock until the tokens are there. A transaction that ends all grants of a
user, or those of one sign-in, holds it alone (`hold_user`). One of the two is first, and the other sees the
result. Shared locks do not wait for each other, however many tokens one user gets.

The client's policy is read and not locked. Nothing is swept when a client is disabled: each use of a token
looks at the policy again. A lock would only make the administrator of a busy client wait.

Rows are locked in one order: user, consent, provider session, authorization (the one whose token is exchanged
before the one that is made of it), refresh tokens, access tokens. SQLite locks no rows: there the first write
of a transaction makes all other writers wait, and it has to come before the first question.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connections, models, transaction
from django.db.models import Exists, OuterRef, QuerySet

from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.core.locked_rows import ExistsLocked
from django_oauthflows.core.users import active_only, has_field
from django_oauthflows.sessions import noting
from django_oauthflows.statements import CompiledExists, CompiledUpdate
from django_oauthflows.tokens.issuing import LostRace
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.reading import Presented

#: Of an authorization, in a condition on it.
_ITS_CLIENT = OuterRef("application_id")


def _user_is_active(key: Any) -> ExistsLocked:
    """Return the condition that the account of this key is there and not closed; its row is held."""
    return ExistsLocked(_users(key))


def client_is_enabled(client: Any) -> Any:
    """Return the condition that the client of this key is not disabled."""
    return ~Exists(ClientPolicy.objects.filter(application_id=client, is_enabled=False))


def update_while_allowed(**unspent: Any) -> CompiledUpdate:
    """Return the UPDATE of a live authorization that begins issuing; `given` is the key of its user.

    It changes nothing where the account is closed or the client disabled, or `unspent` does not hold.
    """
    live = Authorization.objects.filter(revoked__isnull=True, **unspent)
    return CompiledUpdate(
        lambda user: live.filter(_user_is_active(user), client_is_enabled(_ITS_CLIENT)),
        given=_key_of_user,
    )


def _key_of_user() -> "models.Field[Any, Any]":
    """Return the field that names a user, for statements that are compiled once."""
    return _target_of(get_user_model()._meta.pk)


def _target_of(field: Any) -> "models.Field[Any, Any]":
    """Return the field that holds the value, where a foreign key names a row by it."""
    while field.remote_field is not None:
        field = field.target_field
    return field  # type: ignore[no-any-return]


@contextmanager
def issuing(*, user: Any, client: Any, using: str, sid: str = "") -> Iterator[None]:
    """Open the transaction in which a new authorization is inserted with its tokens.

    `user` is the account as it was when the decision was made, `client` the key of the client, and `sid` the
    sign-in that the decision was made in. Raises `LostRace` where the account is closed or has another
    password, the sign-in was ended, or the client disabled; then nothing is inserted.
    """
    with transaction.atomic(using=using):
        locks_rows = connections[using].features.has_select_for_update
        if locks_rows and not _may_begin(user, client, sid, using):
            raise LostRace
        yield
        if not locks_rows and not _may_begin(user, client, sid, using):
            raise LostRace


def issuing_from(presented: Presented, *, client: Any, using: str) -> AbstractContextManager[None]:
    """Open the transaction in which tokens are issued from what a client presents.

    Where that has an authorization, `update_while_allowed` has to be the first statement; where it has none,
    as a refresh token of django-oauth-toolkit, `issuing` asks.
    """
    if presented.authorization is not None:
        return transaction.atomic(using=using)
    return issuing(user=presented.person, client=client, using=using)


def hold_user(key: Any, using: str, *, leaves: bool = False) -> None:
    """Hold a user's row alone, before any of its grants is ended; `leaves` for a row that will be deleted."""
    features = connections[using].features
    if not features.has_select_for_update:
        return
    no_key = features.has_select_for_no_key_update and not leaves
    rows = get_user_model()._base_manager.using(using).select_for_update(no_key=no_key)
    rows.filter(pk=key).values_list("pk", flat=True).first()


def share_user(key: Any, using: str) -> None:
    """Hold a user's row by a shared lock, before a row that belongs to the user is locked."""
    if connections[using].features.has_select_for_update:
        users = get_user_model()._base_manager
        held = ExistsLocked(users.filter(pk=key))
        users.using(using).filter(held, pk=key).exists()


def _may_begin(user: Any, client: Any, sid: str, using: str) -> bool:
    known = {"password": user.password} if has_field("password") else {}
    allowed = _allowed().holds(using, user=user.pk, client=client, **known)
    # Afterwards: a sign-out holds the user before it notes that the sign-in has ended.
    return allowed and not noting.has_ended(sid)


@cache
def _allowed() -> CompiledExists:
    """Return the question whether a user with this password, whose row is held, and a client may begin."""

    def fields() -> "dict[str, models.Field[Any, Any]]":
        model: Any = get_user_model()
        password = {"password": model._meta.get_field("password")} if has_field("password") else {}
        client = ClientPolicy._meta.get_field("application")
        return {"user": _key_of_user(), "client": _target_of(client), **password}

    def build(user: Any, client: Any, **known: Any) -> QuerySet[Any]:
        held = ExistsLocked(_users(user).filter(**known))
        return get_user_model()._base_manager.filter(held, client_is_enabled(client), pk=user)

    return CompiledExists(build, fields=fields)


def _users(key: Any) -> Any:
    return active_only(get_user_model()._base_manager.filter(pk=key))
