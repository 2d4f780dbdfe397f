"""A person sees where they are signed in, and ends it, here or elsewhere."""

import re
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.identity.logout import end_session
from django_oauthflows.identity.models import LogoutDelivery
from django_oauthflows.sessions import agents, noting
from django_oauthflows.sessions.models import ProviderSession
from django_oauthflows.testing.factories import PASSWORD, PersonFactory
from tests.consent.test_consent_page import text_of
from tests.identity.stories import AS_PROVIDER, change, claims_of, relying_party
from tests.marks import spec
from tests.stories import begin, error_of

pytestmark = pytest.mark.django_db

PAGE = "/o/sessions/"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    settings.OAUTHFLOWS = {"BACKCHANNEL_DELIVERY": "command"}


def browser_of(person: Any, user_agent: str = FIREFOX) -> Client:
    """A browser in which the person signed in with their password."""
    browser = Client(headers={"user-agent": user_agent})
    form = {"username": person.username, "password": PASSWORD, "next": PAGE}
    assert browser.post("/accounts/login/", form).status_code == 302
    return browser


@spec("B-32")
def test_a_person_has_only_so_many_sign_ins_and_the_oldest_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(noting, "MOST_OF_PERSON", 3)
    person, other = PersonFactory(), PersonFactory()
    elsewhere = browser_of(other)
    browsers = [browser_of(person) for _ in range(5)]
    # Those that are signed in, and the one that was the last to end.
    assert ProviderSession.objects.filter(user=person).count() == 4
    assert [is_signed_in(browser) for browser in browsers] == [False, False, True, True, True]
    assert is_signed_in(elsewhere)


@spec("B-32")
def test_sign_ins_that_have_ended_take_no_room_of_one_that_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(noting, "MOST_OF_PERSON", 3)
    person = PersonFactory()
    phone = browser_of(person)
    for _ in range(6):
        browser_of(person).post("/accounts/logout/")
    assert is_signed_in(phone)
    assert ProviderSession.objects.filter(user=person).count() <= 4


@spec("B-32", "OpenID Connect Back-Channel Logout 1.0 §2.5")
def test_a_sign_in_that_is_one_too_many_ends_the_oldest_as_a_sign_out_does(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(noting, "MOST_OF_PERSON", 1)
    story = relying_party(backchannel_logout_uri="https://client.example/logout")
    story.tokens()
    code = story.code()
    with django_capture_on_commit_callbacks(execute=True):
        browser_of(story.person)
    assert error_of(story.redeem(code)) == (400, "invalid_grant")
    assert LogoutDelivery.objects.get().application == story.registered.application
    assert AuditEvent.objects.get(event="session.ended").detail == {"reason": "too_many_sign_ins"}
    assert ProviderSession.objects.filter(user=story.person, ended=None).count() == 1


def listed(browser: Client) -> list[str]:
    """The headings of the page, in their order."""
    page = browser.get(PAGE).content.decode()
    return re.findall(r'<h2 id="place-\d+"><bdi>([^<]+)</bdi></h2>', page)


def others_on(browser: Client) -> list[str]:
    """The pages that ask before one of them ends."""
    return re.findall(rf'href="({PAGE}\d+/end/)"', browser.get(PAGE).content.decode())


def is_signed_in(browser: Client) -> bool:
    return browser.get(PAGE).status_code == 200


def test_a_person_sees_every_browser_they_are_signed_in_with_this_one_first() -> None:
    person = PersonFactory()
    browser_of(PersonFactory())
    desk, phone = browser_of(person), browser_of(person, IPHONE)
    assert listed(desk) == ["Firefox on Linux", "Safari on iPhone"]
    assert listed(phone) == ["Safari on iPhone", "Firefox on Linux"]
    page = desk.get(PAGE)
    assert text_of(page).count("This browser") == 1
    assert "From 127.0.0.1" in text_of(page)
    assert page["X-Frame-Options"] == "DENY"


@spec("B-20", "B-31")
def test_ending_one_browser_leaves_the_others() -> None:
    person = PersonFactory()
    desk, phone, other = browser_of(person), browser_of(person, IPHONE), browser_of(person)
    _newest, oldest = others_on(desk)
    assert desk.post(oldest)["Location"] == PAGE
    assert "That browser was signed out." in text_of(desk.get(PAGE))
    assert not is_signed_in(phone)
    assert is_signed_in(other)
    assert is_signed_in(desk)
    assert desk.post(oldest).status_code == 404


@spec("B-20")
def test_signing_out_the_others_keeps_this_one() -> None:
    person = PersonFactory()
    desk, phone, other = browser_of(person), browser_of(person, IPHONE), browser_of(person)
    desk.post(f"{PAGE}end-others/")
    assert "2 other browsers were signed out." in text_of(desk.get(PAGE))
    assert [is_signed_in(browser) for browser in (desk, phone, other)] == [True, False, False]


@spec("B-20")
def test_signing_out_everywhere_ends_this_one_too() -> None:
    person = PersonFactory()
    desk, phone = browser_of(person), browser_of(person, IPHONE)
    assert "on every other that was listed" in text_of(desk.post(f"{PAGE}end-all/"))
    assert [is_signed_in(browser) for browser in (desk, phone)] == [False, False]
    assert not ProviderSession.objects.filter(ended__isnull=True).exists()


@spec("B-20", "OpenID Connect Back-Channel Logout 1.0 §2.5")
def test_what_ends_elsewhere_ends_its_grants_and_is_told_to_its_clients(
    django_capture_on_commit_callbacks: Any,
) -> None:
    story = relying_party(
        backchannel_logout_uri="https://client.example/logout", revokes_on_logout=True
    )
    tokens = story.tokens()
    desk = browser_of(story.person)
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(others_on(desk)[0])
    assert story.call(tokens["access_token"]).status_code == 401
    row = LogoutDelivery.objects.get()
    known = claims_of(story, tokens["id_token"])
    assert (row.sid, row.subject, row.issuer) == (known["sid"], known["sub"], known["iss"])
    event = AuditEvent.objects.get(event="session.ended")
    assert (event.user, event.detail) == (story.person, {"reason": "ended_by_person"})


@spec("B-20")
def test_an_app_that_is_not_bound_to_the_sign_in_goes_on() -> None:
    story = begin()
    tokens = story.tokens()
    desk = browser_of(story.person)
    desk.post(others_on(desk)[0])
    assert story.call(tokens["access_token"]).status_code == 200


@spec("B-16")
def test_nobody_ends_another_persons_sign_in_or_their_own_by_that_button() -> None:
    person = PersonFactory()
    desk, stranger = browser_of(person), browser_of(PersonFactory())
    key = ProviderSession.objects.get(user=person).pk
    assert stranger.post(f"{PAGE}{key}/end/").status_code == 404
    assert desk.post(f"{PAGE}{key}/end/").status_code == 404
    assert desk.post(f"{PAGE}{key + 100}/end/").status_code == 404
    assert is_signed_in(desk)


@spec("B-16")
def test_a_sign_in_ends_after_a_question_alone() -> None:
    """The page's links lead to a page that asks: it ends nothing, and says what would end."""
    person = PersonFactory()
    desk, phone = browser_of(person), browser_of(person, IPHONE)
    (one,) = others_on(desk)
    for where, said in (
        (one, "Sign out Safari on iPhone?"),
        (f"{PAGE}end-others/", "Sign out the others?"),
        (f"{PAGE}end-all/", "Sign out everywhere?"),
    ):
        assert f'href="{where}"' in desk.get(PAGE).content.decode()
        page = desk.get(where)
        text = page.content.decode()
        assert page.status_code == 200
        assert "no-store" in page["Cache-Control"]
        assert said in text
        assert f'href="{PAGE}"' in text
        assert desk.head(where).status_code == 200
        assert is_signed_in(phone)
        assert is_signed_in(desk)
    assert "1 other browser is signed out at once." in text
    assert "You are signed out of this one too." in text
    desk.post(one)
    assert not is_signed_in(phone)


@spec("B-16")
def test_the_question_is_asked_of_whose_browser_it_is() -> None:
    person = PersonFactory()
    desk, _ = browser_of(person), browser_of(person, IPHONE)
    (one,) = others_on(desk)
    assert browser_of(PersonFactory()).get(one).status_code == 404
    own = ProviderSession.objects.filter(user=person).earliest("pk").pk
    assert desk.get(f"{PAGE}{own}/end/").status_code == 404


@spec("B-16")
@pytest.mark.parametrize("where", ["1/end/", "end-others/", "end-all/"])
def test_ending_takes_a_form_of_this_site_and_somebody_signed_in(where: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(PersonFactory())
    assert browser.get(PAGE + where).status_code in (200, 404)
    assert browser.post(PAGE + where).status_code == 403
    assert Client().post(PAGE + where)["Location"].startswith("/accounts/login/")
    assert Client().get(PAGE)["Location"].startswith("/accounts/login/")


@spec("OpenID Connect Front-Channel Logout 1.0 §3", "B-29")
def test_the_sid_is_the_same_for_all_public_subjects_and_gone_with_the_sign_in() -> None:
    story, other = relying_party(), relying_party()
    other.person, other.browser = story.person, story.browser
    first = claims_of(story, story.tokens()["id_token"])["sid"]
    assert claims_of(other, other.tokens()["id_token"])["sid"] == first
    assert len(first) >= 43
    story.browser.post("/accounts/logout/")
    story.browser.force_login(story.person)
    assert claims_of(story, story.tokens()["id_token"])["sid"] != first


@spec("OpenID Connect Core §12.2", "B-29")
def test_a_refreshed_id_token_names_the_same_session() -> None:
    story = relying_party()
    tokens = story.tokens()
    first = claims_of(story, tokens["id_token"])["sid"]
    refreshed = story.refresh(tokens["refresh_token"]).json()
    assert claims_of(story, refreshed["id_token"])["sid"] == first


@spec("OpenID Connect Core §3.2.2.10", "B-29")
def test_an_id_token_of_the_front_channel_names_it_too() -> None:
    story = relying_party(profile="legacy", flows=("implicit", "hybrid"))
    url = story.decide(
        scopes=["openid", "profile"],
        scope="openid profile",
        response_type="id_token",
        nonce="n",
        code_challenge=None,
        code_challenge_method=None,
    )["Location"]
    token = re.search(r"id_token=([^&]+)", url)[1]  # type: ignore[index]
    assert claims_of(story, token)["sid"] == ProviderSession.objects.get().sid


def test_another_person_in_the_same_browser_is_another_sign_in() -> None:
    browser, first, second = Client(), PersonFactory(), PersonFactory()
    browser.force_login(first)
    sid = ProviderSession.objects.get().sid
    browser.force_login(second)
    assert ProviderSession.objects.get(user=second).sid != sid
    assert len(listed(browser)) == 1


def test_signing_in_again_is_the_same_sign_in_and_can_still_be_ended() -> None:
    person = PersonFactory()
    desk, phone = browser_of(person), browser_of(person, IPHONE)
    form = {"username": person.username, "password": PASSWORD}
    phone.post("/accounts/login/", form)
    assert len(listed(desk)) == 2
    desk.post(others_on(desk)[0])
    assert not is_signed_in(phone)


@spec("B-20")
def test_a_new_password_takes_the_other_browsers_off_the_list() -> None:
    person = PersonFactory()
    desk = browser_of(person)
    browser_of(person, IPHONE)
    person.set_password("another battery 9")
    person.save()
    assert not is_signed_in(desk)
    desk.force_login(person)
    assert len(listed(desk)) == 1


def test_a_sign_out_by_django_takes_it_off_the_list() -> None:
    person = PersonFactory()
    desk, phone = browser_of(person), browser_of(person, IPHONE)
    phone.post("/accounts/logout/")
    assert listed(desk) == ["Firefox on Linux"]


def test_a_session_that_somebody_else_deleted_is_not_listed() -> None:
    person = PersonFactory()
    desk, phone = browser_of(person), browser_of(person, IPHONE)
    phone.session.delete()
    assert listed(desk) == ["Firefox on Linux"]


@spec("B-17")
def test_a_stolen_table_opens_no_session() -> None:
    desk = browser_of(PersonFactory())
    row = ProviderSession.objects.get()
    key = desk.session.session_key
    assert key
    stored = [str(value) for value in ProviderSession.objects.values().get(pk=row.pk).values()]
    assert not any(key in value for value in stored)


def test_being_there_is_written_down_once_an_hour() -> None:
    desk = browser_of(PersonFactory())
    desk.get(PAGE)
    with CaptureQueriesContext(connection) as seldom:
        desk.get(PAGE)
    assert [q["sql"] for q in seldom if q["sql"].startswith(("UPDATE", "INSERT"))] == []
    session = desk.session
    mark, noted = session["_oauthflows_noted"]
    session["_oauthflows_noted"] = [mark, noted - 4000]
    session.save()
    long_ago = timezone.now() - timedelta(hours=2)
    ProviderSession.objects.update(last_seen=long_ago)
    desk.get(PAGE)
    assert ProviderSession.objects.get().last_seen > long_ago


@spec("OpenID Connect Back-Channel Logout 1.0 §2.7", "B-31")
def test_a_request_that_began_before_the_sign_out_does_not_undo_it() -> None:
    person = PersonFactory()
    desk = browser_of(person)
    late = RequestFactory().get(PAGE)
    late.session = desk.session
    mark, noted = late.session["_oauthflows_noted"]
    late.session["_oauthflows_noted"] = [mark, noted - 4000]
    row = ProviderSession.objects.get()
    desk.post("/accounts/logout/")
    noting.note(late, person, sid=row.sid)
    assert noting.has_ended(row.sid)


def test_a_browser_that_cannot_be_signed_out_is_not_called_so() -> None:
    desk = browser_of(PersonFactory())
    ProviderSession.objects.update(sealed_key="no key of this site opens it")
    request = RequestFactory().post(PAGE)
    assert not end_session(ProviderSession.objects.get(), reason="by_test", request=request)
    assert is_signed_in(desk)
    assert ProviderSession.objects.get().is_live


@pytest.mark.parametrize("engine", ["cache", "cached_db", "file"])
def test_whichever_engine_keeps_the_sessions_they_can_be_ended(engine: str, tmp_path: Any) -> None:
    with override_settings(
        SESSION_ENGINE=f"django.contrib.sessions.backends.{engine}", SESSION_FILE_PATH=str(tmp_path)
    ):
        person = PersonFactory()
        desk, phone = browser_of(person), browser_of(person, IPHONE)
        assert listed(desk) == ["Firefox on Linux", "Safari on iPhone"]
        desk.post(others_on(desk)[0])
        assert not is_signed_in(phone)
        assert is_signed_in(desk)


def test_where_sessions_live_in_cookies_the_page_says_what_it_cannot_do() -> None:
    with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"):
        person = PersonFactory()
        desk, phone = browser_of(person), browser_of(person, IPHONE)
        assert "only this one can be signed out from here" in text_of(desk.get(PAGE))
        assert others_on(desk) == []
        key = ProviderSession.objects.order_by("-pk")[0].pk
        desk.post(f"{PAGE}{key}/end/")
        assert "could not be signed out from here" in text_of(desk.get(PAGE))
        assert is_signed_in(phone)
        assert ProviderSession.objects.get(pk=key).is_live


def test_cleanup_deletes_what_ended_and_nothing_else() -> None:
    person = PersonFactory()
    desk = browser_of(person)
    browser_of(person, IPHONE).post("/accounts/logout/")
    long_ago = timezone.now() - timedelta(days=2)
    ProviderSession.objects.filter(ended__isnull=False).update(ended=long_ago)
    call_command("oauthflows_cleanup", stdout=StringIO())
    assert ProviderSession.objects.count() == 1
    ProviderSession.objects.update(expires=long_ago)
    call_command("oauthflows_cleanup", stdout=StringIO())
    assert not ProviderSession.objects.exists()
    session = desk.session
    del session["_oauthflows_noted"]
    session.save()
    assert listed(desk) == ["Firefox on Linux"]  # it is there, and noted anew


@pytest.mark.parametrize("agent", ["", "\0", "x" * 5000, "<script>alert(1)</script>", "é\ud7ff"])
def test_whatever_a_browser_calls_itself(agent: str) -> None:
    person = PersonFactory()
    browser_of(person, agent)
    page = browser_of(person).get(PAGE)
    assert "<script>" not in page.content.decode()
    assert "A browser that does not say what it is" in text_of(page)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX, "Firefox on Linux"),
        (IPHONE, "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/18 Safari/605", "Safari on macOS"),
        ("curl/8", "A browser that does not say what it is"),
    ],
)
def test_a_browser_is_named_as_people_know_it(agent: str, name: str) -> None:
    assert agents.described(agent) == name


def test_an_administrator_signs_a_browser_out() -> None:
    person = PersonFactory()
    desk, admin = browser_of(person), Client()
    admin.force_login(PersonFactory(is_staff=True, is_superuser=True))
    row = ProviderSession.objects.get(user=person)
    screen = "/admin/oauthflows/providersession/"
    assert "Firefox on Linux" in text_of(admin.get(screen))
    assert admin.get(f"{screen}{row.pk}/change/").status_code == 200
    assert row.sid not in admin.get(f"{screen}{row.pk}/change/").content.decode()
    chosen = {"post": "yes", "action": "end_selected", "_selected_action": [row.pk]}
    page = admin.post(screen, chosen, follow=True)
    assert "1 browser was signed out." in text_of(page)
    assert not is_signed_in(desk)


def test_an_administrator_stays_signed_in() -> None:
    admin = Client()
    admin.force_login(PersonFactory(is_staff=True, is_superuser=True))
    chosen = {
        "action": "end_selected",
        "post": "yes",
        "_selected_action": [ProviderSession.objects.get().pk],
    }
    page = admin.post("/admin/oauthflows/providersession/", chosen, follow=True)
    assert "0 browsers were signed out." in text_of(page)
    assert is_signed_in(admin)


def test_a_viewer_of_the_admin_signs_nobody_out() -> None:
    from django.contrib.auth.models import Permission

    desk, viewer = browser_of(PersonFactory()), PersonFactory(is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_providersession"))
    admin = Client()
    admin.force_login(viewer)
    keys = list(ProviderSession.objects.values_list("pk", flat=True))
    chosen = {"post": "yes", "action": "end_selected", "_selected_action": keys}
    admin.post("/admin/oauthflows/providersession/", chosen)
    assert is_signed_in(desk)


def test_the_admin_lists_what_clients_are_told() -> None:
    story = relying_party()
    change(story, backchannel_logout_uri="https://client.example/logout")
    story.tokens()
    story.browser.post("/accounts/logout/")
    admin = Client()
    admin.force_login(PersonFactory(is_staff=True, is_superuser=True))
    screen = "/admin/oauthflows/logoutdelivery/"
    assert story.registered.application.name in text_of(admin.get(screen))
    key = LogoutDelivery.objects.get().pk
    assert "https://client.example/logout" in text_of(admin.get(f"{screen}{key}/change/"))
