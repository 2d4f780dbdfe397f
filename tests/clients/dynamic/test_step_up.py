"""A client that registered the scope of its first request asks for more later (RFC 6749, RFC 7591)."""

from dataclasses import replace
from typing import Any

import pytest
from django.urls import include, path

from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.dynamic.models import ClientRegistration
from django_oauthflows.clients.facts import client_of, forget_clients
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.profiles import BY_SLUG
from django_oauthflows.rules.scopes import STRICT_SCOPE_RULES
from django_oauthflows.testing.client import answered
from tests import urls
from tests.admin.pages import administrator, change
from tests.clients.dynamic.registering import PROVIDER, Registrar, story_of
from tests.clients.dynamic.test_documents import DOCUMENT, ID, Publisher, later, looked_up
from tests.clients.dynamic.test_documents import story as story_of_document
from tests.marks import spec

urlpatterns = [*urls.urlpatterns, path("manage/", include("django_oauthflows.api.urls"))]

READ, WRITE = "notes:read", "notes:write"
BOTH = f"{READ} {WRITE}"
GIVEN = ["openid", READ, WRITE]
SCOPES = {**PROVIDER["SCOPES"], "payments": "Pay with your money"}


@pytest.fixture
def registrar(open_registration: Registrar, settings: Any) -> Registrar:
    settings.OAUTH2_PROVIDER = {**PROVIDER, "SCOPES": SCOPES}
    settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "REGISTRATION_SCOPES": GIVEN}
    return open_registration


@pytest.fixture
def publisher(registrar: Registrar, settings: Any) -> type[Publisher]:
    settings.OAUTH2_PROVIDER = {
        **settings.OAUTH2_PROVIDER,
        "CIMD_ENABLED": True,
        "CIMD_METADATA_FETCHER": "tests.clients.dynamic.test_documents.Publisher",
    }
    Publisher.documents = {ID: {**DOCUMENT, "scope": READ}}
    Publisher.asked = []
    return Publisher


def scopes_of(told: dict[str, Any]) -> set[str]:
    forget_clients()
    client = client_of(told["client_id"])
    assert client is not None
    return set(client.scopes)


def may_not_ask_for(told: dict[str, Any], scope: str) -> bool:
    forget_clients()
    answer = answered(story_of(told).decide(scope=scope, nonce="n"))
    return answer.get("error") == "invalid_scope"


def take(told: dict[str, Any], *taken: str) -> None:
    """An administrator unticks scopes on the client's page."""
    application = story_of(told).registered.application
    left = [name for name in application.oauthflows_policy.scopes if name not in taken]
    assert change(administrator(), application.pk, policy__scopes=left).status_code == 302
    application.oauthflows_policy.refresh_from_db()
    assert application.oauthflows_policy.scopes == left


@spec("RFC 6749 §3.3", "RFC 7591 §2")
def test_it_asks_for_more_with_the_client_that_it_is_and_the_person_sees_a_page(
    registrar: Registrar,
) -> None:
    told = registrar.registered(scope=READ)
    assert told["scope"] == READ
    story = story_of(told)
    assert story.tokens(scope=READ)["scope"] == READ
    # What was agreed to needs no page, and what is new needs one.
    assert answered(story.ask(scope=READ))["code"]
    page = story.ask(scope=BOTH)
    assert page.status_code == 200
    assert b"Write and change your notes" in page.content
    assert set(story.tokens(scope=BOTH)["scope"].split()) == {READ, WRITE}


@spec("RFC 6749 §3.3", "RFC 7591 §2")
def test_without_a_scope_it_asks_for_what_it_registered(registrar: Registrar) -> None:
    story = story_of(registrar.registered(scope=READ))
    answer = answered(story.decide(scope=None, scopes=[READ]))
    assert story.redeem(answer["code"]).json()["scope"] == READ


@spec("RFC 7591 §3.2.1", "RFC 7592 §2.1", "RFC 7592 §2.2")
def test_its_metadata_goes_on_to_say_what_it_registered(registrar: Registrar) -> None:
    told = registrar.registered(scope=READ)
    story_of(told).tokens(scope=BOTH)
    assert registrar.read(told).json()["scope"] == READ
    told |= registrar.update(told, scope=READ, client_uri="https://client.example/").json()
    assert told["scope"] == READ
    assert "given" not in told
    assert not may_not_ask_for(told, BOTH)
    told |= registrar.update(told, scope=WRITE).json()
    assert (told["scope"], scopes_of(told)) == (WRITE, set(GIVEN))
    told |= registrar.update(told).json()
    assert told["scope"].split() == sorted(GIVEN)


@spec("RFC 7591 §5", "B-9")
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    "scope", ["payments", "email", "oauthflows:clients:write", "oauthflows:self:read"]
)
def test_it_gets_nothing_that_no_registration_could_have_given_it(
    registrar: Registrar, scope: str
) -> None:
    told = registrar.registered(scope=READ)
    assert scope not in scopes_of(told)
    assert may_not_ask_for(told, f"{READ} {scope}")


@spec("RFC 7591 §5")
def test_a_sensitive_scope_is_no_step_up(registrar: Registrar, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": [READ, WRITE]}
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "SENSITIVE_SCOPES": [WRITE]}
    told = registrar.registered(scope=READ)
    assert may_not_ask_for(told, BOTH)


@spec("RFC 7591 §3", "B-9")
def test_an_initial_access_token_that_names_scopes_is_the_limit(registrar: Registrar) -> None:
    _, token = initial_tokens.issue(label="Partner", scopes=[READ, "payments"])
    told = registrar.registered(token, scope=READ)
    assert scopes_of(told) == {READ, "payments"}
    assert not may_not_ask_for(told, f"{READ} payments")
    assert may_not_ask_for(told, BOTH)


@spec("RFC 6749 §4.4", "RFC 7591 §5")
def test_one_that_gets_tokens_without_a_person_stays_with_what_it_named(
    registrar: Registrar,
) -> None:
    _, token = initial_tokens.issue(label="Partner", scopes=[READ, WRITE])
    told = registrar.registered(token, scope=READ, grant_types=["client_credentials"])
    assert scopes_of(told) == {READ}
    refused = story_of(told).token(grant_type="client_credentials", scope=BOTH)
    assert refused.json()["error"] == "invalid_scope"


@spec("RFC 6749 §3.3")
def test_a_profile_that_is_strict_about_scopes_has_no_step_up(
    registrar: Registrar, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = replace(BY_SLUG["standard"], slug="strict", scope_rules=STRICT_SCOPE_RULES)
    monkeypatch.setitem(BY_SLUG, "strict", strict)
    settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "REGISTRATION_PROFILE": "strict"}
    told = registrar.registered(scope=READ)
    assert may_not_ask_for(told, BOTH)
    told |= registrar.update(told, scope=READ, client_uri="https://client.example/").json()
    assert scopes_of(told) == {READ}


@spec("RFC 7592 §2.2", "B-9")
def test_what_an_administrator_took_stays_taken(registrar: Registrar) -> None:
    told = registrar.registered(scope=READ)
    take(told, WRITE)
    assert may_not_ask_for(told, BOTH)
    for scope in (BOTH, READ, BOTH, None):
        told |= registrar.update(told, scope=scope).json()
        assert WRITE not in told["scope"].split()
        assert may_not_ask_for(told, BOTH)


@spec("RFC 7592 §2.2", "B-9")
def test_what_was_taken_stays_taken_while_strangers_are_given_less_and_more(
    registrar: Registrar, settings: Any
) -> None:
    told = registrar.registered(scope=READ)
    take(told, WRITE)
    for given in ([READ], GIVEN):
        settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "REGISTRATION_SCOPES": given}
        told |= registrar.update(told, scope=READ).json()
    assert scopes_of(told) == {"openid", READ}


@spec("RFC 7592 §2.2", "B-9")
def test_a_flow_that_was_taken_does_not_come_back_by_leaving_it_out_once(
    registrar: Registrar,
) -> None:
    both = ["authorization_code", "refresh_token"]
    told = registrar.registered(scope=READ, grant_types=both)
    policy = ClientPolicy.objects.get()
    policy.flows = [slug for slug in policy.flows if slug != "refresh-token"]
    policy.save()
    for grants in (["authorization_code"], both):
        told |= registrar.update(told, grant_types=grants).json()
    policy.refresh_from_db()
    assert "refresh-token" not in policy.flows


@spec("RFC 7592 §2.1", "B-9")
def test_what_an_administrator_added_is_its_own_and_shown(registrar: Registrar) -> None:
    told = registrar.registered(scope=READ)
    policy = ClientPolicy.objects.get()
    policy.scopes = [*policy.scopes, "payments"]
    policy.save()
    assert registrar.read(told).json()["scope"] == f"{READ} payments"
    told |= registrar.update(told, scope=READ).json()
    assert scopes_of(told) == {*GIVEN, "payments"}


@spec("RFC 7592 §2.2", "B-14")
def test_a_client_whose_people_are_not_asked_gets_no_more_than_was_seen(
    registrar: Registrar, settings: Any
) -> None:
    told = registrar.registered(scope=READ)
    ClientPolicy.objects.update(skips_consent=True)
    more = [*GIVEN, "payments"]
    settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "REGISTRATION_SCOPES": more}
    told |= registrar.update(told, scope=f"{READ} payments").json()
    assert scopes_of(told) == set(GIVEN)
    ClientPolicy.objects.update(skips_consent=False)
    told |= registrar.update(told, scope=f"{READ} payments").json()
    assert scopes_of(told) == set(more)


def as_before_the_upgrade(told: dict[str, Any]) -> None:
    """What it registered was all it could ask for, and nothing was remembered beside what it said."""
    registration = ClientRegistration.objects.get(application__client_id=told["client_id"])
    del registration.metadata["given"]
    registration.save()
    scopes = registration.metadata["scope"].split()
    ClientPolicy.objects.filter(application=registration.application_id).update(scopes=scopes)


@spec("RFC 7592 §2.2", "B-9")
def test_one_from_before_the_upgrade_keeps_what_it_has_until_it_registers_anew(
    registrar: Registrar,
) -> None:
    told = registrar.registered(scope=READ)
    as_before_the_upgrade(told)
    assert may_not_ask_for(told, BOTH)
    assert registrar.read(told).json()["scope"] == READ
    told |= registrar.update(told, scope=READ).json()
    assert told["scope"] == READ
    assert not may_not_ask_for(told, BOTH)


@spec("RFC 7592 §2.2", "B-9")
def test_what_was_taken_before_the_upgrade_stays_taken(registrar: Registrar) -> None:
    told = registrar.registered(scope=BOTH)
    as_before_the_upgrade(told)
    ClientPolicy.objects.update(scopes=[READ])
    for scope in (READ, BOTH):
        told |= registrar.update(told, scope=scope).json()
        assert scopes_of(told) == {"openid", READ}


@spec("OAuth Client ID Metadata Document §4", "RFC 6749 §3.3")
def test_a_client_with_a_document_steps_up_as_well(publisher: type[Publisher]) -> None:
    story = story_of_document()
    assert story.tokens(scope=READ)["scope"] == READ
    assert story.ask(scope=BOTH).status_code == 200
    assert set(story.tokens(scope=BOTH)["scope"].split()) == {READ, WRITE}
    assert answered(story.ask(scope=f"{READ} payments"))["error"] == "invalid_scope"


@spec("OAuth Client ID Metadata Document §4", "B-9")
def test_a_document_that_is_read_again_gives_nothing_back(publisher: type[Publisher]) -> None:
    assert looked_up(ID) is not None
    take({"client_id": ID, "redirect_uris": DOCUMENT["redirect_uris"]}, WRITE)
    for scope in (READ, BOTH, READ):
        publisher.documents[ID] = {**DOCUMENT, "scope": scope}
        later()
        client = looked_up(ID)
        assert client is not None
        assert client.scopes == {"openid", READ}
        assert WRITE not in client.default_scopes
    assert len(publisher.asked) == 4


@spec("RFC 7591 §2")
def test_administrators_see_what_it_may_ask_for_and_what_it_registered(
    registrar: Registrar,
) -> None:
    told = registrar.registered(scope=READ)
    policy = ClientPolicy.objects.get()
    assert (policy.scopes, policy.default_scopes) == (sorted(GIVEN), [READ])
    page = administrator().get(
        f"/admin/oauth2_provider/application/{policy.application_id}/change/"
    )
    html = page.content.decode()
    assert told["client_id"] in html
    assert (
        "<dt>May</dt><dd>Read your notes · Write and change your notes · Know who you are" in html
    )
    assert "<dt>Asks for by default</dt><dd>Read your notes. That is what it registered" in html
