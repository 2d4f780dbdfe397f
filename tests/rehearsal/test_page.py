"""The admin's page: who may open it, what it shows, and that nothing comes of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_delete, post_save
from django.dispatch import Signal
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from django_oauthflows import signals
from django_oauthflows.flows import catalogue
from django_oauthflows.testing.factories import PersonFactory
from tests.admin.pages import administrator, browser_of, fields_on
from tests.admin.test_permissions import staff
from tests.identity.stories import change
from tests.marks import spec
from tests.rehearsal.rehearsing import rehearsed
from tests.rehearsal.test_equals_reality import CASES, WITH_CODE, web_app
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db


def address(story: Story) -> str:
    return reverse("admin:oauthflows_rehearse", args=[story.registered.application.pk])


def change_page(story: Story) -> str:
    meta = story.registered.application._meta
    return reverse(
        f"admin:{meta.app_label}_{meta.model_name}_change", args=[story.registered.application.pk]
    )


def opened(story: Story, browser: Client | None = None, **asked: Any) -> Any:
    """The page, filled in for the story's person."""
    filled = {
        "person": story.person.username,
        "flow": "authorization-code-pkce",
        "scopes": WITH_CODE.split(),
        **asked,
    }
    return (browser or administrator()).get(address(story), filled)


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


@spec("B-4")
def test_whoever_may_see_clients_and_people_may_rehearse() -> None:
    story = web_app()
    browser = staff("view_application", "view_user")
    assert "It would get a token" in text_of(opened(story, browser))
    assert address(story) in text_of(browser.get(change_page(story)))


@pytest.mark.parametrize(
    "permissions", [(), ("view_application",), ("change_application",), ("view_user",)]
)
@spec("B-4")
def test_staff_that_may_not_see_both_may_not_rehearse(permissions: tuple[str, ...]) -> None:
    story, browser = web_app(), staff(*permissions)
    assert opened(story, browser).status_code == 403
    assert address(story) not in text_of(browser.get(change_page(story)))


@spec("B-4")
def test_a_stranger_is_sent_to_sign_in() -> None:
    story = web_app()
    for browser in (Client(), browser_of(PersonFactory())):
        assert opened(story, browser)["Location"].startswith("/admin/login/")


def test_it_is_only_read() -> None:
    story, browser = web_app(), administrator()
    assert browser.post(address(story), {"flow": "implicit"}).status_code == 405
    assert "no-store" in opened(story, browser)["Cache-Control"]


def test_a_client_that_is_not_there_has_no_page() -> None:
    story = web_app()
    there = address(story)
    story.registered.application.delete()
    assert administrator().get(there).status_code == 404


def test_the_form_begins_with_what_most_would_ask() -> None:
    fields = fields_on(administrator().get(address(web_app())), with_field="flow")
    assert fields["flow"] == ["authorization-code-pkce"]
    assert set(WITH_CODE.split()) <= set(fields["scopes"])
    assert "csrfmiddlewaretoken" not in fields


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"person": "nobody-of-this-name"}, "There is none by this name."),
        ({"person": ""}, "This flow is for somebody: say for whom."),
        ({"flow": "client-credentials"}, "is not one of the available choices"),
    ],
)
def test_a_form_that_cannot_be_asked_says_why(asked: dict[str, Any], sentence: str) -> None:
    page = text_of(opened(web_app(), **asked))
    assert sentence in page
    assert "It would get" not in page


@spec("B-14")
def test_the_consent_page_is_the_real_one_and_inert() -> None:
    story = web_app()
    change(story, logo_uri="https://client.example/logo.png", is_verified=True)
    page = opened(story).content.decode()
    frame = page.partition("<iframe")[2].partition("</iframe>")[0]
    assert 'sandbox=""' in frame
    shown = unescape(frame.partition('srcdoc="')[2].rpartition('"')[0])
    real = story.ask(scope=WITH_CODE).content.decode()
    for words in ("asks to use your account", "See your email address", "client.example", "Ada"):
        assert words in real
        assert words in shown
    assert "<form" in shown
    assert 'method="post"' in real
    assert 'method="post"' not in shown
    assert "csrfmiddlewaretoken" not in shown
    assert shown.count("disabled>") >= 2
    assert "logo.png" not in shown
    assert "The client’s logo is not fetched." in page


def test_the_page_tells_what_the_rehearsal_does() -> None:
    story = web_app()
    change(story, token_format="jwt")
    page, told = text_of(opened(story)), rehearsed(story, scope=WITH_CODE)
    delivery = told["deliveries"][0]
    for step in told["steps"]:
        assert step["title"] in page
    for name, value in delivery["id_token"]["claims"].items():
        assert f"<code>{name}</code>" in page
        if name not in ("iat", "exp", "auth_time") and isinstance(value, str):
            assert value in page
    assert "ada@example.com" in page
    assert "yes; unused it ends after 30 days, and all of it after 90 days" in page
    assert "<dd>15 minutes</dd>" in page
    assert json.dumps(delivery["access_jwt"]["header"], indent=2) in page
    assert "There is no signature, so this is no token." in page
    assert "eyJ" not in page


def test_a_refusal_is_explained() -> None:
    page = text_of(opened(web_app(), prompt="none login"))
    assert "Refused" in page
    assert "prompt_none_must_stand_alone" in page
    assert "The prompt none cannot be combined with another." in page
    assert "https://openid.net/specs/openid-connect-core-1_0.html" in page


def test_a_name_that_holds_code_is_shown_as_it_is() -> None:
    story = web_app()
    story.person.first_name = "<script>alert(1)</script>"
    story.person.save()
    assert b"<script>alert(1)" not in opened(story).content


def rows() -> dict[str, list[Any]]:
    """Everything in the database."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
    }


def cached() -> dict[str, Any]:
    """Everything in the cache, whichever it is."""
    kept: Any = cache._cache  # type: ignore[attr-defined]
    if isinstance(kept, dict):
        return dict(kept)
    client = kept.get_client()
    return {key.decode(): client.get(key) for key in client.keys("*")}


@contextmanager
def listening() -> Iterator[list[Any]]:
    """Every signal of ours, and of rows that are saved or deleted."""
    heard: list[Any] = []

    def hear(**said: Any) -> None:
        heard.append(said)

    own = [value for value in vars(signals).values() if isinstance(value, Signal)]
    assert len(own) > 3
    for signal in (*own, post_save, post_delete):
        signal.connect(hear)
    yield heard
    for signal in (*own, post_save, post_delete):
        signal.disconnect(hear)


@pytest.mark.parametrize("flow", catalogue.BY_SLUG)
@spec("B-3")
def test_nothing_is_left_of_a_rehearsal(flow: str, mailoutbox: list[Any]) -> None:
    case = CASES[flow]
    story = case.begins()
    case.before(story)
    browser = administrator()
    asked = {
        "flow": flow,
        "scopes": case.options["scope"].split(),
        "person": "" if "person" in case.options else story.person.username,
        "response_type": case.options.get("response_type", ""),
    }
    before, kept = rows(), cached()
    with (
        listening() as heard,
        CaptureQueriesContext(
            connection,
        ) as statements,
    ):
        page = text_of(opened(story, browser, **asked))
    assert "It would get a token" in page
    assert rows() == before
    assert cached() == kept
    assert (heard, mailoutbox) == ([], [])
    verbs = {statement["sql"].split()[0] for statement in statements}
    assert verbs == {"SELECT"}


def test_a_refused_rehearsal_is_recorded_nowhere() -> None:
    story, browser = begin(), administrator()
    before = rows()
    assert "Refused" in text_of(opened(story, browser, prompt="none"))
    assert rows() == before
