"""Keeping what was found of each client: after each change of one, and by the daily cleanup for all.

What changes without a row being saved (a day passing, a setting, an owner who leaves, `QuerySet.update`) is
found by the latter.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from asgiref.local import Local
from django.db import IntegrityError, connections, models, router, transaction

from django_oauthflows import dot
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.clients.review.catalogue import Review
from django_oauthflows.clients.review.gathering import all_applications, reviews_of
from django_oauthflows.clients.review.models import ClientReview
from django_oauthflows.core import clock
from django_oauthflows.core.after_commit import after_commit
from django_oauthflows.core.model_signals import listen_to_rows

#: Clients written in one transaction.
_BATCH = 500

_waiting = Local()


def review_again(among: "models.QuerySet[Any] | None" = None) -> int:
    """Review these applications, or all there are, and keep what is found; how many those were."""
    found = reviews_of(all_applications(among).iterator(chunk_size=_BATCH))
    count = 0
    while batch := list(islice(found, _BATCH)):
        count += _keep(batch)
    return count


def watch() -> None:
    """Review a client again whenever it, its policy or a secret of its was saved or deleted here."""
    for sender in (dot.application_model(), ClientPolicy, ClientSecret):
        for signal in (models.signals.post_save, models.signals.post_delete):
            listen_to_rows(signal, _changed, sender, uid="oauthflows-review")


def _changed(instance: Any, using: str, **_: Any) -> None:
    """Once what belongs together was saved; whatever goes wrong then is logged, and breaks no request."""
    key = getattr(instance, "application_id", instance.pk)
    _keys().add(key)
    after_commit(_review_one, key, using=using)


def _review_one(key: Any) -> None:
    """Once, however many of a client's rows were saved in the same transaction."""
    if key in _keys():
        _keys().discard(key)
        one = all_applications().using(router.db_for_write(ClientReview)).filter(pk=key)
        _keep(list(reviews_of(one, keys=[key])))


def _keys() -> set[Any]:
    if not hasattr(_waiting, "keys"):
        _waiting.keys = set()
    keys: set[Any] = _waiting.keys
    return keys


def _keep(found: Sequence[Review]) -> int:
    now = clock.now()
    rows = [
        ClientReview(application_id=one.key, score=one.score, worst=one.worst.value, computed=now)
        for one in found
    ]
    try:
        _write(rows)
    except IntegrityError:  # some of the clients were deleted meanwhile
        there = dot.application_model()._default_manager.filter(pk__in=[one.key for one in found])
        left = frozenset(there.values_list("pk", flat=True))
        _write([row for row in rows if row.application_id in left])
    return len(rows)


def _write(rows: Iterable[ClientReview]) -> None:
    using = router.db_for_write(ClientReview)
    has_target = connections[using].features.supports_update_conflicts_with_target
    with transaction.atomic(using=using):
        ClientReview.objects.using(using).bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["application"] if has_target else None,
            update_fields=["score", "worst", "computed"],
        )
