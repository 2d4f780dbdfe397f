"""A client that manages others raises neither itself nor a friend."""

from typing import Any

import pytest

from django_oauthflows import own_scopes
from django_oauthflows.api import limits
from django_oauthflows.audit.explaining import explain
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.testing.factories import ClientFactory
from tests.management_api.calling import URLS, Caller, person, service
from tests.management_api.world import made
from tests.marks import spec
from tests.stories import dot_application

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]

KEYS = "oauthflows:keys:write"


def callers() -> list[Caller]:
    """Whoever may do everything the API has: the rules hold for them as well."""
    return [service(), person(is_superuser=True)]


def refused(answer: Any, rule: str) -> bool:
    """Refused by a rule, which the reference in the answer leads to."""
    assert answer.status_code == 403, answer.content
    row = AuditEvent.objects.get(reference=answer["X-OAuth-Reference"])
    assert explain(row).fix
    return row.rule == rule


def policy_of(pk: Any) -> ClientPolicy:
    return ClientPolicy.objects.get(application_id=pk)


@pytest.mark.parametrize("scope", own_scopes.DESCRIPTIONS)
@spec("RFC 6819 §5.1.5.1")
def test_no_scope_of_the_api_is_given_by_the_api(scope: str) -> None:
    world = made()
    for caller in callers():
        rule = "own_scopes_must_be_given_in_the_admin"
        added = caller.post("clients", preset="service", name="A friend", scopes=[scope])
        assert refused(added, rule)
        pk = world.application.pk
        changed = caller.patch("client", pk, policy={"scopes": ["notes:read", scope]})
        assert refused(changed, rule)
        assert scope not in policy_of(pk).scopes


@spec("RFC 6819 §5.1.5.1")
def test_a_client_that_manages_others_is_changed_in_the_admin_alone() -> None:
    managing = ClientFactory(preset="service", redirect_uris=(), scopes=[KEYS])
    pk = managing.application.pk
    secret = ClientSecret.objects.get(application=managing.application)
    before = ClientPolicy.objects.filter(application_id=pk).values().get()
    for caller in callers():
        for answer in (
            caller.patch("client", pk, name="Renamed"),
            caller.patch("client", pk, redirect_uris=["https://elsewhere.example/"]),
            caller.patch("client", pk, policy={"scopes": ["notes:read"]}),
            caller.patch("client", pk, policy={"jwks_uri": "https://elsewhere.example/keys"}),
            caller.post("secrets", pk, label="mine"),
            caller.post("rotate-secret", pk, secret.pk),
            caller.post("enable-client", pk),
            caller.post("fix", pk, "management_should_be_by_verified_clients", seal="x"),
            caller.delete("client", pk),
        ):
            assert refused(answer, "managing_client_must_be_changed_in_the_admin")
    assert ClientPolicy.objects.filter(application_id=pk).values().get() == before
    assert ClientSecret.objects.filter(application_id=pk).count() == 1


@spec("RFC 6819 §5.1.5.1")
def test_a_client_does_not_raise_itself() -> None:
    caller = service("oauthflows:clients:write", "oauthflows:secrets:write")
    own = caller.story.registered.application.pk
    for gift in ({"scopes": [KEYS]}, {"skips_consent": True}, {"may_impersonate": True}):
        assert caller.patch("client", own, policy=gift).status_code == 403
    assert caller.post("secrets", own, label="for later").status_code == 403


@spec("RFC 6819 §5.1.5.1")
def test_what_only_takes_away_is_possible_for_a_client_that_manages_others() -> None:
    managing = ClientFactory(preset="service", redirect_uris=(), scopes=[KEYS])
    pk, caller = managing.application.pk, service()
    secret = ClientSecret.objects.get(application=managing.application)
    assert caller.post("retire-secret", pk, secret.pk).status_code == 204
    assert caller.post("disable-client", pk).json()["policy"]["is_enabled"] is False


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("skips_consent", True),
        ("is_verified", True),
        ("may_impersonate", True),
        ("may_introspect_all", True),
        ("may_omit_pkce_and_nonce", True),
        ("exchange_targets", ["https://next.example/"]),
        ("profile", "legacy"),
    ],
)
@spec("RFC 6819 §5.1.5.1")
def test_trust_is_given_in_the_admin_and_may_be_taken_away_here(column: str, value: Any) -> None:
    pk = ClientFactory().application.pk
    old = getattr(policy_of(pk), column)
    for caller in callers():
        answer = caller.patch("client", pk, policy={column: value})
        assert answer.status_code == 400
        assert list(answer.json()["policy"]) == [column]
        assert getattr(policy_of(pk), column) == old
    ClientPolicy.objects.filter(application_id=pk).update(**{column: value})
    kept = callers()[0].patch("client", pk, policy={column: value})
    assert kept.status_code == 200
    taken = callers()[0].patch("client", pk, policy={column: old})
    assert taken.status_code == 200, taken.content
    assert getattr(policy_of(pk), column) == old


def test_the_marks_of_trust_are_these() -> None:
    """One more is given in the admin alone as well: it needs a row in the table above."""
    marks = {"is_verified", "skips_consent", "may_impersonate", "may_introspect_all"}
    marks |= {"may_omit_pkce_and_nonce"}
    assert set(limits.TRUST) == marks


@pytest.mark.parametrize(
    "member", ["is_verified", "skips_consent", "may_impersonate", "profile", "client_secret"]
)
def test_a_new_client_is_given_no_trust_and_no_secret_of_the_callers(member: str) -> None:
    body = {"preset": "service", "name": "A friend", "scopes": ["notes:read"], member: "x"}
    answer = service().post("clients", **body)
    assert (answer.status_code, list(answer.json())) == (400, [member])


def test_no_legacy_app_is_added_here() -> None:
    answer = service().post("clients", preset="legacy-app", name="Old", scopes=["notes:read"])
    assert (answer.status_code, list(answer.json())) == (400, ["preset"])


def test_scopes_have_to_be_named() -> None:
    answer = service().post("clients", preset="service", name="Everything")
    assert (answer.status_code, list(answer.json())) == (400, ["scopes"])


@spec("RFC 6819 §5.1.5.1")
def test_an_owner_gives_their_client_nothing_an_administrator_did_not() -> None:
    caller = person("manage_own_clients", "add_application")
    added = caller.post(
        "clients",
        preset="web-app",
        name="Mine",
        scopes=["notes:read"],
        redirect_uris=["https://mine.example/"],
    )
    assert added.json()["owner"] == str(caller.story.person.pk)
    pk = added.json()["id"]
    assert caller.patch("client", pk, name="Still mine").status_code == 200
    for gift in (
        {"scopes": ["notes:read", "notes:write"]},
        {"flows": ["client-credentials"]},
        {"access_token_lifetime": 999999},
        {"resources": ["https://api.example/"]},
    ):
        assert caller.patch("client", pk, policy=gift).status_code == 403
    assert policy_of(pk).scopes == ["notes:read"]
    wants_more = caller.post(
        "clients",
        preset="service",
        name="More",
        scopes=["notes:read"],
        resources=["https://api.example/"],
    )
    assert wants_more.status_code == 403


@spec("RFC 6749 §6", "B-18")
def test_a_scope_that_was_taken_from_the_caller_opens_nothing_any_more() -> None:
    caller = service("oauthflows:clients:read")
    assert caller.get("clients").status_code == 200
    policy = caller.story.registered.policy
    policy.scopes = ["notes:read"]
    policy.save()
    answer = caller.get("clients")
    assert answer.status_code == 403
    assert 'scope="oauthflows:clients:read"' in answer["WWW-Authenticate"]


def test_an_application_without_a_policy_is_given_one_in_the_admin() -> None:
    caller, pk = service(), dot_application().application.pk
    assert caller.get("client", pk).json()["policy"] is None
    assert caller.patch("client", pk, name="A name is no policy").status_code == 200
    for answer in (
        caller.patch("client", pk, policy={"scopes": ["notes:read"]}),
        caller.post("disable-client", pk),
    ):
        assert (answer.status_code, list(answer.json())) == (400, ["policy"])
