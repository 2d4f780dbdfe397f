"""What is remembered of a person's yes, and how it is taken back."""

from datetime import timedelta
from typing import Any

from django.db import connections, transaction
from django.db.models import F
from django.http import HttpRequest

from django_oauthflows import dot, signals
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.conf import conf, project_settings
from django_oauthflows.consent.models import Consent, ConsentQuerySet
from django_oauthflows.consent.remembered import NOTHING_YET, RememberedConsent
from django_oauthflows.consent.scope import ConsentScope
from django_oauthflows.core import clock
from django_oauthflows.core.after_commit import after_commit
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens import families
from django_oauthflows.tokens.issuing_conditions import hold_user, share_user


def remembered(client: ClientFacts, person: Any) -> RememberedConsent | None:
    """Return what a person's live consent to a client stands for; `None` where there is none.

    Read from the database that is written to: a replica may not know yet of a withdrawal.
    """
    if _lifetime() == 0:
        # Nor does a consent from before the site wanted that.
        return None
    consent = _rows(client.key, person).live().first()
    return None if consent is None else consent.remembered


def remembered_and_locked(client: ClientFacts, person: Any) -> RememberedConsent | None:
    """Return the same, and let no withdrawal pass until the transaction ends.

    All that is issued in this transaction is there when a withdrawal goes on, which then ends it.
    """
    share_user(person.pk, dot.token_database())
    consent = _locked(_rows(client.key, person))
    return consent.remembered if consent is not None and consent.is_live else None


def _lifetime() -> int | None:
    """Return how long a yes counts, in seconds: by our setting, else 0 where DOT's asks each time."""
    if "CONSENT_LIFETIME" not in project_settings() and dot.asks_each_time():
        return 0
    return conf.CONSENT_LIFETIME


def _rows(application_key: Any, person: Any) -> ConsentQuerySet:
    rows = ConsentQuerySet(Consent, using=dot.token_database())
    return rows.filter(user=person, application_id=application_key)


def _locked(rows: ConsentQuerySet) -> Consent | None:
    """Return the one row of these, locked until the transaction ends; `None` where there is none.

    Always locked by its key: InnoDB locks the index a row is found by as well, and two that found it by
    different ones would wait for each other.
    """
    if not connections[rows.db].features.has_select_for_update:
        # SQLite: a transaction that begins by reading cannot wait for its turn to write.
        rows.update(updated=F("updated"))
        return rows.first()
    key = rows.values_list("pk", flat=True).first()
    return None if key is None else _by_key(rows, key).select_for_update().first()


def _by_key(rows: ConsentQuerySet, key: int) -> ConsentQuerySet:
    return ConsentQuerySet(Consent, using=rows.db).filter(pk=key)


def remember(
    client: ClientFacts,
    person: Any,
    *,
    asked: ConsentScope,
    granted: ConsentScope,
    request: HttpRequest,
) -> None:
    """Remember what a person just agreed to: `granted` is what they ticked of what was `asked`.

    Scopes they were asked for and left unticked are forgotten; those they were not asked for stay.
    """
    now = clock.now()
    lifetime = _lifetime()
    using = dot.token_database()
    with transaction.atomic(using=using):
        share_user(person.pk, using)
        consent = _locked_or_new(client, person)
        after = (consent.remembered if consent.is_live else NOTHING_YET).after(asked, granted)
        consent.scope = " ".join(sorted(after.shown_before))
        consent.pages = [page.as_json() for page in after.pages]
        consent.updated = now
        consent.expires = None if lifetime is None else now + timedelta(seconds=lifetime)
        consent.save(using=using)
        recorder.record(
            Event.CONSENT_GIVEN,
            application_key=client.key,
            client_id=client.client_id,
            user=person,
            request=request,
            detail={"asked": sorted(asked.all_scopes), "granted": sorted(granted.all_scopes)},
        )
    after_commit(
        signals.consent_given.send_robust,
        using=using,
        sender=None,
        client_id=client.client_id,
        user_id=person.pk,
        scopes=granted.all_scopes,
    )


def _locked_or_new(client: ClientFacts, person: Any) -> Consent:
    rows = _rows(client.key, person)
    consent = _locked(rows)
    if consent is None:
        consent, is_new = rows.get_or_create(user=person, application_id=client.key)
        if not is_new:
            # Somebody was faster: the row is read again once they are done.
            consent = _locked(rows) or consent
    return consent


def withdraw(
    application: Any, person: Any, *, by: Any = None, request: HttpRequest | None = None
) -> None:
    """Take a person's consent to a client back: it is asked again next time, and every token ends now.

    `by` and `request` say for the audit log who did it.
    """
    using = dot.token_database()
    with transaction.atomic(using=using):
        # First, as everywhere: the user, then what belongs to them.
        hold_user(person.pk, using)
        consent = _locked(_rows(application.pk, person))
        if consent is not None:
            consent.delete()
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
    after_commit(
        signals.consent_withdrawn.send_robust,
        using=using,
        sender=None,
        client_id=application.client_id,
        user_id=person.pk,
    )


def forget(application: Any, *, by: Any = None, request: HttpRequest | None = None) -> None:
    """Forget what people agreed to for a client that is not what they saw any more: each is asked again."""
    rows = Consent.objects.using(dot.token_database()).filter(application_id=application.pk)
    if count := rows.delete()[0]:
        recorder.record(
            Event.CONSENTS_FORGOTTEN,
            application=application,
            by=by,
            request=request,
            detail={"people": count},
        )
