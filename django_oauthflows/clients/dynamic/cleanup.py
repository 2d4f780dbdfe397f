"""Clients that made themselves known and were never used: which they are, and that they may go."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models, router
from django.db.models import Exists, OuterRef, Q

from django_oauthflows import dot
from django_oauthflows.batches import Ended
from django_oauthflows.clients.dynamic.models import ClientRegistration
from django_oauthflows.core import clock


def unused() -> Q:
    """Of applications: made itself known, and holds no grant and no token, nor was ever seen to hold one."""
    return Q(
        ~_holds(),
        oauthflows_registration__isnull=False,
        oauthflows_registration__used__isnull=True,
        oauthflows_policy__is_verified=False,
    )


def note_used() -> int:
    """Remember who got a grant or a token, before those that ended are deleted; how many are new."""
    used = dot.application_model()._default_manager.filter(_holds())
    rows = ClientRegistration.objects.filter(used__isnull=True, application__in=used.values("pk"))
    return rows.update(used=clock.now())


def unused_since(moment: datetime) -> Iterator[Ended]:
    """Clients that made themselves known before `moment` and were never used."""
    model = dot.application_model()
    yield Ended(
        name="unused clients",
        model=model,
        using=router.db_for_write(model),
        condition=unused() & Q(oauthflows_registration__issued__lt=moment),
    )


def _holds() -> Q:
    """Does an application hold a grant, a token or a code?"""
    authorizations: Any = dot.application_model()._meta.get_field("oauthflows_authorizations")
    kinds: tuple[type[models.Model], ...] = (
        authorizations.related_model,
        dot.access_token_model(),
        dot.refresh_token_model(),
        dot.grant_model(),
    )
    holds = Q()
    for kind in kinds:
        holds |= Q(Exists(kind._default_manager.filter(application_id=OuterRef("pk"))))
    return holds
