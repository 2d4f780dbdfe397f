"""Flows of legacy standing in the admin and on the command line: possible, and never unnoticed."""

from io import StringIO

import pytest
from django.core.management import call_command

from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.testing.factories import ClientFactory
from tests.admin.pages import CLIENTS, administrator, change
from tests.marks import spec

pytestmark = pytest.mark.django_db

NOTE = "This client may use flows that are no longer recommended"


def page_of(client: object) -> str:
    """The admin's page of a client."""
    key = client.application.pk
    return administrator().get(f"{CLIENTS}{key}/change/").content.decode()


@spec("RFC 9700 §2.1.2", "RFC 9700 §2.4")
def test_the_page_of_a_client_says_what_is_no_longer_recommended() -> None:
    assert f"{NOTE}: Password." in page_of(ClientFactory(preset="legacy-app"))
    assert NOTE not in page_of(ClientFactory(preset="legacy-app", profile="standard"))
    assert NOTE not in page_of(ClientFactory(profile="legacy"))


@spec("RFC 9700 §2.4")
def test_the_card_of_the_kind_warns_before_it_is_chosen() -> None:
    cards = administrator().get(f"{CLIENTS}add/").content.decode()
    assert cards.count("Not recommended: Password.") == 1


def test_the_form_of_the_kind_takes_redirect_uris_and_needs_none() -> None:
    browser = administrator()
    url = f"{CLIENTS}add/?preset=legacy-app"
    added = browser.post(url, {"name": "An old app", "scopes": ["notes:read"]}, follow=True)
    assert added.status_code == 200
    policy = ClientPolicy.objects.get()
    assert (policy.preset, policy.profile) == ("legacy-app", "legacy")
    assert 'name="redirect_uris"' in browser.get(url).content.decode()


@pytest.mark.parametrize(("profile", "status"), [("standard", 200), ("legacy", 302)])
@spec("RFC 9700 §2.1.2")
def test_a_legacy_flow_is_ticked_with_its_profile_only(profile: str, status: int) -> None:
    client = ClientFactory()
    response = change(
        administrator(),
        client.application.pk,
        policy__profile=profile,
        policy__flows=["authorization-code-pkce", "implicit"],
    )
    assert response.status_code == status
    said = "Only clients of the legacy profile may use: Implicit."
    assert (said in response.content.decode()) == (profile == "standard")


@spec("RFC 9700 §2.4")
def test_the_command_warns_beside_what_it_prints() -> None:
    printed, warned = StringIO(), StringIO()
    call_command(
        *("oauthflows_register_client", "--preset", "legacy-app", "--name", "An old app"),
        stdout=printed,
        stderr=warned,
    )
    assert "no longer recommended: Password." in warned.getvalue()
    assert "recommended" not in printed.getvalue()
