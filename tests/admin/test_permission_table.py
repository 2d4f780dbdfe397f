"""Every view, page, action and button of the admin, asked by everybody there is: see `permission_table`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, product
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test import Client

from django_oauthflows.clients.models import ClientOwner
from django_oauthflows.testing.factories import PersonFactory
from tests.admin.pages import CLIENTS, administrator, browser_of
from tests.admin.permission_table import CHANGES_POLICIES, TABLE, Row
from tests.admin.reach import Side, Site, build_site, staff
from tests.marks import spec

pytestmark = pytest.mark.django_db

APPS = {"oauthflows", "oauth2_provider"}
#: What a request writes for itself: the sign-in of whoever makes it, and the counts that are written down
#: every few seconds.
_OWN_BUSINESS = ("django_session", "oauthflows_requestcount", "oauthflows_requestshape")


@pytest.fixture
def site() -> Site:
    return build_site()


# The table is whole ---------------------------------------------------------------------------------------


def screens() -> Iterator[tuple[str, Any]]:
    for model, screen in admin.site._registry.items():
        if model._meta.app_label in APPS:
            yield str(model._meta.model_name), screen


def test_every_view_and_every_action_has_a_row() -> None:
    everywhere = [name for name, _ in admin.site.actions]
    for model_name, screen in screens():
        rows = TABLE.get(model_name, [])
        views = {pattern.name for pattern in screen.get_urls() if pattern.name}
        assert {row.view for row in rows} == views, model_name
        actions = {*everywhere, *(str(name) for name in screen.actions or ())}
        assert {row.action for row in rows if row.action} == actions, model_name


def test_the_table_has_no_row_for_what_is_gone() -> None:
    assert TABLE.keys() == {model_name for model_name, _ in screens()}


# Everybody ------------------------------------------------------------------------------------------------


@contextmanager
def written() -> Iterator[list[str]]:
    """The statements that wrote to the database meanwhile."""
    found: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        words = sql.split(maxsplit=3)
        is_write = words[0] in ("INSERT", "UPDATE", "DELETE")
        if is_write and not any(name in sql for name in _OWN_BUSINESS):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def ask(browser: Client, row: Row, side: Side) -> tuple[Any, list[str], str]:
    """What the answer was, what it wrote, and its text; whatever it did is undone."""
    url = row.url(side)
    with transaction.atomic(), written() as found:
        answer = browser.post(url, row.posts(side)) if row.posts else browser.get(url)
        text = answer.getvalue().decode()
        transaction.set_rollback(True)
    return answer, found, text


def is_let_in(row: Row, browser: Client, side: Side) -> bool:
    """Was the page shown, or done what it is for?"""
    answer, found, _ = ask(browser, row, side)
    if row.posts is None:
        assert not found, f"{row}: opening it wrote {found}"
        return bool(answer.status_code == 200)
    if not row.writes:
        assert not found, f"{row}: {found}"
        return answer.status_code == 200 or "/change/" in answer.get("Location", "")
    assert answer.status_code in ((200, 302) if found else (200, 302, 403, 404, 405)), answer
    return bool(found)


def names_on(row: Row, browser: Client, site: Site) -> set[str]:
    """Which of the two clients a page gives away."""
    _, _, text = ask(browser, row, site.own)
    sides = {"own": site.own, "foreign": site.foreign}
    return {name for name, side in sides.items() if any(mark in text for mark in side.marks)}


ROWS = list(chain.from_iterable(TABLE.values()))
by_model = pytest.mark.parametrize("model", list(TABLE))


@spec("B-4")
@by_model
def test_strangers_are_sent_to_sign_in(site: Site, model: str) -> None:
    holder = PersonFactory()
    holder.user_permissions.set(Permission.objects.all())
    gone = PersonFactory(is_staff=True, is_superuser=True, is_active=False)
    for row in TABLE[model]:
        for browser in (Client(), browser_of(holder), browser_of(gone)):
            answer, found, _ = ask(browser, row, site.own)
            assert answer.get("Location", "").startswith("/admin/login/"), str(row)
            assert not found, str(row)


@spec("B-4")
@by_model
def test_superusers_are_let_in_wherever_anybody_is(site: Site, model: str) -> None:
    browser = administrator()
    for row in TABLE[model]:
        assert is_let_in(row, browser, site.own) is row.superuser, str(row)
        assert is_let_in(row, browser, site.foreign) is row.superuser, str(row)


@spec("B-4")
@by_model
def test_views_that_nothing_is_posted_to_do_nothing_when_it_is(site: Site, model: str) -> None:
    browser = administrator()
    taking = {row.view for row in TABLE[model] if row.posts}
    for row in TABLE[model]:
        if row.view not in taking:
            posted = replace(row, posts=lambda side: {"post": "yes"}, superuser=False)
            _, found, _ = ask(browser, posted, site.own)
            assert not found, str(row)


@spec("B-4")
@by_model
def test_the_permissions_the_table_names_are_enough(site: Site, model: str) -> None:
    for row in TABLE[model]:
        for needed in row.allowed:
            assert is_let_in(row, staff(*needed), site.foreign), (str(row), needed)


@spec("B-4")
@by_model
def test_all_other_permissions_together_are_not_enough(site: Site, model: str) -> None:
    """So no other permission is enough alone, nor any number of them."""
    all_there_are = set(
        Permission.objects.filter(content_type__app_label__in=APPS).values_list(
            "codename", flat=True
        )
    )
    for row in TABLE[model]:
        for lacking in without(row):
            browser = staff(*(all_there_are - lacking))
            if row.is_list and row.owners:
                # They might own some, but do not.
                assert not names_on(row, browser, site), (str(row), lacking)
            else:
                assert not is_let_in(row, browser, site.foreign), (str(row), lacking)


def without(row: Row) -> list[frozenset[str]]:
    """The fewest permissions one must lack to be refused: one of each set that is enough."""
    found = {frozenset(lacking) for lacking in product(*row.allowed)}
    return [lacking for lacking in found if not any(other < lacking for other in found)]


@spec("B-4")
@by_model
def test_whoever_may_manage_their_own_and_owns_none_sees_empty_lists(
    site: Site, model: str
) -> None:
    browser = staff("manage_own_clients")
    for row in TABLE[model]:
        assert is_let_in(row, browser, site.own) is (row.is_list and row.owners), str(row)
        assert not names_on(row, browser, site), str(row)


@spec("B-4")
@by_model
def test_owners_are_let_in_to_their_own_clients_alone(site: Site, model: str) -> None:
    helper = staff("manage_own_clients")
    ClientOwner.objects.create(
        application=site.own.application, user_id=helper.session["_auth_user_id"]
    )
    for row in TABLE[model]:
        is_about_a_client = bool(row.arguments(site.own) or row.action)
        for browser in (browser_of(site.owner), helper):
            assert is_let_in(row, browser, site.own) is row.owners, str(row)
            if is_about_a_client:
                assert not is_let_in(row, browser, site.foreign), str(row)


@spec("B-4")
@by_model
def test_owners_without_the_permission_are_nobody(site: Site, model: str) -> None:
    site.owner.user_permissions.clear()
    browser = browser_of(site.owner)
    assert [row for row in TABLE[model] if is_let_in(row, browser, site.own)] == []


@spec("B-4")
@pytest.mark.parametrize("row", [row for row in ROWS if row.is_list and row.owners], ids=str)
def test_a_list_shows_owners_no_foreign_client(site: Site, row: Row) -> None:
    for needed in row.allowed:
        assert names_on(row, staff(*needed), site) == {"own", "foreign"}
    assert names_on(row, browser_of(site.owner), site) == {"own"}


@spec("B-4")
@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.owners and not row.posts and not row.is_list], ids=str
)
def test_a_page_of_an_own_client_shows_no_foreign_one(site: Site, row: Row) -> None:
    assert "foreign" not in names_on(row, browser_of(site.owner), site)


# Clients that manage others -------------------------------------------------------------------------------


@pytest.fixture
def managing(site: Site) -> Site:
    """The same site, where both clients hold a scope over the server."""
    for side in (site.own, site.foreign):
        policy = side.story.registered.policy
        policy.scopes = [*policy.scopes, "oauthflows:clients:write"]
        policy.save()
    return site


GIVING = [row for row in ROWS if row.gives]


def test_what_gives_a_secret_an_address_or_a_key_is_known() -> None:
    assert {row.view for row in GIVING} == {
        "oauth2_provider_application_change",
        "oauthflows_add_secret",
        "oauthflows_rotate_secret",
        "oauthflows_fetch_keys",
        "oauthflows_fix_finding",
    }


@spec("RFC 6819 §5.1.5.1")
@pytest.mark.parametrize("row", GIVING, ids=str)
def test_owners_give_nothing_to_a_client_that_manages_others(managing: Site, row: Row) -> None:
    """Else they add a secret to it, and manage every client of the site through the API."""
    helper = staff("manage_own_clients")
    ClientOwner.objects.create(
        application=managing.own.application, user_id=helper.session["_auth_user_id"]
    )
    for browser in (browser_of(managing.owner), helper):
        assert not is_let_in(row, browser, managing.own)


@spec("RFC 6819 §5.1.5.1")
@pytest.mark.parametrize("row", GIVING, ids=str)
def test_a_client_that_manages_others_is_changed_by_whoever_may_change_policies(
    managing: Site, row: Row
) -> None:
    for needed in row.allowed:
        for few in (needed, needed | {"change_application"}, needed | {"change_clientpolicy"}):
            is_enough = few >= CHANGES_POLICIES
            assert is_let_in(row, staff(*few), managing.foreign) is is_enough, few
        assert is_let_in(row, staff(*needed, *CHANGES_POLICIES), managing.foreign), needed
    assert is_let_in(row, administrator(), managing.foreign)


@spec("RFC 6819 §5.1.5.1")
@pytest.mark.parametrize("row", [row for row in ROWS if row.owners and not row.gives], ids=str)
def test_owners_see_a_client_that_manages_others_and_end_what_it_has(
    managing: Site, row: Row
) -> None:
    assert is_let_in(row, browser_of(managing.owner), managing.own)


@spec("RFC 6819 §5.1.5.1")
def test_the_page_of_a_client_that_manages_others_says_who_changes_it(managing: Site) -> None:
    said = "This client may manage the server"
    pk = managing.own.application.pk
    page = browser_of(managing.owner).get(f"{CLIENTS}{pk}/change/").content.decode()
    assert said in page
    for button in ("Add a secret", ">Replace<", "Fetch now", "Show the change", "_save"):
        assert button not in page, button
    assert "Retire now" in page
    page = administrator().get(f"{CLIENTS}{pk}/change/").content.decode()
    assert said not in page
    assert "Add a secret" in page
