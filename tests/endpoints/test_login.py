"""The sign-in page of the package: used where the project has none, and in the place of no other."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from django_oauthflows.testing.factories import PASSWORD, PersonFactory
from tests.marks import spec
from tests.stories import begin

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.endpoints.urls_with_our_login")]

#: The package's own page, and Django's view in a project that has no template for it.
LOGIN, DJANGO = "/o/sign-in/", "/django/login/"


@pytest.fixture
def templates(settings: Any) -> Any:
    """Let a test change what templates there are; a page that was found before is found anew."""

    def change(**options: Any) -> None:
        settings.TEMPLATES = [{**settings.TEMPLATES[0], **options}]

    return change


@pytest.mark.parametrize("path", [LOGIN, DJANGO])
def test_a_project_without_a_page_shows_ours(path: str) -> None:
    page = Client().get(path, {"next": "/o/device/"})
    body = page.content.decode()
    assert page.status_code == 200
    assert "oauthflows/oauthflows.css" in body
    assert '<input type="hidden" name="next" value="/o/device/">' in body
    for name, autocomplete in (("username", "username"), ("password", "current-password")):
        assert f'<label for="id_{name}">' in body
        assert f'autocomplete="{autocomplete}"' in body


def test_a_page_in_a_folder_of_the_project_is_shown(templates: Any, tmp_path: Path) -> None:
    (tmp_path / "registration").mkdir()
    (tmp_path / "registration/login.html").write_text("The project's own page")
    templates(DIRS=[tmp_path])
    page = Client().get(DJANGO)
    assert page.content == b"The project's own page"


def test_a_page_of_an_app_after_ours_is_shown(settings: Any, templates: Any) -> None:
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.endpoints.app_with_a_login"]
    page = Client().get(DJANGO, {"next": "/o/device/"})
    assert page.content.decode().strip() == "A page of an app: /o/device/"


def test_our_page_loads_nothing_from_elsewhere_and_may_lead_to_a_client() -> None:
    page = Client().get(LOGIN)
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action" not in policy
    assert b"<script" not in page.content
    assert b"style=" not in page.content
    assert "no-store" in page["Cache-Control"]


@spec("HTML Standard §7.1.3")
def test_our_page_can_be_shown_in_a_pop_up() -> None:
    sent = Client().get(begin().authorization_url())
    assert Client().get(sent["Location"])["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert Client().get(LOGIN)["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_page_that_the_project_names_is_never_looked_for(settings: Any) -> None:
    """It may stand in another program of the same host."""
    settings.LOGIN_URL = "/sso/login"

    assert Client().get(begin().authorization_url())["Location"].startswith("/sso/login?next=")


def test_somebody_signs_in_and_goes_on_to_the_client() -> None:
    story, browser = begin(), Client()
    sent = browser.get(story.authorization_url())
    form = {"username": story.person.username, "password": PASSWORD}
    answer = browser.post(sent["Location"], {**form, "next": story.authorization_url()})
    assert answer.status_code == 302
    assert answer["Location"] == story.authorization_url()


def test_a_site_that_asks_for_a_sign_in_everywhere_shows_the_page(settings: Any) -> None:
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    assert Client().get(LOGIN).status_code == 200


def test_a_wrong_password_is_told_on_the_page() -> None:
    person: User = PersonFactory()
    page = Client().post(LOGIN, {"username": person.username, "password": "wrong", "next": "/x/"})
    body = page.content.decode()
    assert 'class="errorlist" role="alert"' in body
    assert 'name="next" value="/x/"' in body
    assert f'value="{person.username}"' in body


def test_the_hint_of_a_client_is_filled_in() -> None:
    assert 'value="ada@example.com"' in (
        Client().get(LOGIN, {"login_hint": "ada@example.com"}).content.decode()
    )
    assert "evil" not in Client().get(LOGIN, {"login_hint": "\u202eevil"}).content.decode()


def test_somebody_who_came_from_nowhere_sees_the_connected_apps() -> None:
    person = PersonFactory()
    answer = Client().post(LOGIN, {"username": person.username, "password": PASSWORD})
    assert answer["Location"] == "/o/connected-apps/"


def test_somebody_who_came_from_nowhere_is_led_where_the_project_says(settings: Any) -> None:
    settings.LOGIN_REDIRECT_URL = "/admin/"
    person = PersonFactory()
    answer = Client().post(LOGIN, {"username": person.username, "password": PASSWORD})
    assert answer["Location"] == "/admin/"


@spec("RFC 9700 §2.4")
def test_guesses_at_one_account_are_limited_and_the_right_password_is_no_guess(
    settings: Any,
) -> None:
    settings.OAUTHFLOWS = {"PASSWORD_GUESSES_PER_ACCOUNT": 3}
    person = PersonFactory()
    right = {"username": person.username, "password": PASSWORD}
    for _ in range(5):
        assert Client().post(LOGIN, right).status_code == 302

    pages = [Client().post(LOGIN, {**right, "password": "wrong"}) for _ in range(4)]
    told = Client().post(LOGIN, right)

    assert "Too many attempts" not in pages[2].content.decode()
    assert "Too many attempts" in pages[3].content.decode()
    assert told.status_code == 200
