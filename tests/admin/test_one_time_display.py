"""Pages that show a secret: reached by a redirect, shown once, to whoever made the secret."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import set_script_prefix
from django.utils import timezone
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.dynamic.models import InitialAccessToken
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.clients.one_time_display import COOKIE, LIFETIME
from django_oauthflows.clients.one_time_models import OneTimeDisplay
from django_oauthflows.testing.factories import ClientFactory
from tests.admin.pages import CLIENTS, administrator
from tests.admin.reach import staff
from tests.marks import spec
from tests.secrecy.places import every_row

pytestmark = pytest.mark.django_db

NEW = {"name": "A new one", "scopes": ["notes:read"]}
TOKENS = "/admin/oauthflows/initialaccesstoken/"
_SECRET = re.compile(r'<code class="oauthflows-secret"[^>]*>([^<]+)</code>')


def add_client(browser: Client) -> Any:
    return browser.post(f"{CLIENTS}add/?preset=service", NEW)


def add_secret(browser: Client) -> Any:
    made = ClientFactory(preset="service", redirect_uris=())
    return browser.post(f"{CLIENTS}{made.application.pk}/secrets/add/", {"label": "second"})


def replace_secret(browser: Client) -> Any:
    made = ClientFactory(preset="service", redirect_uris=())
    old = ClientSecret.objects.get(application=made.application)
    url = f"{CLIENTS}{made.application.pk}/secrets/{old.pk}/rotate/"
    return browser.post(url, {"overlap": "7"})


def issue_token(browser: Client) -> Any:
    return browser.post(f"{TOKENS}add/", {"label": "For a friend", "max_uses": "1"})


everywhere = pytest.mark.parametrize("make", [add_client, add_secret, replace_secret, issue_token])
Make = Callable[[Client], Any]


def secret_on(answer: Any) -> str:
    found = _SECRET.search(answer.content.decode())
    return found[1] if found else ""


def made() -> tuple[int, ...]:
    """How many of everything there are."""
    kinds = (get_application_model(), ClientSecret, InitialAccessToken)
    return tuple(kind.objects.count() for kind in kinds)


@spec("B-4")
@everywhere
def test_a_secret_is_shown_after_a_redirect_and_once(make: Make) -> None:
    browser = administrator()
    answer = make(browser)
    assert answer.status_code == 302
    assert "no-store" in answer["Cache-Control"]
    page = browser.get(answer["Location"])
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert len(secret_on(page)) >= 43
    there = made()
    again = browser.get(answer["Location"])
    assert again.status_code == 410
    assert secret_on(page) not in again.content.decode()
    assert "no-store" in again["Cache-Control"]
    assert made() == there


@spec("B-4")
@everywhere
def test_nothing_that_is_stored_tells_the_secret(make: Make) -> None:
    browser = administrator()
    answer = make(browser)
    stored = [text for _, text in every_row()]
    cookie = answer.cookies[COOKIE]
    secret = secret_on(browser.get(answer["Location"]))
    assert secret
    assert not [text for text in stored if secret in text]
    assert secret not in cookie.output() + answer["Location"]
    assert not OneTimeDisplay.objects.exists()


@everywhere
def test_the_cookie_is_for_that_page_and_a_few_minutes(make: Make) -> None:
    answer = make(administrator())
    cookie = answer.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == answer["Location"]
    assert 0 < int(cookie["max-age"]) <= 600


def test_over_https_the_cookie_is_never_sent_in_the_clear() -> None:
    browser = administrator()
    answer = browser.post(f"{TOKENS}add/", {"label": "x", "max_uses": "1"}, secure=True)
    assert answer.cookies[COOKIE]["secure"]


@spec("B-4")
@everywhere
def test_no_other_browser_and_no_other_user_sees_it(make: Make) -> None:
    browser = administrator()
    answer = make(browser)
    url = answer["Location"]
    assert administrator().get(url).status_code == 410
    # Somebody who took the cookie as well, and is signed in as somebody else.
    other = administrator()
    other.cookies[COOKIE] = answer.cookies[COOKIE].value
    assert other.get(url).status_code == 410
    assert Client().get(url).status_code == 302
    assert len(secret_on(browser.get(url))) >= 43


@everywhere
def test_a_cookie_that_was_changed_opens_nothing(make: Make) -> None:
    browser = administrator()
    answer = make(browser)
    value = answer.cookies[COOKIE].value
    other = "B" if value.startswith("A") else "A"
    for changed in ("", "x", other + value[1:], value[:-1], value.split(":")[0]):
        browser.cookies[COOKIE] = changed
        assert browser.get(answer["Location"]).status_code == 410
    browser.cookies[COOKIE] = value
    assert browser.get(answer["Location"]).status_code == 200


@everywhere
def test_it_waits_for_a_few_minutes_and_no_longer(make: Make) -> None:
    browser = administrator()
    answer = make(browser)
    rows = OneTimeDisplay.objects.all()
    assert timezone.now() < rows.get().expires <= timezone.now() + LIFETIME
    rows.update(expires=timezone.now() - timedelta(seconds=1))
    assert browser.get(answer["Location"]).status_code == 410
    add_client(browser)
    assert OneTimeDisplay.objects.count() == 1, "what is over goes with the next one"


@everywhere
def test_it_is_shown_by_a_get_alone(make: Make) -> None:
    browser = administrator()
    url = make(browser)["Location"]
    assert browser.head(url).status_code == 405
    assert browser.post(url).status_code == 405
    assert secret_on(browser.get(url))


def test_what_waits_for_one_page_is_not_shown_on_another() -> None:
    browser = administrator()
    answer = add_client(browser)
    pk, handle = answer["Location"].strip("/").split("/")[-3::2]
    other = ClientFactory(preset="service", redirect_uris=()).application
    for url in (
        f"{CLIENTS}{other.pk}/added/{handle}/",
        f"{CLIENTS}{pk}/secrets/new/{handle}/",
        f"{TOKENS}{pk}/new/{handle}/",
    ):
        assert browser.get(url).status_code == 410, url
    assert secret_on(browser.get(answer["Location"]))


def test_whoever_may_only_add_clients_sees_the_secret_of_theirs() -> None:
    browser = staff("add_application")
    answer = add_client(browser)
    assert secret_on(browser.get(answer["Location"]))


def test_whoever_lost_the_permission_sees_no_secret() -> None:
    browser = staff("rotate_clientsecret")
    answer = add_secret(browser)
    person = browser.session["_auth_user_id"]
    get_user_model().objects.get(pk=person).user_permissions.clear()
    assert browser.get(answer["Location"]).status_code == 403


def test_a_client_without_a_secret_is_shown_alike() -> None:
    browser = administrator()
    said = {**NEW, "redirect_uris": "http://127.0.0.1/callback"}
    answer = browser.post(f"{CLIENTS}add/?preset=native-app", said)
    page = browser.get(answer["Location"])
    assert page.status_code == 200
    assert "This client has no secret" in page.content.decode()
    assert secret_on(page) == ""


def test_two_tabs_do_not_disturb_each_other() -> None:
    """Each cookie is for its own page; Django's test browser knows no paths, so it is told which to send."""
    browser = administrator()
    first, second = add_client(browser), issue_token(browser)
    shown = []
    for answer in (second, first):
        browser.cookies[COOKIE] = answer.cookies[COOKIE].value
        shown.append(secret_on(browser.get(answer["Location"])))
    assert all(shown)
    assert len(set(shown)) == 2


def test_the_cookies_path_has_the_prefix_of_the_site() -> None:
    browser = administrator()
    set_script_prefix("/id/")
    try:
        answer = browser.post(f"{TOKENS}add/", {"label": "x", "max_uses": "1"})
    finally:
        set_script_prefix("/")
    assert answer["Location"].startswith("/id/admin/")
    assert answer.cookies[COOKIE]["path"] == answer["Location"]
