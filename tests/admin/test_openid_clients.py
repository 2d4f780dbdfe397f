"""What an administrator sets of a client that signs people in, and what the page refuses."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.testing.factories import PersonFactory
from tests.admin.pages import CLIENTS, administrator, browser_of, change, fields_on
from tests.admin.test_clients import add
from tests.identity.stories import relying_party
from tests.marks import spec
from tests.stories import WITH_OPENID, Story

pytestmark = pytest.mark.django_db


def saved(story: Story, browser: Client, **fields: Any) -> Any:
    prefixed = {f"oauthflows_policy-0-{name}": value for name, value in fields.items()}
    response = change(browser, story.registered.application.pk, **prefixed)
    story.registered.policy.refresh_from_db()
    return response


@spec("OpenID Connect Dynamic Client Registration 1.0 §2")
def test_the_columns_of_openid_connect_are_set_and_cleared() -> None:
    story, browser = relying_party(), administrator()
    fields = {
        "id_token_signed_response_alg": "ES256",
        "allowed_claims": "name email",
        "default_acr_values": "urn:one urn:two",
        "default_max_age": "3600",
        "subject_type": "pairwise",
    }
    assert saved(story, browser, **fields).status_code == 302
    policy = story.registered.policy
    assert policy.id_token_signed_response_alg == "ES256"
    assert policy.allowed_claims == ["name", "email"]
    assert policy.default_acr_values == ["urn:one", "urn:two"]
    assert (policy.default_max_age, policy.subject_type) == (3600, "pairwise")
    assert saved(story, browser, allowed_claims="").status_code == 302
    assert story.registered.policy.allowed_claims is None


@spec("OpenID Connect Core §5.1.2")
def test_the_groups_it_is_told_of_are_written_one_per_line() -> None:
    story, browser = relying_party(), administrator()
    assert saved(story, browser, visible_groups="Night shift\n Board \n\nBoard").status_code == 302
    assert story.registered.policy.visible_groups == ["Night shift", "Board"]
    page = browser.get(
        f"/admin/oauth2_provider/application/{story.registered.application.pk}/change/"
    )
    assert "Night shift\nBoard</textarea>" in page.content.decode()


@pytest.fixture
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {
        **WITH_OPENID,
        "SCOPES": {**WITH_OPENID["SCOPES"], "groups": "See your groups"},
    }


def names_of(browser: Client, preset: str) -> set[str]:
    page = browser.get(f"{CLIENTS}add/?preset={preset}").content.decode()
    return set(re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"', page))


FOLDED = {"default_scopes", "claims_in_id_token", "visible_groups"}


@spec("OpenID Connect Core §5.4")
def test_whoever_adds_a_client_for_people_says_what_it_gets_by_default_and_is_told(
    provider: None,
) -> None:
    browser = administrator()
    said = {"scopes": ["openid", "notes:read"], "default_scopes": ["openid"]}
    add(browser, "single-page-app", **said, visible_groups="Board\nNight shift")
    policy = ClientPolicy.objects.get()
    assert policy.default_scopes == ["openid"]
    assert policy.claims_in_id_token is False
    assert policy.visible_groups == ["Board", "Night shift"]


@spec("RFC 6749 §3.3")
def test_with_no_default_scope_ticked_it_gets_all_that_it_may_ask_for(provider: None) -> None:
    add(administrator(), "web-app", scopes=["openid", "profile"], claims_in_id_token="on")
    policy = ClientPolicy.objects.get()
    assert policy.default_scopes == ["openid", "profile"]
    assert (policy.claims_in_id_token, policy.visible_groups) == (True, [])


@spec("RFC 6749 §3.3")
def test_a_default_scope_is_one_that_it_may_ask_for(provider: None) -> None:
    refused = add(
        administrator(),
        "web-app",
        scopes=["openid"],
        default_scopes=["profile"],
        required_scopes=[],
    )
    assert '<details class="oauthflows-aside" open>' in refused.content.decode()
    assert not ClientPolicy.objects.exists()


def test_the_switch_begins_as_the_kind_of_client_has_it(provider: None) -> None:
    browser = administrator()
    for preset, is_on in (("web-app", True), ("native-app", True), ("ai-agent", False)):
        assert names_of(browser, preset) >= FOLDED
        page = browser.get(f"{CLIENTS}add/?preset={preset}")
        assert ("claims_in_id_token" in fields_on(page, with_field="name")) is is_on


def test_a_client_without_people_is_asked_nothing_of_it(provider: None) -> None:
    for preset in ("service", "service-account", "api"):
        assert not names_of(administrator(), preset) & FOLDED


def test_a_site_that_tells_nothing_of_people_does_not_ask() -> None:
    assert names_of(administrator(), "web-app") & FOLDED == {"default_scopes"}


@spec("OpenID Connect Core §5.1.2")
def test_whoever_may_only_add_clients_tells_them_of_no_groups(provider: None) -> None:
    person = PersonFactory(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="add_application"))
    browser = browser_of(person)
    assert names_of(browser, "web-app") & FOLDED == FOLDED - {"visible_groups"}
    add(browser, "web-app", scopes=["openid", "profile"], visible_groups="Board")
    assert ClientPolicy.objects.get().visible_groups == []


@spec("OpenID Connect Core §5.4")
def test_the_claims_in_the_id_token_are_switched_on_and_off() -> None:
    story, browser = relying_party(), administrator()
    for value, is_on in (("", False), ("on", True)):
        assert saved(story, browser, claims_in_id_token=value).status_code == 302
        assert story.registered.policy.claims_in_id_token is is_on


@spec("OpenID Connect Core §2", "OpenID Connect Core §8.1", "OpenID Connect Core §6.2")
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"id_token_signed_response_alg": "none"}, "Unsigned ID tokens are for"),
        ({"userinfo_encrypted_response_enc": "A128GCM"}, "Say how the key is encrypted"),
        ({"request_uris": "http://client.example/request"}, "Not an https address"),
        ({"id_token_signed_response_alg": "RS1"}, "Select a valid choice"),
    ],
    ids=["unsigned", "half", "http", "unknown"],
)
def test_what_cannot_be_is_said_beside_the_field(fields: dict[str, str], words: str) -> None:
    response = saved(relying_party(), administrator(), **fields)
    assert response.status_code == 200
    assert words in response.content.decode()


@spec("OpenID Connect Core §8.1")
def test_pairwise_subjects_on_several_hosts_need_a_sector() -> None:
    story = relying_party()
    story.registered.application.redirect_uris += " https://other.example/callback"
    story.registered.application.save()
    response = saved(story, administrator(), subject_type="pairwise")
    assert "say which sector it belongs to" in response.content.decode()
