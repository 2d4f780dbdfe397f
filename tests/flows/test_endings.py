"""What ends a grant: the person's account, the client's switch, a new password, the end of a sign-in."""

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client, override_settings
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from django_oauthflows.testing.factories import PASSWORD, PersonFactory
from tests.marks import spec
from tests.stories import Story, begin, dot_application, dot_tokens, error_of

pytestmark = pytest.mark.django_db


def works(story: Story, tokens: dict[str, str]) -> bool:
    """Do both tokens of a pair work? They agree, or something ended by half."""
    call = story.call(tokens["access_token"]).status_code
    stock = story.call(tokens["access_token"], path="/api/stock/").status_code
    known = story.introspect(tokens["access_token"])["active"]
    refresh = story.refresh(tokens["refresh_token"]).status_code
    assert (call, stock, known, refresh) in (
        (200, 200, True, 200),
        (401, 401, False, 400),
    )
    return call == 200


@spec("B-20")
def test_a_deactivated_persons_tokens_stop() -> None:
    story = begin()
    tokens = story.tokens()
    story.person.is_active = False
    story.person.save()
    assert not works(story, tokens)


@spec("B-20")
def test_a_deactivated_persons_refresh_token_is_not_active() -> None:
    story = begin()
    tokens = story.tokens()
    story.person.is_active = False
    story.person.save()
    assert story.introspect(tokens["refresh_token"]) == {"active": False}


@spec("B-20")
def test_a_deactivated_person_gets_no_code() -> None:
    story = begin()
    story.person.is_active = False
    story.person.save()
    assert story.decide()["Location"].startswith("/accounts/login/")


@spec("B-20")
def test_a_deleted_persons_tokens_stop() -> None:
    story = begin()
    tokens = story.tokens()
    story.person.delete()
    assert not works(story, tokens)


@spec("B-20")
def test_a_disabled_clients_tokens_stop() -> None:
    story = begin()
    tokens = story.tokens()
    story.registered.policy.is_enabled = False
    story.registered.policy.save()
    assert story.call(tokens["access_token"]).status_code == 401
    assert story.call(tokens["access_token"], path="/api/stock/").status_code == 401
    assert error_of(story.refresh(tokens["refresh_token"])) == (401, "invalid_client")


@spec("B-20")
def test_a_client_disabled_by_another_process_is_refused_whatever_this_one_remembers() -> None:
    story = begin()
    tokens = story.tokens()
    # An update sends no signal: this process still remembers an enabled client.
    type(story.registered.policy).objects.update(is_enabled=False)
    assert story.call(tokens["access_token"]).status_code == 401
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


@spec("B-20", "B-22")
def test_a_disabled_clients_tokens_are_not_active() -> None:
    story, api = begin(), begin(preset="service", redirect_uris=())
    api.registered.policy.may_introspect_all = True
    api.registered.policy.save()
    tokens = story.tokens()
    assert api.introspect(tokens["access_token"])["active"]
    story.registered.policy.is_enabled = False
    story.registered.policy.save()
    assert api.introspect(tokens["access_token"]) == {"active": False}


@spec("B-20")
def test_a_deleted_clients_tokens_stop() -> None:
    story = begin()
    tokens = story.tokens()
    story.registered.application.delete()
    assert story.call(tokens["access_token"]).status_code == 401
    assert error_of(story.refresh(tokens["refresh_token"])) == (401, "invalid_client")


@spec("B-20")
def test_a_changed_password_ends_what_was_granted_before() -> None:
    story = begin()
    tokens, code = story.tokens(), story.code()
    story.person.set_password("a new one")
    story.person.save()
    assert not works(story, tokens)
    assert error_of(story.redeem(code)) == (400, "invalid_grant")


@spec("B-20")
def test_a_changed_password_ends_what_django_oauth_toolkit_issued() -> None:
    story = begin(registered=dot_application())
    access, refresh = dot_tokens(story)
    assert story.call(access).status_code == 200
    story.person.set_password("a new one")
    story.person.save()
    assert story.call(access).status_code == 401
    assert error_of(story.refresh(refresh)) == (400, "invalid_grant")


@spec("B-20")
def test_a_password_changed_on_the_admins_page_ends_it_too() -> None:
    story = begin()
    tokens = story.tokens()
    admin = Client()
    admin.force_login(PersonFactory(is_staff=True, is_superuser=True))
    response = admin.post(
        f"/admin/auth/user/{story.person.pk}/password/",
        {
            "password1": "another battery 9",
            "password2": "another battery 9",
            "usable_password": "true",
        },
    )
    assert response.status_code == 302
    assert not works(story, tokens)


@spec("B-20")
def test_a_change_to_the_rest_of_an_account_ends_nothing() -> None:
    story = begin()
    tokens = story.tokens()
    story.person.first_name = "Ada"
    story.person.save()
    assert works(story, tokens)


@spec("B-20")
def test_somebody_elses_new_password_ends_nothing() -> None:
    story, other = begin(), PersonFactory()
    tokens = story.tokens()
    other.set_password("a new one")
    other.save()
    assert works(story, tokens)


@spec("B-20")
def test_an_old_hash_that_is_upgraded_at_sign_in_ends_nothing() -> None:
    person = PersonFactory()
    old = person.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    person.save()
    story = begin(person=person)
    tokens = story.tokens()
    assert Client().login(username=story.person.username, password=PASSWORD)
    story.person.refresh_from_db()
    assert story.person.password != old
    assert works(story, tokens)


@spec("B-20")
def test_a_client_may_be_spared_by_its_policy() -> None:
    person = PersonFactory()
    spared, other = begin(person=person), begin(person=person)
    spared.registered.policy.revokes_on_password_change = False
    spared.registered.policy.save()
    kept, ended = spared.tokens(), other.tokens()
    person.set_password("a new one")
    person.save()
    assert works(spared, kept)
    assert not works(other, ended)


@spec("B-20")
def test_a_site_may_spare_all_clients_but_those_whose_policy_says_otherwise() -> None:
    person = PersonFactory()
    strict, other = begin(person=person), begin(person=person)
    strict.registered.policy.revokes_on_password_change = True
    strict.registered.policy.save()
    ended, kept = strict.tokens(), other.tokens()
    with override_settings(OAUTHFLOWS={"REVOKE_ON_PASSWORD_CHANGE": False}):
        person.set_password("a new one")
        person.save()
    assert works(other, kept)
    assert not works(strict, ended)


@spec("B-20")
def test_what_a_client_remembers_of_a_yes_outlives_the_password() -> None:
    story = begin()
    story.tokens()
    story.person.set_password("a new one")
    story.person.save()
    story.browser.force_login(story.person)
    assert story.ask().status_code == 302


@spec("B-20")
def test_a_grant_goes_on_after_the_person_signs_out() -> None:
    story = begin()
    tokens = story.tokens()
    story.browser.logout()
    assert works(story, tokens)


@spec("B-20")
def test_a_clients_policy_may_end_it_with_the_sign_in() -> None:
    person = PersonFactory()
    bound, other = begin(person=person), begin(person=person)
    bound.registered.policy.revokes_on_logout = True
    bound.registered.policy.save()
    other.browser = bound.browser
    ended, kept = bound.tokens(), other.tokens()
    bound.browser.post("/accounts/logout/")
    assert not works(bound, ended)
    assert works(other, kept)


@spec("B-20")
def test_a_site_may_end_it_with_the_sign_in_but_for_clients_its_policy_spares() -> None:
    person = PersonFactory()
    story, spared = begin(person=person), begin(person=person)
    spared.registered.policy.revokes_on_logout = False
    spared.registered.policy.save()
    spared.browser = story.browser
    ended, kept = story.tokens(), spared.tokens()
    with override_settings(OAUTHFLOWS={"REVOKE_ON_LOGOUT": True}):
        story.browser.post("/accounts/logout/")
    assert not works(story, ended)
    assert works(spared, kept)


@spec("B-20")
def test_signing_out_of_one_browser_ends_nothing_granted_in_another() -> None:
    story = begin()
    elsewhere = begin(person=story.person, registered=story.registered)
    here, there = story.tokens(), elsewhere.tokens()
    refreshed = story.refresh(here["refresh_token"]).json()
    with override_settings(OAUTHFLOWS={"REVOKE_ON_LOGOUT": True}):
        story.browser.post("/accounts/logout/")
    assert story.call(here["access_token"]).status_code == 401
    assert not works(story, refreshed)
    assert works(elsewhere, there)


@spec("B-20")
def test_nothing_of_an_ended_grant_is_left_alive() -> None:
    story = begin()
    tokens = story.tokens()
    story.refresh(tokens["refresh_token"])
    story.person.set_password("a new one")
    story.person.save()
    assert not get_access_token_model().objects.exists()
    assert not get_refresh_token_model().objects.filter(revoked__isnull=True).exists()
