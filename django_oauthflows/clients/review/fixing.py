"""One click: what it would change, shown first, and changed only as it was shown."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from django.db import models, router, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.review.base import Finding
from django_oauthflows.clients.review.gathering import all_applications, review_of
from django_oauthflows.flows import catalogue


class NothingToFix(Exception):
    """The finding is gone, or one click cannot mend it."""


class NotAsShown(Exception):
    """The client has changed since the person looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One column of a client's policy: what it holds, and what it would hold."""

    column: str
    title: str
    old: Any
    new: Any

    @property
    def old_text(self) -> str:
        return _as_text(self.column, self.old)

    @property
    def new_text(self) -> str:
        return _as_text(self.column, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a fix would change. `seal` stands for all of it, so that nothing else can be changed instead."""

    finding: Finding
    changes: tuple[Change, ...]
    seal: str


def preview(application: Any, name: str) -> Preview:
    """What the fix of a finding would change now. Raises `NothingToFix`."""
    finding = next((one for one in review_of(application).findings if one.name == name), None)
    if finding is None or not finding.changes:
        raise NothingToFix
    changes = tuple(
        Change(
            column=column,
            title=_title_of(column),
            old=getattr(application.oauthflows_policy, column),
            new=new,
        )
        for column, new in finding.changes.items()
        if getattr(application.oauthflows_policy, column) != new
    )
    if not changes:
        raise NothingToFix
    return Preview(finding=finding, changes=changes, seal=_seal(finding.name, changes))


def fix(key: Any, name: str, *, seal: str, request: HttpRequest) -> Preview:
    """Change what was shown, and nothing else. Raises `NothingToFix` or `NotAsShown`."""
    database = router.db_for_write(ClientPolicy)
    with transaction.atomic(using=database):
        # Locked alone: the outer joins of the application's own row cannot be, on PostgreSQL.
        ClientPolicy.objects.using(database).select_for_update().filter(application_id=key).first()
        application = all_applications().using(database).get(pk=key)
        shown = preview(application, name)
        if shown.seal != seal:
            raise NotAsShown
        policy: ClientPolicy = application.oauthflows_policy
        for change in shown.changes:
            setattr(policy, change.column, change.new)
        policy.save(update_fields=[*(change.column for change in shown.changes), "updated"])
        recorder.record(
            Event.CLIENT_CHANGED,
            application=application,
            user=request.user,
            request=request,
            detail={
                "finding": name,
                "changed": {change.column: [change.old, change.new] for change in shown.changes},
            },
        )
    return shown


def _as_text(column: str, value: Any) -> str:
    """A value as a person reads it: names of flows, words instead of true, false and nothing."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value == "":
        return _("(the server's)") if "lifetime" in column or "_alg" in column else _("(none)")
    if column == "flows":
        value = [flow.name for flow in catalogue.FLOWS if flow.slug in value]
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or _("(none)")
    if "lifetime" in column:
        return _("%d seconds") % int(value)
    return str(value)


def _title_of(column: str) -> str:
    field = cast("models.Field[Any, Any]", ClientPolicy._meta.get_field(column))
    return str(field.verbose_name)


def _seal(name: str, changes: tuple[Change, ...]) -> str:
    told = [name, *((change.column, change.old, change.new) for change in changes)]
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
