"""Marks of trust, and the changes of a client that take them back (RFC 7592 §2.2, RFC 9700 §4.1).

An administrator verifies a client, or makes it first-party, as they know it: by its name, and by the places
it leads people to. Somebody who may not give these marks must not be able to carry them over to another name
or another place. Else the owner of a first-party client could change its redirect URI, and everybody's code
would go there without a page.

`MEMBERS` declares which members of a client count. A new column that people see, or are sent to, is added
there, and every way to change a client follows.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import router
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot, own_scopes
from django_oauthflows.clients import gifts
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.rules.uri_origins import origin_of_uri


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of a client that people see, are sent to, or know it by.

    `in_policy` holds for a column of the policy; the others are columns of DOT's application. Of `is_address`
    the origin counts for those who look after a client: another path on the same host is the same place.
    `only_itself` holds for what an owner may replace as they replace a secret, and a client may not that
    registered itself.
    """

    name: str
    in_policy: bool = True
    is_address: bool = False
    only_itself: bool = False


MEMBERS = (
    Member(name="name", in_policy=False),
    Member(name="redirect_uris", in_policy=False, is_address=True),
    Member(name="post_logout_redirect_uris", in_policy=False, is_address=True),
    Member(name="translations"),
    Member(name="client_uri", is_address=True),
    Member(name="logo_uri", is_address=True),
    Member(name="policy_uri", is_address=True),
    Member(name="tos_uri", is_address=True),
    Member(name="initiate_login_uri", is_address=True),
    Member(name="frontchannel_logout_uri", is_address=True),
    Member(name="application_type", only_itself=True),
    Member(name="authentication_method", only_itself=True),
    Member(name="subject_type", only_itself=True),
    Member(name="jwks", only_itself=True),
    Member(name="jwks_uri", only_itself=True),
    Member(name="backchannel_logout_uri", only_itself=True),
    Member(name="request_uris", only_itself=True),
    Member(name="sector_identifier_uri", only_itself=True),
)

#: The marks, as columns of the policy, and of DOT's application where there is no policy.
MARKS = ("is_verified", "skips_consent")
_MARK_OF_DOT = "skip_authorization"
_SCOPES = ("scopes", "required_scopes")

#: The message to somebody whose change took them back.
TAKEN_BACK = _(
    "The client has another name or leads to another place now: it is neither verified nor first-party any "
    "more. Somebody who may change its policy can make it so again."
)

#: The values of `MEMBERS` by name.
Snapshot = Mapping[str, Any]


def snapshot(application: Any) -> Snapshot:
    """Return what a client is known by now, to be compared after a change."""
    policy = _policy_of(application)
    return {
        member.name: _value(policy if member.in_policy else application, member.name)
        for member in MEMBERS
    }


def snapshot_in_database(application: Any) -> Snapshot:
    """Return the same of the row as it is stored, whatever a form has put into this instance."""
    return snapshot(_stored(application))


def changed_members(before: Snapshot, after: Snapshot, *, by_itself: bool) -> tuple[str, ...]:
    """Return the names of the members that changed so much that no mark holds any longer.

    A change `by_itself` is any change: nobody of this site looked at it.
    """
    return tuple(
        member.name
        for member in MEMBERS
        if (by_itself or not member.only_itself)
        and _differs(member, before[member.name], after[member.name], by_itself=by_itself)
    )


def keep_or_take_back(application: Any, before: Snapshot, *, by: Any) -> tuple[str, ...]:
    """Take back the marks of a client that is another one now, and return their names.

    A person who may give the marks keeps them. `by` is anybody else: a person without that permission, or a
    client of the management API, which gives no marks either.
    """
    if _may_give_marks(by):
        return ()
    stored = _stored(application)
    if not changed_members(before, snapshot(stored), by_itself=False):
        return ()
    return take_back(stored)


def take_back(application: Any) -> tuple[str, ...]:
    """Take back every mark of a client, and return the names of those it had.

    Scopes that manage other clients go with them: an administrator gave them to the client they knew.
    """
    policy = _policy_of(application)
    had = [] if policy is None else _take_back_from(policy)
    if application.skip_authorization:
        application.skip_authorization = False
        application.save(update_fields=[_MARK_OF_DOT, "updated"])
        had.append(_MARK_OF_DOT)
    return tuple(had)


def _take_back_from(policy: ClientPolicy) -> list[str]:
    had = [name for name in MARKS if getattr(policy, name)]
    for name in had:
        setattr(policy, name, False)
    if over_others := own_scopes.management_among(policy.scopes):
        for name in _SCOPES:
            left = [scope for scope in getattr(policy, name) if scope not in over_others]
            setattr(policy, name, left)
        had += _SCOPES
    if had:
        policy.save(update_fields=[*had, "updated"])
    return had


def detail_of(lost: Collection[str]) -> dict[str, list[str]]:
    """Return what the audit log says of it; nothing where nothing was lost."""
    return {"marks_taken_back": sorted(lost)} if lost else {}


def _may_give_marks(by: Any) -> bool:
    return hasattr(by, "has_perm") and gifts.may_give_freely(by)


def _stored(application: Any) -> Any:
    """Return the row with its policy, read from the database that is written to."""
    model = dot.application_model()
    rows = model._default_manager.using(router.db_for_write(model))
    return rows.select_related("oauthflows_policy").get(pk=application.pk)


def _policy_of(application: Any) -> ClientPolicy | None:
    return getattr(application, "oauthflows_policy", None)


def _value(row: Any, name: str) -> Any:
    """A column's value; a client without a policy has none, which equals one that is empty."""
    return (getattr(row, name) if row is not None else None) or ""


def _differs(member: Member, before: Any, after: Any, *, by_itself: bool) -> bool:
    if by_itself or not member.is_address:
        return bool(before != after)
    return not _origins(after) <= _origins(before)


def _origins(value: Any) -> frozenset[str]:
    uris: Iterable[str] = value.split() if isinstance(value, str) else value
    return frozenset(origin_of_uri(uri) for uri in uris)
