"""Who may see and do what in the admin: nothing without a permission for it."""

import pytest
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client
from oauth2_provider.models import get_access_token_model, get_application_model

from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.factories import PersonFactory
from django_oauthflows.tokens.models import Authorization
from tests.admin.pages import CLIENTS, act, browser_of, buttons_on
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db


def staff(*permissions: str) -> Client:
    """The browser of somebody on the staff with these permissions and no others."""
    person = PersonFactory(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    assert person.user_permissions.count() == len(permissions)
    return browser_of(person)


@pytest.fixture
def story() -> Story:
    return begin()


def pages(story: Story) -> list[str]:
    pk = story.registered.application.pk
    return [
        CLIENTS,
        f"{CLIENTS}add/",
        f"{CLIENTS}add/?preset=web-app",
        f"{CLIENTS}{pk}/change/",
        f"{CLIENTS}{pk}/delete/",
        "/admin/oauthflows/authorization/",
        "/admin/oauthflows/consent/",
        "/admin/oauthflows/auditevent/",
        "/admin/oauth2_provider/accesstoken/",
        "/admin/oauth2_provider/refreshtoken/",
        "/admin/oauth2_provider/grant/",
    ]


def posts(story: Story) -> list[str]:
    pk = story.registered.application.pk
    secret = ClientSecret.objects.get()
    return [f"{CLIENTS}{pk}/secrets/add/", f"{CLIENTS}{pk}/secrets/{secret.pk}/retire/"]


@spec("B-4")
def test_a_stranger_is_sent_to_sign_in(story: Story) -> None:
    for browser in (Client(), browser_of(PersonFactory())):
        answers = [browser.get(page) for page in pages(story)]
        answers += [browser.post(page) for page in posts(story)]
        for answer in answers:
            assert answer["Location"].startswith("/admin/login/")
    assert ClientSecret.objects.get().is_live


@spec("B-4")
def test_staff_without_a_permission_sees_and_does_nothing(story: Story) -> None:
    browser = staff()
    answers = [browser.get(page) for page in pages(story)]
    answers += [browser.post(page) for page in posts(story)]
    assert {answer.status_code for answer in answers} == {403}
    assert ClientSecret.objects.get().is_live


@spec("B-4")
def test_whoever_may_look_changes_nothing(story: Story) -> None:
    browser = staff("view_application")
    pk = story.registered.application.pk
    page = browser.get(f"{CLIENTS}{pk}/change/")
    assert page.status_code == 200
    assert not [action for action in buttons_on(page) if "/secrets/" in action]
    assert {browser.post(url).status_code for url in posts(story)} == {403}
    assert browser.post(f"{CLIENTS}{pk}/change/", {"name": "Mine now"}).status_code == 403
    assert browser.get(f"{CLIENTS}add/?preset=web-app").status_code == 403
    assert ClientSecret.objects.get().is_live


@spec("B-4")
def test_whoever_may_change_clients_adds_and_retires_secrets_and_makes_none(story: Story) -> None:
    browser = staff("view_application", "change_application")
    add, retire = posts(story)
    assert browser.post(add).status_code == 200
    assert browser.post(retire).status_code == 302
    added = browser.post(f"{CLIENTS}add/?preset=service", {"name": "X", "scopes": ["profile"]})
    assert added.status_code == 403
    assert get_application_model().objects.count() == 1


@spec("B-4")
def test_whoever_may_not_change_policies_gives_no_client_more(story: Story) -> None:
    browser = staff("view_application", "change_application")
    pk = story.registered.application.pk
    page = browser.get(f"{CLIENTS}{pk}/change/")
    assert "oauthflows_policy-0-scopes" not in page.content.decode()
    browser.post(
        f"{CLIENTS}{pk}/change/",
        {
            "name": "Renamed",
            "redirect_uris": "https://client.example/callback",
            "oauthflows_policy-TOTAL_FORMS": "1",
            "oauthflows_policy-INITIAL_FORMS": "1",
            "oauthflows_policy-0-id": str(story.registered.policy.pk),
            "oauthflows_policy-0-application": str(pk),
            "oauthflows_policy-0-skips_consent": "on",
            "oauthflows_policy-0-scopes": ["notes:read"],
        },
    )
    story.registered.policy.refresh_from_db()
    assert not story.registered.policy.skips_consent


@pytest.mark.parametrize(
    ("path", "action", "model"),
    [
        ("/admin/oauthflows/authorization/", "revoke_selected", Authorization),
        ("/admin/oauthflows/consent/", "withdraw_selected", Consent),
        ("/admin/oauth2_provider/accesstoken/", "revoke_selected", get_access_token_model()),
    ],
)
@spec("B-21")
def test_whoever_may_look_at_grants_ends_none(
    story: Story, path: str, action: str, model: type[Model]
) -> None:
    tokens = story.tokens()
    row = model._default_manager.get()
    view, end = f"view_{model._meta.model_name}", f"delete_{model._meta.model_name}"
    looker, ender = staff(view), staff(view, end)
    assert looker.get(path).status_code == 200
    act(looker, path, action, row)
    assert story.call(tokens["access_token"]).status_code == 200
    act(ender, path, action, row)
    assert story.call(tokens["access_token"]).status_code == 401


@spec("B-16")
def test_another_sites_form_adds_no_client_and_no_secret(story: Story) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(PersonFactory(is_staff=True, is_superuser=True))
    fields = {"name": "X", "scopes": ["profile"]}
    assert browser.post(f"{CLIENTS}add/?preset=service", fields).status_code == 403
    assert {browser.post(url).status_code for url in posts(story)} == {403}
    assert get_application_model().objects.count() == 1
    assert ClientSecret.objects.count() == 1
