"""Who may do what by the API: every operation, with every scope and every permission, alone and together."""

from typing import Any

import pytest

from django_oauthflows import own_scopes
from django_oauthflows.api.urls import urlpatterns
from tests.management_api.calling import (
    ALL,
    NOBODY,
    URLS,
    Caller,
    allow,
    person,
    service,
    somebody,
    through_an_app,
    url,
)
from tests.management_api.table import MANAGING, OWN, PERMISSIONS
from tests.management_api.world import World, browser_of, made, sign_in_of
from tests.marks import spec

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]

_METHODS = ("get", "post", "put", "patch", "delete")
EACH = pytest.mark.parametrize("operation", MANAGING, ids=lambda one: " ".join(one))
EACH_OWN = pytest.mark.parametrize("operation", OWN, ids=lambda one: " ".join(one))


def call(caller: Caller, operation: tuple[str, str], world: World) -> Any:
    name, method = operation
    row = MANAGING[operation]
    return caller.send(method, url(name, *row.args(world)), row.body(world))


def text_of(answer: Any) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(body.decode())


def owner(of: Any = None) -> Caller:
    who = somebody("manage_own_clients")
    if of is not None:
        of.user = who
        of.save()
    return through_an_app(who)


def test_every_operation_has_its_row() -> None:
    served = {
        (str(pattern.name), method)
        for pattern in urlpatterns
        for method in _METHODS
        if hasattr(pattern.callback.cls, method)  # type: ignore[attr-defined]
    }
    assert served == MANAGING.keys() | OWN.keys()


def test_every_scope_opens_something() -> None:
    used = {row.scope for row in MANAGING.values()} | {scope for scope, _ in OWN.values()}
    assert used == set(own_scopes.DESCRIPTIONS)


@EACH
@spec("RFC 6750 §3", "B-26")
def test_nobody_gets_in_without_a_token(operation: tuple[str, str]) -> None:
    answer = call(NOBODY, operation, made())
    assert answer.status_code == 401
    assert MANAGING[operation].scope in answer["WWW-Authenticate"]
    assert answer["Cache-Control"] == "no-store"


@EACH
@spec("RFC 6750 §3.1", "B-26")
def test_one_scope_opens_it_and_no_other_does(operation: tuple[str, str]) -> None:
    world, row = made(), MANAGING[operation]
    for scope in ("notes:read", *(scope for scope in ALL if scope != row.scope)):
        refused = call(service(scope), operation, world)
        assert refused.status_code == 403, scope
        assert f'scope="{row.scope}"' in refused["WWW-Authenticate"]
        assert refused["X-OAuth-Reference"]
    assert call(service(row.scope), operation, world).status_code == row.ok


@EACH
@spec("B-26")
def test_a_person_needs_the_permission_as_well_as_the_scope(operation: tuple[str, str]) -> None:
    world, row = made(), MANAGING[operation]
    caller = person()
    refused = call(caller, operation, world)
    assert refused.status_code == 403
    assert refused["X-OAuth-Reference"]
    for missing in row.needs:
        allow(caller.story.person, *(row.needs - {missing}))
        assert call(caller, operation, world).status_code == 403, missing
    others = [scope for scope in ALL if scope != row.scope]
    assert call(person(*row.needs, scopes=others), operation, world).status_code == 403
    assert call(person(*row.needs, scopes=[row.scope]), operation, world).status_code == row.ok


@EACH
@spec("B-26")
def test_no_permission_alone_opens_what_needs_another(operation: tuple[str, str]) -> None:
    world, row, caller = made(), MANAGING[operation], person()
    for permission in PERMISSIONS:
        allow(caller.story.person, permission)
        if {permission} != row.needs:
            answer = call(caller, operation, world)
            if permission == "manage_own_clients" and row.foreign != 403:
                assert answer.status_code == row.foreign, permission
                assert world.application.client_id not in text_of(answer)
            elif answer.status_code == 200:
                # To change is to see, in Django's own words.
                assert (permission, row.needs) == ("change_application", {"view_application"})
            else:
                assert answer.status_code in (403, 404), permission


@EACH
@spec("B-26")
def test_an_owner_reaches_their_own_client_alone(operation: tuple[str, str]) -> None:
    row, world = MANAGING[operation], made()
    foreign = call(owner(), operation, world)
    assert foreign.status_code == row.foreign
    assert world.application.client_id not in text_of(foreign)
    own = call(owner(of=world.application), operation, world)
    assert own.status_code == row.owner
    if row.is_list:
        assert world.application.client_id in text_of(own)


@EACH
@spec("B-26")
def test_a_superuser_may_do_all(operation: tuple[str, str]) -> None:
    world = made()
    answer = call(person(is_superuser=True), operation, world)
    assert answer.status_code == MANAGING[operation].ok


@EACH
@spec("B-20")
def test_a_deactivated_administrator_is_nobody(operation: tuple[str, str]) -> None:
    caller, world = person(is_superuser=True), made()
    caller.story.person.is_active = False
    caller.story.person.save()
    assert call(caller, operation, world).status_code == 401


# A person's own things ----------------------------------------------------------------------------------


def own_url(operation: tuple[str, str], whose: Caller) -> str:
    keys = {
        "own-app": lambda: (whose.story.registered.application.pk,),
        "own-sign-in": lambda: (sign_in_of(whose).pk,),
        "own-browser": lambda: (browser_of(whose).pk,),
    }
    name = operation[0]
    return url(name, *(keys[name]() if name in keys else ()))


@EACH_OWN
@spec("B-26")
def test_ones_own_things_need_a_token_and_its_one_scope(operation: tuple[str, str]) -> None:
    scope, ok = OWN[operation]
    who = somebody()
    address = own_url(operation, through_an_app(who))
    assert NOBODY.send(operation[1], address).status_code == 401
    for other in (name for name in ALL if name != scope):
        refused = Caller(token=_another_token(who, other)).send(operation[1], address)
        assert refused.status_code == 403, other
    assert Caller(token=_another_token(who, scope)).send(operation[1], address).status_code == ok


def _another_token(who: Any, scope: str) -> str:
    """By another app, and in the same browser, so that the person goes on having one of each."""
    return through_an_app(who, [scope]).token


@EACH_OWN
@spec("B-26")
def test_a_service_has_nothing_of_its_own(operation: tuple[str, str]) -> None:
    whose = person()
    caller = service(OWN[operation][0])
    assert caller.send(operation[1], own_url(operation, whose)).status_code == 403


@pytest.mark.parametrize("operation", [one for one in OWN if one[1] == "delete"])
@spec("B-26")
def test_what_is_another_persons_is_not_there(operation: tuple[str, str]) -> None:
    theirs, superuser = person(), person(is_superuser=True)
    assert superuser.send("delete", own_url(operation, theirs)).status_code == 404
    assert Caller(token=theirs.token).get("own-apps").status_code == 200
