"""What of codes, tokens and grants may be deleted, and in which order.

A token that can still be used stays, and so does every spent one of its family: its coming again is the sign
of a theft (RFC 9700 §4.14.2). An authorization stays until nothing of it is left.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q

from django_oauthflows import dot
from django_oauthflows.batches import Ended, Rows
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.tokens import lifetimes
from django_oauthflows.tokens.models import Authorization


def ended_before(moment: datetime) -> Iterator[Ended]:
    """Everything that ended before `moment`: first what is referred to last."""
    using = dot.token_database()
    access, refresh = dot.access_token_model(), dot.refresh_token_model()
    expired, idle = Q(expires__lt=moment), _is_idle(moment)
    yield Ended(name="codes", model=dot.grant_model(), using=using, condition=expired)
    yield Ended(name="device codes", model=dot.device_grant_model(), using=using, condition=expired)
    yield Ended(
        name="access tokens",
        model=access,
        using=using,
        condition=expired & ~Q(Exists(_keeping_their_scope_here())),
        released_by=((refresh, "access_token_id"),),
    )
    yield Ended(
        name="ID tokens",
        model=dot.id_token_model(),
        using=using,
        condition=expired,
        # It would take an access token that is kept for its scope along.
        held_by=((access, "id_token_id"),),
    )
    yield Ended(
        name="refresh tokens",
        model=refresh,
        using=using,
        condition=_may_be_over(moment, idle),
        columns=("token_family",),
        kept=partial(_in_families_in_use, moment=moment, idle=idle, using=using),
        released_by=((access, "source_refresh_token_id"),),
    )
    yield Ended(
        name="grants",
        model=Authorization,
        using=using,
        condition=Q(created__lt=moment - timedelta(seconds=lifetimes.LONGEST_CODE))
        & (Q(last_used__isnull=True) | Q(last_used__lt=moment) | Q(expires__lt=moment))
        & (Q(revoked__isnull=True) | Q(revoked__lt=moment)),
        columns=("code_checksum", "first_access_checksum", "front_access_checksum"),
        kept=partial(_grants_in_use, moment=moment, idle=idle, using=using),
        # A refresh token without its grant would no longer know that the grant had ended.
        held_by=((refresh, "token_family"),),
    )


def _keeping_their_scope_here() -> Any:
    """Usable refresh tokens of django-oauth-toolkit's own: their scope stands nowhere else."""
    return (
        dot.refresh_token_model()
        ._base_manager.filter(access_token_id=OuterRef("pk"), revoked__isnull=True)
        .filter(~Exists(Authorization.objects.filter(pk=OuterRef("token_family"))))
    )


def _may_be_over(moment: datetime, idle: Q) -> Q:
    """Of a refresh token alone: used up, idle for too long, or of a grant that ended."""
    grant = Authorization.objects.filter(_is_over(moment), pk=OuterRef("token_family"))
    return Q(revoked__lt=moment) | idle | Q(Exists(grant))


def _is_over(moment: datetime) -> Q:
    return Q(revoked__lt=moment) | Q(expires__lt=moment)


def _is_idle(moment: datetime) -> Q:
    """Of a refresh token: unused for longer than its client's policy, or else the server, lets it be."""
    chosen = ClientPolicy.objects.exclude(refresh_token_idle_lifetime=None).order_by()
    idle = Q(pk__in=())
    for seconds in chosen.values_list("refresh_token_idle_lifetime", flat=True).distinct():
        clients = chosen.filter(refresh_token_idle_lifetime=seconds).values("application")
        idle |= Q(application_id__in=clients, created__lt=moment - timedelta(seconds=seconds or 0))
    begin = lifetimes.idle_beginning(moment)
    if begin is None:
        return idle
    return idle | (Q(created__lt=begin) & ~Q(application_id__in=chosen.values("application")))


def _in_families_in_use(rows: Rows, *, moment: datetime, idle: Q, using: str) -> Collection[Any]:
    """The refresh tokens among `rows` whose family has a member that may still be used."""
    families = {family for _, family in rows if family is not None}
    in_use = _families_in_use(families, moment, idle, using)
    alone = [key for key, family in rows if family is None]
    tokens = dot.refresh_token_model()._base_manager.using(using)
    with_access = tokens.filter(_has_live_access(moment), pk__in=alone)
    return {key for key, family in rows if family in in_use} | set(
        with_access.values_list("pk", flat=True)
    )


def _families_in_use(families: Collection[Any], moment: datetime, idle: Q, using: str) -> set[Any]:
    over = set(
        Authorization.objects.using(using)
        .order_by()
        .filter(_is_over(moment), pk__in=families)
        .values_list("pk", flat=True)
    )
    tokens = dot.refresh_token_model()._base_manager.using(using)
    usable = tokens.filter(token_family__in=set(families) - over).exclude(
        Q(revoked__isnull=False, revoked__lt=moment) | idle
    )
    with_access = tokens.filter(_has_live_access(moment), token_family__in=families)
    return {
        *usable.values_list("token_family", flat=True),
        *with_access.values_list("token_family", flat=True),
    }


def _has_live_access(moment: datetime) -> Q:
    """Of a refresh token: an access token that came with or of it has not ended; it is found through it."""
    access = dot.access_token_model()._base_manager.filter(expires__gte=moment)
    return Q(Exists(access.filter(pk=OuterRef("access_token_id")))) | Q(
        Exists(access.filter(source_refresh_token_id=OuterRef("pk")))
    )


def _grants_in_use(rows: Rows, *, moment: datetime, idle: Q, using: str) -> Collection[Any]:
    """The authorizations among `rows` of which a code, a token or what was made of one may still be used."""
    keys = [row[0] for row in rows]
    in_use = _families_in_use(keys, moment, idle, using) | _parents_in_use(keys, moment, using)
    waiting = [row[1] for row in rows]
    codes = _present(dot.grant_model(), "code", waiting, moment, using)
    codes |= _present(dot.device_grant_model(), "device_code", waiting, moment, using)
    earned = [checksum for row in rows for checksum in row[2:]]
    access = _present(dot.access_token_model(), "token_checksum", earned, moment, using)
    return (
        in_use
        | _awaiting_a_sign_out([row[0] for row in rows], moment, using)
        | {
            key
            for key, code, *checksums in rows
            if code in codes or not access.isdisjoint(checksums)
        }
    )


def _awaiting_a_sign_out(keys: Sequence[Any], moment: datetime, using: str) -> set[Any]:
    """Grants of clients that want to know when the sign-in they were given in ends, as long as it lasts."""
    policy = "application__oauthflows_policy__"
    wants = Q(**{f"{policy}backchannel_logout_uri__gt": ""}) | Q(
        **{f"{policy}frontchannel_logout_uri__gt": ""}
    )
    lasting = ProviderSession.objects.filter(ended__isnull=True, expires__gte=moment)
    rows = Authorization.objects.using(using).order_by()
    rows = rows.filter(wants, pk__in=keys, sid__in=lasting.values("sid"))
    return set(rows.values_list("pk", flat=True))


def _parents_in_use(keys: Collection[Any], moment: datetime, using: str) -> set[Any]:
    """Whose exchanged tokens may still be used: who ends the parent, or asks who acts, has to find them."""
    children = Authorization.objects.using(using).order_by().filter(parent__in=keys)
    return set(children.exclude(_is_over(moment)).values_list("parent", flat=True))


def _present(
    model: Any, column: str, values: Sequence[Any], moment: datetime, using: str
) -> frozenset[Any]:
    found = model._base_manager.using(using).filter(
        **{f"{column}__in": [value for value in values if value]}, expires__gte=moment
    )
    return frozenset(found.values_list(column, flat=True))
