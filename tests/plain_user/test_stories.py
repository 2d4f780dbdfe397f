"""People of any user model: the flows, the pages, the APIs, the commands and the admin.

The suite runs these with Django's own user. `test_models.py` runs them with models that have less.
"""

from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db.models.signals import post_delete, pre_delete
from django.test import Client
from django.urls import reverse

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.core.model_signals import listen_to_rows
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PASSWORD, PersonFactory
from tests.admin.pages import fields_on
from tests.identity.stories import AS_PROVIDER
from tests.management_api.calling import service, through_an_app
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.management_api.urls")]

SCOPES = ("openid", "profile", "email", "notes:read")


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER


def name_of(person: Any) -> str:
    return str(getattr(person, person.USERNAME_FIELD))


def signed_in(**client: Any) -> Story:
    return begin(**{"scopes": SCOPES, **client})


@spec("OpenID Connect Core §5.3", "RFC 7662 §2.2")
def test_somebody_signs_in_and_a_client_asks_who_they_are() -> None:
    story = signed_in()
    page = story.ask().content.decode()
    assert name_of(story.person) in page
    tokens = story.tokens()
    told = story.call(tokens["access_token"], "/o/userinfo/").json()
    assert told["sub"] == str(story.person.pk)
    assert told["preferred_username"] == name_of(story.person)
    assert story.introspect(tokens["access_token"])["username"] == name_of(story.person)
    assert story.call(tokens["access_token"]).status_code == 200
    assert story.refresh(tokens["refresh_token"]).status_code == 200


@spec("OpenID Connect Core §5.3.2")
def test_nothing_is_told_of_an_address_or_of_groups_that_the_model_does_not_have(
    settings: Any,
) -> None:
    scopes = {**AS_PROVIDER["SCOPES"], "groups": "See your groups"}
    settings.OAUTH2_PROVIDER = {**AS_PROVIDER, "SCOPES": scopes}
    settings.OAUTHFLOWS = {"EMAIL_VERIFIED": True}
    story = signed_in(scopes=("openid", "email", "groups"), visible_groups=["Board"])
    tokens = story.tokens(scope="openid email groups")
    told = story.call(tokens["access_token"], "/o/userinfo/").json()
    has_groups = hasattr(story.person, "groups")
    expected = {"sub": str(story.person.pk), **({"groups": []} if has_groups else {})}
    own_email = getattr(story.person, "email", "")
    assert told == expected | ({"email": own_email, "email_verified": True} if own_email else {})


@spec("RFC 6749 §3.1")
def test_somebody_is_sent_to_sign_in_and_comes_back() -> None:
    if not hasattr(get_user_model(), "is_active"):
        pytest.skip("Django's own sign-in form asks for is_active")
    story = signed_in()
    story.browser.logout()
    away = story.ask()
    typed = {"username": name_of(story.person), "password": PASSWORD}
    back = story.browser.post(away["Location"], typed)
    assert back.status_code == 302, back.content
    assert b"decision" in story.browser.get(back["Location"]).content


@pytest.mark.parametrize("prompt", ["select_account", "login", "consent"])
def test_the_pages_on_the_way_name_them(prompt: str) -> None:
    story = signed_in()
    story.ask(prompt=prompt)
    page = story.ask(prompt=prompt)
    assert page.status_code == 200
    assert name_of(story.person) in page.content.decode()


@spec("B-15", "B-31")
def test_they_see_their_apps_and_browsers_and_sign_out() -> None:
    story = signed_in()
    tokens = story.tokens()
    for path in ("/o/connected-apps/", "/o/sessions/"):
        assert story.browser.get(path).status_code == 200
    hint = {"id_token_hint": tokens["id_token"]}
    assert story.browser.get("/o/logout/", hint).status_code == 200
    assert "_auth_user_id" not in story.browser.session


@spec("RFC 6749 §4.3")
def test_a_password_is_exchanged() -> None:
    story = begin(preset="legacy-app", redirect_uris=())
    sent = {"grant_type": "password", "scope": "notes:read", "username": name_of(story.person)}
    wrong = story.token(**sent, password="wrong")
    assert wrong.json()["error"] == "invalid_grant"
    right = story.token(**sent, password=PASSWORD)
    assert right.status_code == 200, right.content
    assert story.call(right.json()["access_token"]).status_code == 200


@spec("RFC 8628 §3")
def test_a_device_is_paired() -> None:
    story = begin(preset="device", redirect_uris=())
    codes = story.device_codes(scope="notes:read").json()
    story.decide_on_device(codes["user_code"], scopes=["notes:read"])
    assert story.poll(codes["device_code"]).status_code == 200


@spec("RFC 8693 §2")
def test_a_token_is_exchanged() -> None:
    story = signed_in()
    policy = story.registered.policy
    policy.flows, policy.exchange_targets = (
        [*policy.flows, "token-exchange"],
        ["https://b.example/"],
    )
    policy.save()
    token = story.tokens(resource="https://b.example/")["access_token"]
    response = story.exchange(token, resource="https://b.example/", scope="notes:read")
    assert response.status_code == 200, response.content


@pytest.mark.parametrize("name", ["clients", "consents", "authorizations", "audit", "keys"])
def test_the_management_api_lists(name: str) -> None:
    story = signed_in()
    story.tokens()
    story.refresh("wrong")
    response = service().get(name)
    assert response.status_code == 200, response.content


@pytest.mark.parametrize("name", ["own-apps", "own-sign-ins", "own-browsers"])
def test_a_person_lists_their_own(name: str) -> None:
    response = through_an_app(PersonFactory(), ["oauthflows:self:read"]).get(name)
    assert response.status_code == 200, response.content


def test_the_commands_name_them() -> None:
    story = signed_in()
    story.tokens()
    refused = story.refresh("wrong")
    printed = StringIO()
    person = name_of(story.person)
    call_command("oauthflows_explain", refused["X-OAuth-Reference"], stdout=printed)
    call_command("oauthflows_doctor", stdout=printed)
    try:
        call_command(
            "oauthflows_rehearse",
            story.registered.client_id,
            f"--person={person}",
            "--scope=notes:read",
            "--url=http://testserver/",
            stdout=printed,
        )
    except CommandError:
        pytest.fail(printed.getvalue())
    assert "notes:read" in printed.getvalue()
    call_command("oauthflows_revoke", f"--person={person}", "--yes", stdout=printed)
    call_command("oauthflows_cleanup", stdout=printed)


def test_nobody_is_refused_for_an_attribute_they_do_not_have() -> None:
    """Django takes an account without `is_active` for an active one."""
    story = signed_in()
    assert "code" in answered(story.decide())
    assert not AuditEvent.objects.filter(event="request.refused").exists()


# The admin --------------------------------------------------------------------------------------


def _has_permissions() -> bool:
    return hasattr(get_user_model(), "has_perm")


@pytest.fixture
def administrator() -> Client:
    if not _has_permissions():
        pytest.skip("Django's admin needs a user model with permissions")
    browser = Client()
    browser.force_login(PersonFactory(is_staff=True, is_superuser=True))
    return browser


def test_every_list_of_the_admin_opens(administrator: Client) -> None:
    story = signed_in()
    story.tokens()
    story.refresh("wrong")
    for model in admin.site._registry:
        meta = model._meta
        if meta.app_label not in ("oauthflows", "oauth2_provider"):
            continue
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        for query in ({}, {"q": name_of(story.person)}):
            response = administrator.get(url, query)
            assert response.status_code == 200, (url, query)
        row = model._default_manager.order_by("pk").first()
        if row is not None:
            change = f"admin:{meta.app_label}_{meta.model_name}_change"
            assert administrator.get(reverse(change, args=[row.pk])).status_code in (200, 302)


def test_the_admins_own_pages_open(administrator: Client) -> None:
    story = signed_in()
    story.tokens()
    key, person = story.registered.application.pk, name_of(story.person)
    asked = {"person": person, "flow": "authorization-code-pkce", "scopes": "notes:read"}
    pages: list[tuple[str, dict[str, str]]] = [
        (reverse("admin:index"), {}),
        (reverse("admin:app_list", args=["oauthflows"]), {}),
        (reverse("admin:oauth2_provider_application_add"), {}),
        (reverse("admin:oauthflows_rehearse", args=[key]), asked),
        (reverse("admin:oauthflows_connect_client", args=[key]), {}),
        (reverse("admin:oauthflows_client_profile", args=[key]), {}),
        (reverse("admin:oauthflows_by_risk"), {}),
        (reverse("admin:oauthflows_mass_revoke"), {}),
    ]
    for page, query in pages:
        response = administrator.get(page, query)
        assert response.status_code == 200, page
    rehearsed = administrator.get(reverse("admin:oauthflows_rehearse", args=[key]), asked)
    assert person in rehearsed.content.decode()


def test_everything_of_one_person_is_ended(administrator: Client) -> None:
    story = signed_in()
    token = story.tokens()["access_token"]
    page = reverse("admin:oauthflows_mass_revoke")
    fields = fields_on(administrator.get(page), with_field="leaked_token")
    counted = administrator.post(page, {**fields, "person": name_of(story.person)})
    administrator.post(page, fields_on(counted, with_field="radius"))
    assert story.call(token).status_code == 401


@pytest.fixture(params=["proxy", "heir"])
def another_class(request: pytest.FixtureRequest) -> Any:
    """A function that returns a person's row by a class that the project derives from its user model."""
    model = get_user_model()
    derived = [one for one in apps.get_models() if issubclass(one, model) and one is not model]
    wanted = [one for one in derived if one._meta.proxy is (request.param == "proxy")]
    if not wanted:
        pytest.skip("nothing is derived from this user model")

    def get(person: Any) -> Any:
        if request.param == "heir":
            wanted[0](**{wanted[0]._meta.pk.attname: person.pk}).save_base(raw=True)
        return wanted[0]._default_manager.get(pk=person.pk)

    return get


@spec("B-32")
def test_a_new_password_ends_what_was_granted_by_whichever_class_it_is_saved(
    another_class: Any,
) -> None:
    story = signed_in()
    access_token = story.tokens()["access_token"]
    person = another_class(story.person)
    person.set_password(PASSWORD)
    person.save()
    assert story.call(access_token).status_code == 401


@spec("B-32")
def test_a_deletion_is_heard_of_once_by_whichever_class_it_is_done(another_class: Any) -> None:
    heard: list[str] = []

    def listen(sender: Any, **_: Any) -> None:
        heard.append(sender.__name__)

    person = another_class(signed_in().person)
    for signal in (pre_delete, post_delete):
        listen_to_rows(signal, listen, get_user_model(), uid="heard")
    try:
        person.delete()
    finally:
        for signal in (pre_delete, post_delete):
            for sender in apps.get_models():
                signal.disconnect(sender=sender, dispatch_uid="heard")
    assert len(heard) == 2
