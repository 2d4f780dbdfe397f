"""Who may do what to which client: the one place the admin and the API ask.

Django's permissions hold for all clients. A delegated owner holds one permission, `manage_own_clients`, which
reaches the clients that are their own: `application.user` is an owner, and whoever else `ClientOwner` names.
Owners look after a client; what gives it more than an administrator gave it is not theirs to change.
A client that manages others is a way to manage them, for everybody who can give it a secret, an address or a
key (RFC 6819 §5.1.5.1): `GIVES` of such a client needs `CHANGE_POLICY` as well.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.contrib.auth import get_permission_codename, get_user_model
from django.db.models import Model, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Replace

from django_oauthflows import dot, own_scopes
from django_oauthflows.audit.events import Event
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientOwner, ClientPolicy

MANAGE_OWN = "oauthflows.manage_own_clients"


class Deed(StrEnum):
    """What can be done to a client.

    `CHANGE` is its name, addresses and keys (`CHANGEABLE`, of its policy); `CHANGE_POLICY` is whatever gives
    it more, its owners too. `ROTATE` adds and replaces secrets, `RETIRE` ends them. `REVOKE` ends its grants
    and tokens.
    """

    VIEW = "view"
    ADD = "add"
    CHANGE = "change"
    CHANGE_POLICY = "change-policy"
    ROTATE = "rotate"
    RETIRE = "retire"
    DELETE = "delete"
    REVOKE = "revoke"
    SEE_AUDIT = "see-audit"
    MASS_REVOKE = "mass-revoke"


#: What owners may do to their own clients.
OF_OWNERS = frozenset(
    {Deed.VIEW, Deed.CHANGE, Deed.ROTATE, Deed.RETIRE, Deed.REVOKE, Deed.SEE_AUDIT}
)

#: Deeds that give a client a secret, an address or a key, or change one.
GIVES = frozenset({Deed.CHANGE, Deed.ROTATE})

#: The columns of a client's policy that `CHANGE` is enough for. All others, and those still to come, give a
#: client more or less than it was given: they need `CHANGE_POLICY`.
CHANGEABLE = frozenset(
    {
        "jwks",
        "jwks_uri",
        "client_uri",
        "logo_uri",
        "policy_uri",
        "tos_uri",
        "initiate_login_uri",
        "request_uris",
        "backchannel_logout_uri",
        "frontchannel_logout_uri",
    }
)

#: The permissions of ours that allow a deed to every client; those of DOT's model are in `_needed`.
_OURS: Mapping[Deed, str] = {
    Deed.ROTATE: "oauthflows.rotate_clientsecret",
    Deed.RETIRE: "oauthflows.rotate_clientsecret",
    Deed.REVOKE: "oauthflows.delete_authorization",
    Deed.SEE_AUDIT: "oauthflows.view_auditevent",
    Deed.MASS_REVOKE: "oauthflows.mass_revoke_authorization",
}


def may(person: Any, deed: Deed, application: Model | None = None) -> bool:
    """May this person do it to this client; without one, to any client at all?"""
    if application is not None and _is_kept_from(person, deed) and manages_others(application):
        return False
    if may_to_all(person, deed):
        return True
    if deed not in OF_OWNERS or not manages_own(person):
        return False
    return application is None or is_owner(person, application)


def may_to_all(person: Any, deed: Deed) -> bool:
    """Do Django's permissions allow it to every client?"""
    return any(
        all(person.has_perm(permission) for permission in needed) for needed in _needed(deed)
    )


def within_reach(person: Any, deed: Deed, applications: Any = None) -> QuerySet[Any]:
    """The clients, of these or of all, that this person may do it to."""
    clients: Any = dot.application_model()._default_manager.all()
    rows: QuerySet[Any] = clients if applications is None else applications
    if _is_kept_from(person, deed):
        rows = rows.exclude(pk__in=_policies_over_others().values("application_id"))
    if may_to_all(person, deed):
        return rows
    if deed not in OF_OWNERS or not manages_own(person):
        return rows.none()
    return rows.filter(_is_own(person))


def manages_others(application: Any) -> bool:
    """Does the client hold a scope that reaches beyond the people who granted it?"""
    policy: ClientPolicy | None = getattr(application, "oauthflows_policy", None)
    return policy is not None and bool(own_scopes.management_among(policy.scopes))


def rows_within_reach(
    person: Any, rows: QuerySet[Any], permission: str, *, path: str = "application"
) -> QuerySet[Any]:
    """Rows that belong to clients: all of them with Django's permission, else those of one's own clients.

    `path` leads from a row to its client. What an owner may do to such rows is `OF_OWNERS`'.
    """
    return rows if person.has_perm(permission) else own_rows(person, rows, path=path)


def own_rows(person: Any, rows: QuerySet[Any], *, path: str = "application") -> QuerySet[Any]:
    """Rows of the clients that this person manages as their owner."""
    if not manages_own(person):
        return rows.none()
    return rows.filter(**{f"{path}__in": own_clients(person).values("pk")})


def events_within_reach(person: Any, events: Any = None) -> QuerySet[AuditEvent]:
    """What this person may read of the audit log.

    An owner reads what happened to their clients, and what was refused to whoever used their client ID.
    """
    rows = AuditEvent.objects.all() if events is None else events
    if may_to_all(person, Deed.SEE_AUDIT):
        return rows
    if not manages_own(person):
        return rows.none()
    own = own_clients(person)
    named = Q(
        event=Event.REQUEST_REFUSED,
        application__isnull=True,
        client_id__in=own.values("client_id"),
    )
    return rows.filter(Q(application__in=own.values("pk")) | named)


def manages_own(person: Any) -> bool:
    """Does owning a client mean anything for this person? Without the permission it does not."""
    return bool(person.has_perm(MANAGE_OWN))


def is_owner(person: Any, application: Any) -> bool:
    """Is this client the person's own, whatever that allows them?"""
    if person.pk is None or application is None:
        return False
    if application.user_id == person.pk:
        return True
    return ClientOwner.objects.filter(application_id=application.pk, user_id=person.pk).exists()


def own_clients(person: Any) -> QuerySet[Any]:
    """The clients that are this person's own."""
    return dot.application_model()._default_manager.filter(_is_own(person)).order_by()


def owners_of(application: Any) -> QuerySet[Any]:
    """The people who own a client, its `user` among them."""
    named = ClientOwner.objects.filter(application_id=application.pk).values("user_id")
    people = get_user_model()._default_manager
    return people.filter(Q(pk=application.user_id) | Q(pk__in=named))


def owner_of_new(person: Any) -> Any:
    """Who owns a client this person adds: they themselves, where it were out of their reach otherwise."""
    return person if manages_own(person) and not may_to_all(person, Deed.CHANGE) else None


def _is_own(person: Any) -> Q:
    named = ClientOwner.objects.filter(user_id=person.pk).values("application_id")
    return Q(user_id=person.pk) | Q(pk__in=named)


def _is_kept_from(person: Any, deed: Deed) -> bool:
    """Is this a deed that the person may not do to a client that manages others?"""
    return deed in GIVES and not may_to_all(person, Deed.CHANGE_POLICY)


def _policies_over_others() -> QuerySet[ClientPolicy]:
    """The policies of the clients that `manages_others` holds for: the list is read as text."""
    text: Any = Cast("scopes", TextField())
    for scope in own_scopes.SELF:
        held = Value(json.dumps(scope), TextField())
        text = Replace(text, held, Value("", TextField()), output_field=TextField())
    policies = ClientPolicy.objects.annotate(oauthflows_scopes=text)
    return policies.filter(oauthflows_scopes__contains=f'"{own_scopes.PREFIX}')


def _needed(deed: Deed) -> tuple[tuple[str, ...], ...]:
    """The permissions a deed needs to be allowed to every client: all of one line, of whichever line."""
    if deed in _OURS:
        return ((_OURS[deed],),)
    if deed == Deed.VIEW:
        return (_on_clients("view"), _on_clients("change"))
    if deed == Deed.CHANGE_POLICY:
        return ((*_on_clients("change"), "oauthflows.change_clientpolicy"),)
    return (_on_clients(deed.value),)


def _on_clients(action: str) -> tuple[str]:
    meta = dot.application_model()._meta
    return (f"{meta.app_label}.{get_permission_codename(action, meta)}",)
