"""What the questions are asked about, read for many clients at once: a statement per table."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet

from django_oauthflows import dot
from django_oauthflows.clients.facts import facts_of
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.clients.review.base import KeptSecret, Lifetimes, Reviewed, Use
from django_oauthflows.clients.review.catalogue import Review, review
from django_oauthflows.conf import conf
from django_oauthflows.core import clock, users
from django_oauthflows.core.text import flaw_of


def reviews_of(
    applications: Iterable[Any], *, keys: Collection[Any] | None = None, with_use: bool = False
) -> Iterator[Review]:
    """The review of each application; `keys` are theirs where they are not all.

    One statement for their secrets; `with_use` asks the tables of grants and tokens too, which may be long:
    two more, and notes about what is used.
    """
    secrets = _secrets(keys)
    use = _use(keys) if with_use else None
    server, now = _lifetimes(), clock.now()
    for application in applications:
        own = secrets.get(application.pk, [])
        yield review(
            Reviewed(
                client=facts_of(application, own),
                now=now,
                server=server,
                secrets=tuple(_kept(secret) for secret in own if secret.is_live),
                owner_is_active=application.user is None or users.is_active(application.user),
                name_is_legible=not application.name or flaw_of(application.name) is None,
                use=None if use is None else use.get(application.pk, Use()),
            )
        )


def review_of(application: Any) -> Review:
    """The review of one application, with what it uses."""
    return next(reviews_of([application], keys=[application.pk], with_use=True))


def all_applications(among: "QuerySet[Any] | None" = None) -> "QuerySet[Any]":
    """The applications with what a review reads of them."""
    found = dot.application_model()._default_manager.all() if among is None else among
    return found.select_related("oauthflows_policy", "user").order_by("pk")


def _secrets(keys: Collection[Any] | None) -> dict[Any, list[ClientSecret]]:
    found: dict[Any, list[ClientSecret]] = defaultdict(list)
    for secret in _of(ClientSecret.objects.all(), keys):
        found[secret.application_id].append(secret)
    return found


def _use(keys: Collection[Any] | None) -> dict[Any, Use]:
    """Grants say which scopes are used: they last, while a cleaned-up table of tokens remembers an hour."""
    # The table of grants stands above this part; the application leads to it.
    relation: Any = dot.application_model()._meta.get_field("oauthflows_authorizations")
    grants = _of(relation.related_model._default_manager.all(), keys).order_by()
    scopes: dict[Any, set[str]] = defaultdict(set)
    since: dict[Any, datetime] = {}
    for key, scope, first in grants.values_list("application_id", "scope").annotate(Min("created")):
        scopes[key].update(scope.split())
        since[key] = min(first, since.get(key, first))
    tokens = dot.access_token_model()._default_manager.filter(expires__gt=clock.now())
    live = _of(tokens, keys).order_by().values_list("application_id").annotate(Count("pk"))
    counted = dict(live)
    return {
        key: Use(
            live_tokens=counted.get(key, 0),
            scopes=frozenset(scopes.get(key, ())),
            since=since.get(key),
        )
        for key in counted.keys() | scopes.keys()
    }


def _of(rows: "QuerySet[Any]", keys: Collection[Any] | None) -> "QuerySet[Any]":
    return rows if keys is None else rows.filter(application_id__in=keys)


def _kept(secret: ClientSecret) -> KeptSecret:
    return KeptSecret(
        label=secret.label,
        created=secret.created,
        expires=secret.expires,
        last_used=secret.last_used,
        is_readable=bool(secret.sealed),
    )


def _lifetimes() -> Lifetimes:
    idle = dot.setting("REFRESH_TOKEN_EXPIRE_SECONDS")
    seconds = idle.total_seconds() if isinstance(idle, timedelta) else idle
    return Lifetimes(
        access_token=dot.longest_access_token_seconds(),
        refresh_token_idle=int(seconds) if seconds else None,
        refresh_token_absolute=conf.REFRESH_TOKEN_ABSOLUTE_LIFETIME,
    )
