"""People who look after clients of their own: what they find, and what stays out of their reach."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import get_application_model

from django_oauthflows.audit.events import Event
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientOwner, ClientPolicy
from django_oauthflows.testing.factories import PersonFactory
from django_oauthflows.tokens.models import Authorization
from tests.admin.pages import CLIENTS, administrator, browser_of, change, fields_on
from tests.admin.permission_table import TABLE, Row
from tests.admin.reach import Site, add_side, build_site, holder_of, staff, url_of
from tests.marks import spec
from tests.statements.test_statements import statements
from tests.stories import dot_application

pytestmark = pytest.mark.django_db

AUDIT = "/admin/oauthflows/auditevent/"
OWNERS = "oauthflows_owners-0-"
ROWS = [row for rows in TABLE.values() for row in rows]


@pytest.fixture
def site() -> Site:
    return build_site()


@pytest.fixture
def owner(site: Site) -> Client:
    return browser_of(site.owner)


def text_of(browser: Client, url: str) -> str:
    return browser.get(url, follow=True).getvalue().decode()


def client_url(side: Any, page: str = "change") -> str:
    return f"{CLIENTS}{side.application.pk}/{page}/"


def policies() -> list[dict[str, Any]]:
    return list(ClientPolicy.objects.order_by("pk").values())


# Finding what is theirs -----------------------------------------------------------------------------------


def test_the_first_page_leads_owners_to_what_belongs_to_their_clients(owner: Client) -> None:
    text = text_of(owner, "/admin/")
    for name in (
        "oauth2_provider/application",
        "oauthflows/authorization",
        "oauthflows/auditevent",
        "oauth2_provider/idtoken",
    ):
        assert f'href="/admin/{name}/"' in text
    for name in ("oauthflows/signingkey", "oauthflows/providersession"):
        assert f"/admin/{name}/" not in text


@pytest.mark.parametrize(
    "path",
    [
        "oauth2_provider/application",
        "oauthflows/authorization",
        "oauthflows/consent",
        "oauthflows/auditevent",
        "oauth2_provider/accesstoken",
    ],
)
@pytest.mark.parametrize("by", ["name", "client_id"])
def test_searching_finds_owners_no_foreign_client(
    site: Site, owner: Client, path: str, by: str
) -> None:
    found = [
        owner.get(f"/admin/{path}/", {"q": getattr(side.application, by)}).context["cl"]
        for side in (site.own, site.foreign)
    ]
    assert [changes.result_count > 0 for changes in found] == [True, False]


def test_a_window_to_choose_a_client_from_offers_owners_their_own_alone(
    site: Site, owner: Client
) -> None:
    text = text_of(owner, f"{CLIENTS}?_popup=1&_to_field=id")
    assert site.own.application.name in text
    assert site.foreign.application.name not in text


def test_the_filters_of_owners_name_nothing_of_foreign_clients(site: Site, owner: Client) -> None:
    AuditEvent.objects.filter(application=site.foreign.application).update(endpoint="far-away")
    Authorization.objects.filter(application=site.foreign.application).update(flow="far-flow")
    for path in (AUDIT, "/admin/oauthflows/authorization/"):
        assert "far-" not in text_of(owner, path)
        assert "far-" in text_of(administrator(), path)


def test_a_foreign_reference_leads_owners_nowhere(site: Site, owner: Client) -> None:
    own, foreign = site.own.row("auditevent"), site.foreign.row("auditevent")
    assert owner.get(f"{AUDIT}?q={own.reference}")["Location"] == f"{AUDIT}{own.pk}/change/"
    answer = owner.get(f"{AUDIT}?q={foreign.reference}")
    assert answer.status_code == 200
    assert "0 results" in answer.content.decode()


def test_owners_read_what_was_refused_to_whoever_used_their_client_id(
    site: Site, owner: Client
) -> None:
    for side in (site.own, site.foreign):
        AuditEvent.objects.create(
            reference=f"f{side.application.pk:011x}",
            event=Event.REQUEST_REFUSED,
            client_id=side.application.client_id,
            rule="client_must_authenticate",
        )
    exported = text_of(owner, f"{AUDIT}export/")
    assert exported.count("client_must_authenticate") == 1
    assert site.own.application.client_id in exported


def test_refusals_nearby_are_shown_to_owners_as_far_as_they_are_theirs(
    site: Site, owner: Client
) -> None:
    row = site.own.row("auditevent")
    named = {"event": Event.REQUEST_REFUSED, "client_id": row.client_id}
    foreign = AuditEvent.objects.create(
        reference="feedfeedfeed", application=site.foreign.application, rule="another", **named
    )
    assert foreign.reference in text_of(administrator(), f"{AUDIT}{row.pk}/change/")
    assert foreign.reference not in text_of(owner, f"{AUDIT}{row.pk}/change/")


def test_a_grant_that_was_made_of_a_foreign_one_does_not_name_its_client(
    site: Site, owner: Client
) -> None:
    own, foreign = site.own.row("authorization"), site.foreign.row("authorization")
    Authorization.objects.filter(pk=own.pk).update(parent=foreign.pk)
    page = url_of("oauthflows_authorization_change", own.pk)
    assert site.foreign.application.name in text_of(administrator(), page)
    assert site.foreign.application.name not in text_of(owner, page)


def test_a_foreign_client_is_like_one_that_is_not_there(site: Site, owner: Client) -> None:
    foreign, gone = site.foreign.application.pk, site.foreign.application.pk + 1000
    for page in ("change/", "history/", "review/legacy_profile_should_be_needed/", "secrets/add/"):
        answers = [
            (owner.post if "secrets" in page else owner.get)(f"{CLIENTS}{pk}/{page}")
            for pk in (foreign, gone)
        ]
        assert len({answer.status_code for answer in answers}) == 1
        assert len({answer.get("Location") for answer in answers}) == 1


@pytest.mark.parametrize("row", [row for row in ROWS if row.is_list and row.owners], ids=str)
def test_no_list_takes_more_statements_for_an_owner_of_more_clients(
    site: Site, owner: Client, row: Row
) -> None:
    owner.get(row.url(site.own))
    with statements() as few:
        owner.get(row.url(site.own))
    for name in ("Second", "Third"):
        add_side(name, owner=site.owner)
    with statements() as many:
        owner.get(row.url(site.own))
    assert len(many) == len(few) <= 10, many


# Looking after it -----------------------------------------------------------------------------------------


def test_owners_change_what_is_theirs_to_change(site: Site, owner: Client) -> None:
    saved = change(
        owner,
        site.own.application.pk,
        name="A better name",
        redirect_uris="https://new.example/callback",
        policy__tos_uri="https://new.example/terms",
    )
    assert saved.status_code == 302
    application = get_application_model().objects.get(pk=site.own.application.pk)
    assert application.name == "A better name"
    assert application.redirect_uris == "https://new.example/callback"
    assert application.oauthflows_policy.tos_uri == "https://new.example/terms"
    assert application.user == site.owner


def test_owners_look_after_an_application_that_has_no_policy(site: Site, owner: Client) -> None:
    older = dot_application(user=site.owner).application
    saved = change(owner, older.pk, name="Older still")
    assert saved.status_code == 302
    older.refresh_from_db()
    assert older.name == "Older still"
    fields = fields_on(owner.get(f"{CLIENTS}{older.pk}/change/"), with_field="name")
    said = {
        **fields,
        "oauthflows_policy-TOTAL_FORMS": "1",
        "oauthflows_policy-0-preset": "web-app",
        "oauthflows_policy-0-scopes": ["notes:write"],
    }
    owner.post(f"{CLIENTS}{older.pk}/change/", said)
    assert not ClientPolicy.objects.filter(application=older).exists()


@spec("B-9")
def test_what_gives_a_client_more_is_shown_to_owners_and_not_offered(
    site: Site, owner: Client
) -> None:
    page = owner.get(client_url(site.own))
    fields = fields_on(page, with_field="name")
    assert not [name for name in fields if "scopes" in name or "skips_consent" in name]
    assert not [name for name in fields if name == "user" or name.startswith(f"{OWNERS}user")]
    text = page.content.decode()
    for word in ("First-party", "A web app with a back end", "notes:read, notes:write, profile"):
        assert word in text


@spec("B-9")
def test_owners_give_no_client_more_by_posting_what_no_page_offered(
    site: Site, owner: Client
) -> None:
    friend, before = PersonFactory(), policies()
    fields = fields_on(owner.get(client_url(site.own)), with_field="name")
    prefix = "oauthflows_policy-0-"
    more = {f"{prefix}{name}": "on" for name in before[0] if f"{prefix}{name}" not in fields}
    more |= {
        f"{prefix}scopes": ["notes:write"],
        f"{prefix}flows": ["password"],
        f"{prefix}exchange_targets": "https://api.example/",
        "user": str(friend.pk),
        "client_type": "public",
        "client_id": "one-of-my-choice",
        "registration_source": "dcr",
        "oauthflows_owners-TOTAL_FORMS": "1",
        "oauthflows_owners-INITIAL_FORMS": "0",
        f"{OWNERS}user": str(friend.pk),
        f"{OWNERS}application": str(site.own.application.pk),
    }
    assert owner.post(client_url(site.own), {**fields, **more}).status_code == 302
    assert policies() == before
    application = get_application_model().objects.get(pk=site.own.application.pk)
    assert application.user == site.owner
    assert application.client_type == "confidential"
    assert application.client_id == site.own.application.client_id
    assert not ClientOwner.objects.exists()


@spec("B-9")
def test_owners_change_no_foreign_policy_from_the_page_of_their_own(
    site: Site, owner: Client
) -> None:
    foreign = ClientPolicy.objects.get(application=site.foreign.application)
    change(
        owner,
        site.own.application.pk,
        policy__id=str(foreign.pk),
        policy__application=str(site.foreign.application.pk),
        policy__tos_uri="https://mine.example/",
    )
    foreign.refresh_from_db()
    assert foreign.tos_uri == ""
    assert foreign.application == site.foreign.application


def test_owners_make_no_foreign_client_their_own(site: Site, owner: Client) -> None:
    fields = fields_on(owner.get(client_url(site.own)), with_field="name")
    said = {
        **fields,
        "oauthflows_owners-TOTAL_FORMS": "1",
        f"{OWNERS}user": str(site.owner.pk),
        f"{OWNERS}application": str(site.foreign.application.pk),
    }
    for side in (site.own, site.foreign):
        owner.post(client_url(side), said)
    assert not ClientOwner.objects.exists()
    assert get_application_model().objects.filter(user=site.owner).count() == 1


@spec("B-7")
def test_owners_reach_no_foreign_secret_through_their_own_client(site: Site, owner: Client) -> None:
    own, foreign = site.own.application.pk, site.foreign.secret
    for deed in ("rotate", "retire"):
        url = f"{CLIENTS}{own}/secrets/{foreign.pk}/{deed}/"
        assert owner.post(url, {"overlap": 1}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.is_live
    assert foreign.expires is None


@spec("B-21")
def test_owners_end_the_grants_of_their_own_clients_whatever_else_they_choose(
    site: Site, owner: Client
) -> None:
    rows = [site.own.row("authorization"), site.foreign.row("authorization")]
    chosen = {
        "post": "yes",
        "action": "revoke_selected",
        "_selected_action": [str(row.pk) for row in rows],
    }
    every = {"select_across": "1", **chosen}
    for said in (chosen, every):
        owner.post("/admin/oauthflows/authorization/", said)
    own, foreign = (Authorization.objects.get(pk=row.pk) for row in rows)
    assert own.revoked
    assert not foreign.revoked


@spec("B-21")
def test_whoever_sees_all_grants_and_owns_a_client_ends_those_of_that_client(site: Site) -> None:
    site.owner.user_permissions.add(Permission.objects.get(codename="view_authorization"))
    browser = browser_of(site.owner)
    for side in (site.own, site.foreign):
        chosen = {
            "post": "yes",
            "action": "revoke_selected",
            "_selected_action": [side.row("authorization").pk],
        }
        assert side.application.name in text_of(browser, "/admin/oauthflows/authorization/")
        browser.post("/admin/oauthflows/authorization/", chosen)
    assert site.own.row("authorization").revoked
    assert not site.foreign.row("authorization").revoked


# Adding one -----------------------------------------------------------------------------------------------

NEW = {"name": "A new one", "scopes": ["notes:read"], "is_verified": "on"}


def added() -> Any:
    return get_application_model().objects.get(name="A new one")


def test_whoever_manages_their_own_clients_owns_those_they_add() -> None:
    person = holder_of("manage_own_clients", "add_application")
    browser = browser_of(person)
    assert browser.post(f"{CLIENTS}add/?preset=service", NEW, follow=True).status_code == 200
    assert added().user == person
    assert browser.get(f"{CLIENTS}{added().pk}/change/").status_code == 200


def test_whoever_manages_all_clients_owns_none_of_those_they_add() -> None:
    administrator().post(f"{CLIENTS}add/?preset=device", NEW)
    assert added().user is None
    assert added().oauthflows_policy.is_verified


def test_nobody_vouches_for_a_client_they_may_only_add() -> None:
    browser = staff("manage_own_clients", "add_application")
    assert 'name="is_verified"' not in text_of(browser, f"{CLIENTS}add/?preset=device")
    browser.post(f"{CLIENTS}add/?preset=device", NEW)
    assert not added().oauthflows_policy.is_verified


@spec("RFC 9700 §2.4")
def test_nobody_adds_a_legacy_client_who_may_only_add_clients() -> None:
    browser = staff("add_application")
    assert "preset=legacy-app" not in text_of(browser, f"{CLIENTS}add/")
    browser.post(f"{CLIENTS}add/?preset=legacy-app", NEW)
    assert not get_application_model().objects.exists()
    assert "preset=legacy-app" in text_of(administrator(), f"{CLIENTS}add/")


@spec("B-9")
def test_nobody_gives_a_scope_over_the_server_who_may_only_add_clients(settings: Any) -> None:
    over = "oauthflows:clients:write"
    settings.OAUTH2_PROVIDER = {
        **settings.OAUTH2_PROVIDER,
        "SCOPES": {**settings.OAUTH2_PROVIDER["SCOPES"], over: "Change clients"},
    }
    said = {**NEW, "scopes": ["notes:read", over]}
    browser = staff("add_application")
    assert over not in text_of(browser, f"{CLIENTS}add/?preset=service")
    assert browser.post(f"{CLIENTS}add/?preset=service", said).status_code == 200
    assert not get_application_model().objects.exists()
    administrator().post(f"{CLIENTS}add/?preset=service", said)
    assert over in added().oauthflows_policy.scopes


# Naming them ----------------------------------------------------------------------------------------------


def test_whoever_may_change_policies_names_owners(site: Site) -> None:
    browser, helper = (
        staff("change_application", "change_clientpolicy"),
        holder_of("manage_own_clients"),
    )
    fields = fields_on(browser.get(client_url(site.own)), with_field="name")
    said = {**fields, "oauthflows_owners-TOTAL_FORMS": "1", f"{OWNERS}user": str(helper.pk)}
    assert browser.post(client_url(site.own), said).status_code == 302
    assert ClientOwner.objects.get().user == helper
    shown = text_of(browser_of(helper), CLIENTS)
    assert site.own.application.name in shown
    assert site.foreign.application.name not in shown


def test_owners_see_who_else_owns_their_client(site: Site, owner: Client) -> None:
    helper = PersonFactory(username="the-helper")
    ClientOwner.objects.create(application=site.own.application, user=helper)
    assert "the-helper" in text_of(owner, client_url(site.own))


def test_owning_ends_with_the_row_and_with_the_permission(site: Site) -> None:
    helper = holder_of("manage_own_clients")
    row = ClientOwner.objects.create(application=site.own.application, user=helper)
    assert browser_of(helper).get(client_url(site.own)).status_code == 200
    row.delete()
    assert browser_of(helper).get(client_url(site.own)).status_code == 302
    site.owner.user_permissions.clear()
    assert browser_of(site.owner).get(client_url(site.own)).status_code == 403


def test_the_urls_of_this_file_are_those_of_the_admin() -> None:
    assert reverse("admin:oauth2_provider_application_changelist") == CLIENTS
    assert reverse("admin:oauthflows_auditevent_changelist") == AUDIT
