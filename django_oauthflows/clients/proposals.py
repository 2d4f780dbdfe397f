"""Changing columns of a client's policy: shown first, and changed only as it was shown."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, cast

from django.db import models, router, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from django_oauthflows import dot
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import profiles
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.flows import catalogue


class NothingToChange(Exception):
    """It is so already, or cannot be changed in this way."""


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
class Proposal:
    """Changes under a name. `seal` stands for all of it, so that nothing else can be changed instead."""

    name: str
    changes: tuple[Change, ...]

    @property
    def seal(self) -> str:
        told = [self.name, *((change.column, change.old, change.new) for change in self.changes)]
        return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    @property
    def wanted(self) -> dict[str, Any]:
        """The new values by column."""
        return {change.column: change.new for change in self.changes}


def propose(policy: ClientPolicy, name: str, wanted: Mapping[str, Any]) -> Proposal:
    """What the wanted values would change. Raises `NothingToChange`."""
    changes = tuple(
        Change(column=column, title=_title_of(column), old=getattr(policy, column), new=new)
        for column, new in wanted.items()
        if getattr(policy, column) != new
    )
    if not changes:
        raise NothingToChange
    return Proposal(name=name, changes=changes)


def change(
    key: Any,
    proposed: Callable[[Any], Proposal],
    *,
    seal: str,
    request: HttpRequest,
    reason: Mapping[str, str],
) -> Proposal:
    """Change what was shown of an application, and nothing else.

    `proposed` is asked again of the application as it is by now; `reason` goes into the record. Raises
    `NothingToChange` or `NotAsShown`.
    """
    database = router.db_for_write(ClientPolicy)
    with transaction.atomic(using=database):
        # Locked alone: the outer joins of the application's own row cannot be, on PostgreSQL.
        ClientPolicy.objects.using(database).select_for_update().filter(application_id=key).first()
        rows = dot.application_model()._default_manager.using(database)
        application: Any = rows.select_related("oauthflows_policy", "user").get(pk=key)
        shown = proposed(application)
        if shown.seal != seal:
            raise NotAsShown
        policy: ClientPolicy = application.oauthflows_policy
        for column, value in shown.wanted.items():
            setattr(policy, column, value)
        policy.save(update_fields=[*shown.wanted, "updated"])
        changed = {one.column: [one.old, one.new] for one in shown.changes}
        recorder.record(
            Event.CLIENT_CHANGED,
            application=application,
            request=request,
            detail={**reason, "changed": changed},
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
    if column == "profile" and value in profiles.BY_SLUG:
        return str(profiles.BY_SLUG[value].title)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or _("(none)")
    if "lifetime" in column:
        return _("%d seconds") % int(value)
    return str(value)


def _title_of(column: str) -> str:
    field = cast("models.Field[Any, Any]", ClientPolicy._meta.get_field(column))
    return str(field.verbose_name)
