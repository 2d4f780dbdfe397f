"""What is remembered of a person's yes, and how it is taken back."""

from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from django_oauthflows import dot, signals
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.conf import conf
from django_oauthflows.consent.models import Consent
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens import families


def remembered(client: ClientFacts, person: Any) -> frozenset[str] | None:
    """The scopes a person's live consent covers for a client; `None` where there is none."""
    consent = Consent.objects.live().filter(user=person, application_id=client.key).first()
    return None if consent is None else consent.scopes


def remember(
    client: ClientFacts,
    person: Any,
    *,
    asked: Collection[str],
    granted: Collection[str],
    request: HttpRequest,
) -> None:
    """Remember what a person just agreed to.

    Scopes they were asked for and left unticked are forgotten; those they were not asked for stay.
    """
    now = timezone.now()
    lifetime = conf.CONSENT_LIFETIME
    using = dot.token_database()
    with transaction.atomic(using=using):
        consents = Consent.objects.using(using)
        # Write first: SQLite lets no transaction that began by reading wait for its turn to write.
        consents.filter(user=person, application_id=client.key).update(updated=now)
        consent, _ = consents.select_for_update().get_or_create(
            user=person, application_id=client.key
        )
        earlier = (
            consent.scopes if consent.expires is None or consent.expires > now else frozenset()
        )
        consent.scope = " ".join(sorted((earlier - set(asked)) | set(granted)))
        consent.updated = now
        consent.expires = None if lifetime is None else now + timedelta(seconds=lifetime)
        consent.save(using=using)
        recorder.record(
            Event.CONSENT_GIVEN,
            application_key=client.key,
            client_id=client.client_id,
            user=person,
            request=request,
            detail={"asked": sorted(asked), "granted": sorted(granted)},
        )
    transaction.on_commit(
        partial(
            signals.consent_given.send_robust,
            sender=None,
            client_id=client.client_id,
            user_id=person.pk,
            scopes=frozenset(granted),
        ),
        using=using,
    )


def withdraw(
    application: Any, person: Any, *, by: Any = None, request: HttpRequest | None = None
) -> None:
    """Take a person's consent to a client back: it is asked again next time, and every token ends now.

    `by` and `request` say for the audit log who did it.
    """
    using = dot.token_database()
    with transaction.atomic(using=using):
        Consent.objects.using(using).filter(user=person, application_id=application.pk).delete()
        families.revoke_all(
            person=person,
            application_key=application.pk,
            reason="consent_withdrawn",
            by=by,
            request=request,
        )
        recorder.record(
            Event.CONSENT_WITHDRAWN, application=application, user=person, by=by, request=request
        )
    transaction.on_commit(
        partial(
            signals.consent_withdrawn.send_robust,
            sender=None,
            client_id=application.client_id,
            user_id=person.pk,
        ),
        using=using,
    )


def forget(application: Any) -> None:
    """Forget what people agreed to for a client that is not what they saw any more: each is asked again."""
    Consent.objects.using(dot.token_database()).filter(application_id=application.pk).delete()
