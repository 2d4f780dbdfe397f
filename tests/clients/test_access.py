"""Who may do what to which client: one answer, whether it is asked of one client or of all."""

from collections.abc import Iterable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from oauth2_provider.models import get_application_model

from django_oauthflows.audit.events import Event
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import access
from django_oauthflows.clients.access import Deed
from django_oauthflows.clients.models import ClientOwner, ClientPolicy
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from tests.marks import spec

pytestmark = pytest.mark.django_db

ALONE = [
    "view_application",
    "add_application",
    "change_application",
    "delete_application",
    "change_clientpolicy",
    "rotate_clientsecret",
    "delete_authorization",
    "view_auditevent",
    "mass_revoke_authorization",
]
#: What each permission allows to every client, by itself.
ALLOWS = {
    "view_application": {Deed.VIEW},
    "add_application": {Deed.ADD},
    "change_application": {Deed.VIEW, Deed.CHANGE},
    "delete_application": {Deed.DELETE},
    "change_clientpolicy": set(),
    "rotate_clientsecret": {Deed.ROTATE, Deed.RETIRE},
    "delete_authorization": {Deed.REVOKE},
    "view_auditevent": {Deed.SEE_AUDIT},
    "mass_revoke_authorization": {Deed.MASS_REVOKE},
}
OWNERS_DO = {
    Deed.VIEW,
    Deed.CHANGE,
    Deed.ROTATE,
    Deed.RETIRE,
    Deed.REVOKE,
    Deed.SEE_AUDIT,
}
#: A secret, an address or a key of a client that manages others is a way to manage them.
GIVES = {Deed.CHANGE, Deed.ROTATE}
OVER_OTHERS = "oauthflows:secrets:write"


def person(*permissions: str, **fields: Any) -> Any:
    holder = PersonFactory(**fields)
    holder.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return holder


def client(owner: Any = None, *scopes: str) -> Any:
    """A client, with these scopes beside its own."""
    made = ClientFactory(owner=owner)
    made.policy.scopes = [*made.policy.scopes, *scopes]
    made.policy.save()
    return made.application


def allowed(who: Any, application: Any = None) -> set[Deed]:
    return {deed for deed in Deed if access.may(who, deed, application)}


def reached(who: Any, deed: Deed) -> set[Any]:
    return set(access.within_reach(who, deed))


def asked_both_ways(people: Iterable[Any]) -> None:
    applications = list(get_application_model().objects.all())
    for who in people:
        for deed in Deed:
            one_by_one = {row for row in applications if access.may(who, deed, row)}
            assert reached(who, deed) == one_by_one, (who, deed)
            if one_by_one:
                assert access.may(who, deed)


@pytest.mark.parametrize("permission", ALONE)
def test_a_permission_is_for_all_clients_and_for_its_own_deeds(permission: str) -> None:
    who = person(permission)
    assert allowed(who) == allowed(who, client(owner=PersonFactory())) == ALLOWS[permission]


def test_a_policy_is_changed_by_whoever_may_change_the_client_and_policies() -> None:
    who = person("change_application", "change_clientpolicy")
    assert access.may(who, Deed.CHANGE_POLICY, client())


def test_owners_do_what_is_theirs_to_their_own_clients_alone() -> None:
    who = person("manage_own_clients")
    own, shared, foreign = client(owner=who), client(), client(owner=PersonFactory())
    ClientOwner.objects.create(application=shared, user=who)
    assert allowed(who, own) == allowed(who, shared) == allowed(who) == OWNERS_DO
    assert allowed(who, foreign) == set()
    assert reached(who, Deed.VIEW) == {own, shared}


def test_owning_means_nothing_without_the_permission() -> None:
    who = person()
    own = client(owner=who)
    assert access.is_owner(who, own)
    assert allowed(who) == allowed(who, own) == set()


def test_a_group_gives_the_permission_as_well() -> None:
    who = person()
    group = Group.objects.create(name="Owners")
    group.permissions.set(Permission.objects.filter(codename="manage_own_clients"))
    who.groups.add(group)
    assert allowed(who, client(owner=who)) == OWNERS_DO


@pytest.mark.parametrize("permission", [*ALONE, "manage_own_clients"])
def test_the_inactive_may_nothing(permission: str) -> None:
    who = person(permission, is_active=False)
    assert allowed(who, client(owner=who)) == set()


def test_strangers_may_nothing_and_superusers_everything() -> None:
    somebodys = client(owner=PersonFactory())
    assert allowed(AnonymousUser(), somebodys) == allowed(AnonymousUser()) == set()
    assert allowed(PersonFactory(is_superuser=True), somebodys) == set(Deed)


def test_one_client_and_all_clients_are_asked_alike() -> None:
    owner = person("manage_own_clients")
    reader_and_owner = person("manage_own_clients", "view_application")
    client(owner=owner)
    client(owner=reader_and_owner)
    ClientOwner.objects.create(application=client(), user=owner)
    others = [person(permission) for permission in ALONE]
    asked_both_ways([AnonymousUser(), person(), owner, reader_and_owner, *others])


def test_clients_that_manage_others_are_asked_alike_too() -> None:
    owner = person("manage_own_clients")
    for scopes in (
        (),
        (OVER_OTHERS,),
        ("oauthflows:self:read",),
        ("oauthflows:self:read", "oauthflows:self:write", OVER_OTHERS),
        ("oauthflows:self:reads",),
        ("oauthflows:of-a-later-version",),
        ("other:oauthflows:clients:write",),
    ):
        client(owner, *scopes)
    without_policy = client(owner)
    ClientPolicy.objects.filter(application=without_policy).delete()
    changing = person("change_application", "change_clientpolicy")
    rotating = person("rotate_clientsecret", "change_application", "change_clientpolicy")
    others = [person(permission) for permission in ALONE]
    asked_both_ways([person(), owner, changing, rotating, *others])
    assert len(reached(owner, Deed.ROTATE)) == 4
    assert len(reached(rotating, Deed.ROTATE)) == 8
    assert len(reached(person("rotate_clientsecret"), Deed.ROTATE)) == 4


@spec("RFC 6819 §5.1.5.1")
def test_owners_give_nothing_to_a_client_that_manages_others() -> None:
    who = person("manage_own_clients")
    assert allowed(who, client(who, OVER_OTHERS)) == OWNERS_DO - GIVES
    assert allowed(who, client(who, "oauthflows:self:write")) == OWNERS_DO


@spec("RFC 6819 §5.1.5.1")
@pytest.mark.parametrize("permission", ALONE)
def test_no_permission_alone_gives_to_a_client_that_manages_others(permission: str) -> None:
    managing = client(None, OVER_OTHERS)
    assert allowed(person(permission), managing) == ALLOWS[permission] - GIVES
    both = person(permission, "change_application", "change_clientpolicy")
    assert allowed(both, managing) >= ALLOWS[permission] | {Deed.CHANGE}


def test_only_the_clients_asked_about_are_found() -> None:
    who = person("manage_own_clients")
    first, second = client(owner=who), client(owner=who)
    asked = get_application_model().objects.filter(pk=first.pk)
    assert set(access.within_reach(who, Deed.CHANGE, asked)) == {first}
    assert second in access.within_reach(who, Deed.CHANGE)


def test_a_client_owned_twice_over_is_found_once() -> None:
    who = person("manage_own_clients")
    own = client(owner=who)
    for one in (who, PersonFactory()):
        ClientOwner.objects.create(application=own, user=one)
    assert list(access.within_reach(who, Deed.VIEW)) == [own]
    assert access.owners_of(own).count() == 2


def test_a_client_may_be_nobodys() -> None:
    nobodys = client()
    assert list(access.owners_of(nobodys)) == []
    assert not access.is_owner(AnonymousUser(), nobodys)
    assert not access.is_owner(PersonFactory(), None)


def test_rows_are_those_of_ones_own_clients_or_all() -> None:
    who, reader = person("manage_own_clients"), person("view_clientpolicy")
    own = client(owner=who)
    client()
    rows, permission = ClientPolicy.objects.all(), "oauthflows.view_clientpolicy"
    assert [row.application for row in access.rows_within_reach(who, rows, permission)] == [own]
    assert access.rows_within_reach(reader, rows, permission).count() == 2
    assert not access.rows_within_reach(person(), rows, permission).exists()


def test_owners_read_of_their_clients_and_of_whoever_used_their_names() -> None:
    who = person("manage_own_clients")
    own, foreign = client(owner=who), client()
    for number, fields in enumerate(
        (
            {"application": own, "event": Event.CLIENT_CHANGED},
            {"client_id": own.client_id, "event": Event.REQUEST_REFUSED},
            {"application": foreign, "event": Event.CLIENT_CHANGED},
            {"application": foreign, "client_id": own.client_id, "event": Event.REQUEST_REFUSED},
            {"client_id": foreign.client_id, "event": Event.REQUEST_REFUSED},
            # Of a client that had this name and is gone.
            {"client_id": own.client_id, "event": Event.CLIENT_DELETED},
            {"event": Event.TOKENS_MASS_REVOKED},
        )
    ):
        AuditEvent.objects.create(reference=f"{number:012x}", **fields)
    read = access.events_within_reach(who).order_by("pk").values_list("reference", flat=True)
    assert list(read) == [f"{0:012x}", f"{1:012x}"]
    assert access.events_within_reach(person("view_auditevent")).count() == 7
    assert access.events_within_reach(person()).count() == 0
