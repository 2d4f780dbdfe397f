"""Grants, tokens and consents in the admin: shown without their values, ended, never made or edited."""

import pytest
from django.utils import timezone
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_refresh_token_model,
)

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.consent.models import Consent
from django_oauthflows.tokens.models import Authorization
from tests.admin.pages import CLIENTS, act, administrator, fields_on
from tests.flows.exchanges import API as API_RESOURCE
from tests.flows.exchanges import api, app_token, exchanged
from tests.marks import spec
from tests.stories import Story, begin, dot_application, error_of

pytestmark = pytest.mark.django_db

AUTHORIZATIONS = "/admin/oauthflows/authorization/"
CONSENTS = "/admin/oauthflows/consent/"
AUDIT = "/admin/oauthflows/auditevent/"
ACCESS = "/admin/oauth2_provider/accesstoken/"
REFRESH = "/admin/oauth2_provider/refreshtoken/"
CODES = "/admin/oauth2_provider/grant/"


def is_dead(story: Story, tokens: dict[str, str]) -> bool:
    call = story.call(tokens["access_token"])
    refresh = story.refresh(tokens["refresh_token"])
    return call.status_code == 401 and error_of(refresh) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("path", "row"),
    [
        (AUTHORIZATIONS, lambda: Authorization.objects.order_by("created").first()),
        (ACCESS, lambda: get_access_token_model().objects.order_by("pk").first()),
        (REFRESH, lambda: get_refresh_token_model().objects.order_by("pk").first()),
    ],
    ids=["authorization", "access token", "refresh token"],
)
@spec("B-21")
def test_revoking_a_row_ends_the_whole_grant_and_no_other(
    path: str, row, django_capture_on_commit_callbacks
) -> None:
    story = begin()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    other = story.tokens()
    with django_capture_on_commit_callbacks(execute=True):
        response = act(administrator(), path, "revoke_selected", row())
    assert response.status_code == 302
    assert story.call(first["access_token"]).status_code == 401
    assert is_dead(story, second)
    assert not is_dead(story, other)
    event = AuditEvent.objects.get(event="authorization.revoked")
    assert event.detail["reason"] == "revoked_by_administrator"


@spec("B-21")
def test_revoking_an_access_token_that_was_refreshed_ends_the_grant() -> None:
    story = begin()
    second = story.refresh(story.tokens()["refresh_token"]).json()
    newest = get_access_token_model().objects.order_by("pk").last()
    act(administrator(), ACCESS, "revoke_selected", newest)
    assert is_dead(story, second)


@spec("B-21")
def test_revoking_a_services_token_ends_it_alone() -> None:
    story = begin(preset="service", redirect_uris=())
    one, other = (
        story.token(grant_type="client_credentials", scope="notes:read").json() for _ in range(2)
    )
    first = get_access_token_model().objects.order_by("pk").first()
    act(administrator(), ACCESS, "revoke_selected", first)
    assert story.call(one["access_token"]).status_code == 401
    assert story.call(other["access_token"]).status_code == 200


@spec("B-21")
def test_revoking_a_token_without_a_grant_ends_it() -> None:
    story = begin(registered=dot_application())
    row = get_refresh_token_model().objects.create(
        user=story.person, application=story.registered.application, token="refresh-of-old"
    )
    act(administrator(), REFRESH, "revoke_selected", row)
    assert error_of(story.refresh("refresh-of-old")) == (400, "invalid_grant")


@spec("B-21")
def test_revoking_a_code_makes_it_worthless() -> None:
    story = begin()
    code = story.code()
    act(administrator(), CODES, "revoke_selected", get_grant_model().objects.get())
    assert error_of(story.redeem(code)) == (400, "invalid_grant")


@spec("B-21")
def test_several_grants_are_revoked_at_once() -> None:
    story = begin()
    pairs = [story.tokens() for _ in range(3)]
    browser = administrator()
    act(browser, AUTHORIZATIONS, "revoke_selected", *Authorization.objects.all())
    assert all(is_dead(story, pair) for pair in pairs)
    assert "3 revoked." in browser.get(AUTHORIZATIONS).content.decode()


@spec("B-15")
def test_withdrawing_a_consent_ends_its_tokens_and_asks_again() -> None:
    story = begin()
    tokens = story.tokens()
    act(administrator(), CONSENTS, "withdraw_selected", Consent.objects.get())
    assert is_dead(story, tokens)
    assert story.ask().status_code == 200


@spec("B-4")
def test_nothing_is_made_edited_or_deleted_here() -> None:
    story, browser = begin(), administrator()
    story.tokens()
    story.code()
    story.refresh("no-such-token")
    for path, model in (
        (AUTHORIZATIONS, Authorization),
        (CONSENTS, Consent),
        (AUDIT, AuditEvent),
        (ACCESS, get_access_token_model()),
        (REFRESH, get_refresh_token_model()),
        (CODES, get_grant_model()),
    ):
        rows = [*model.objects.values()]
        row = model.objects.first()
        assert browser.get(f"{path}{row.pk}/change/").status_code == 200
        for page in (f"{path}add/", f"{path}{row.pk}/change/", f"{path}{row.pk}/delete/"):
            assert browser.post(page, {"post": "yes", "scope": "notes:write"}).status_code == 403
        act(browser, path, "delete_selected", row)
        assert [*model.objects.values()] == rows


@spec("B-4")
def test_no_page_shows_a_token_a_code_or_a_checksum() -> None:
    story, browser = begin(), administrator()
    tokens = story.tokens()
    story.refresh(tokens["refresh_token"])
    story.code()
    access, refresh, grant = (
        model().objects.order_by("pk").last()
        for model in (get_access_token_model, get_refresh_token_model, get_grant_model)
    )
    authorization = Authorization.objects.exclude(replay_answer="").get()
    values = [
        access.token_checksum,
        refresh.token_checksum,
        grant.code,
        authorization.code_checksum,
        authorization.replay_answer,
        authorization.session,
        tokens["access_token"],
        tokens["refresh_token"],
    ]
    assert all(values)
    for path, row in (
        (ACCESS, access),
        (REFRESH, refresh),
        (CODES, grant),
        (AUTHORIZATIONS, authorization),
        (CONSENTS, Consent.objects.get()),
    ):
        for page in (browser.get(path), browser.get(f"{path}{row.pk}/change/")):
            assert page.status_code == 200
            assert not [value for value in values if value in page.content.decode()]


@spec("B-18")
def test_a_grant_shows_how_its_tokens_followed_each_other() -> None:
    story, browser = begin(), administrator()
    tokens = story.tokens()
    for _ in range(2):
        tokens = story.refresh(tokens["refresh_token"]).json()
    page = browser.get(f"{AUTHORIZATIONS}{Authorization.objects.get().pk}/change/").content.decode()
    assert page.count("<li>Refresh token since ") == 3
    assert page.count(", used or ended ") == 2
    assert page.count("<br>Access token, good until ") == 3
    newest = get_refresh_token_model().objects.order_by("pk").last()
    get_access_token_model().objects.filter(pk=newest.access_token_id).update(
        expires=timezone.now()
    )
    page = browser.get(f"{AUTHORIZATIONS}{Authorization.objects.get().pk}/change/").content.decode()
    assert page.count("<br>Access token, expired ") == 1


def test_a_grant_without_a_refresh_token_shows_its_access_token() -> None:
    story, browser = begin(), administrator()
    story.registered.policy.flows = ["authorization-code-pkce"]
    story.registered.policy.save()
    story.tokens()
    page = browser.get(f"{AUTHORIZATIONS}{Authorization.objects.get().pk}/change/").content.decode()
    assert "<ol><li>Access token, good until " in page


def test_the_audit_log_is_read_by_reference() -> None:
    story, browser = begin(), administrator()
    response = story.refresh("no-such-token")
    reference = response["X-OAuth-Reference"]
    page = browser.get(AUDIT, {"q": reference}, follow=True).content.decode()
    assert "refresh_token_must_exist" in page
    row = AuditEvent.objects.get(reference=reference)
    assert reference in browser.get(f"{AUDIT}{row.pk}/change/").content.decode()


# Deleting what grants belong to -------------------------------------------------------------------------


def confirm_deletion(browser, path: str) -> object:
    return browser.post(path, fields_on(browser.get(path), with_field="post"))


@spec("B-20")
def test_a_client_with_tokens_can_be_deleted() -> None:
    story = begin()
    tokens = story.tokens()
    story.code()
    path = f"{CLIENTS}{story.registered.application.pk}/delete/"
    assert confirm_deletion(administrator(), path).status_code == 302
    assert story.call(tokens["access_token"]).status_code == 401
    assert not Authorization.objects.exists()


@spec("B-20")
def test_a_person_with_tokens_can_be_deleted() -> None:
    story = begin()
    tokens = story.tokens()
    story.code()
    path = f"/admin/auth/user/{story.person.pk}/delete/"
    assert confirm_deletion(administrator(), path).status_code == 302
    assert story.call(tokens["access_token"]).status_code == 401
    assert not Consent.objects.exists()


@spec("RFC 8693 §4.1")
def test_an_exchanged_grant_says_who_acts_and_leads_to_its_parent() -> None:
    app, first, second = begin(name="Paper <b>& Pen"), api(exchange_targets=[API_RESOURCE]), api()
    middle = exchanged(first, app_token(app))["access_token"]
    exchanged(second, middle)
    parent = Authorization.objects.get(application=first.registered.application)
    child = Authorization.objects.get(parent=parent.pk)
    page = administrator().get(f"{AUTHORIZATIONS}{child.pk}/change/").content.decode()
    assert f"{second.registered.client_id} ← {first.registered.client_id}" in page
    assert f'href="{AUTHORIZATIONS}{parent.pk}/change/"' in page
    above = administrator().get(f"{AUTHORIZATIONS}{parent.pk}/change/").content.decode()
    assert "Paper &lt;b&gt;&amp; Pen" in above
    root = administrator().get(f"{AUTHORIZATIONS}{parent.parent}/change/")
    assert root.status_code == 200


@spec("RFC 8693 §2.1", "B-21")
def test_revoking_an_exchanged_token_leaves_what_it_was_made_of() -> None:
    app, service = begin(), api()
    tokens = app.tokens(scope="notes:read", resource=API_RESOURCE)
    token = exchanged(service, tokens["access_token"])["access_token"]
    act(administrator(), ACCESS, "revoke_selected", get_access_token_model().objects.last())
    assert service.call(token).status_code == 401
    assert app.introspect(tokens["access_token"])["active"]


def test_an_exchanged_grant_whose_parent_is_gone_is_shown() -> None:
    exchanged(api(), app_token(begin()))
    parent, child = Authorization.objects.order_by("created")
    parent.delete()
    page = administrator().get(f"{AUTHORIZATIONS}{child.pk}/change/").content.decode()
    assert str(parent.pk) not in page or f"{AUTHORIZATIONS}{child.parent}" not in page
    assert str(child.parent) in page
