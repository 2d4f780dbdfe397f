"""A client that registered itself shows nobody else's home page, policy, terms or logo as its own."""

import re
from typing import Any

import pytest
from django.urls import reverse
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.clients.models import ClientPolicy
from tests.admin.pages import CLIENTS, administrator
from tests.clients.dynamic.registering import Registrar, story_of
from tests.clients.dynamic.test_documents import ID, Publisher, publisher, story
from tests.management_api.calling import URLS, through_an_app
from tests.marks import spec

__all__ = ["publisher"]

#: What a client says of itself: all of it is the bank's.
BORROWED = {
    "client_uri": "https://bank.example/",
    "logo_uri": "https://bank.example/logo.png",
    "policy_uri": "https://bank.example/privacy",
    "tos_uri": "https://bank.example/terms",
}
OWN = {name: uri.replace("bank", "client") for name, uri in BORROWED.items()}


def images_of(page: Any) -> list[str]:
    (images,) = re.findall(r"img-src ([^;]+)", page["Content-Security-Policy"])
    return str(images).split()


def assert_is_marked(page: Any, host: str = "bank.example") -> None:
    """Each address is named with its host, and the remark that nobody verified it; there is no logo."""
    html = page.content.decode()
    assert f"It says its home page is at <bdi>{host}</bdi>." in html
    assert f'href="https://{host}/"' not in html
    for words in ("privacy policy", "terms of service"):
        assert re.search(
            rf">{words}</a> at <bdi>{host}</bdi>\.\s*<span class=.[^>]*>Not verified<", html
        )
    assert "<img" not in html
    assert images_of(page) == ["'self'"]


@spec("RFC 7591 §5", "B-14")
def test_what_is_on_another_host_is_marked_on_the_consent_page(
    open_registration: Registrar,
) -> None:
    assert_is_marked(story_of(open_registration.registered(**BORROWED)).ask(scope="profile"))


@spec("RFC 7591 §5", "B-14")
def test_what_is_on_the_host_of_the_redirect_uri_is_shown(open_registration: Registrar) -> None:
    page = story_of(open_registration.registered(**OWN)).ask(scope="profile")
    html = page.content.decode()
    for uri in OWN.values():
        assert f'"{uri}"' in html
    assert "It says its home page" not in html
    assert images_of(page) == ["'self'", "https://client.example"]


@spec("RFC 7591 §5")
def test_the_redirect_uri_of_the_request_counts_and_none_beside_it(
    open_registration: Registrar,
) -> None:
    told = open_registration.registered(
        redirect_uris=["https://evil.example/cb", "https://bank.example/cb"], **BORROWED
    )
    flow = story_of(told)
    assert_is_marked(flow.ask(scope="profile", redirect_uri="https://evil.example/cb"))
    shown = flow.ask(scope="profile", redirect_uri="https://bank.example/cb")
    assert images_of(shown) == ["'self'", "https://bank.example"]


@spec("RFC 7591 §2.2")
def test_what_is_said_in_another_language_counts_as_well(
    open_registration: Registrar, settings: Any
) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
    told = open_registration.registered(
        **OWN, **{f"{name}#de": uri for name, uri in BORROWED.items()}
    )
    flow = story_of(told)
    flow.browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    page = flow.ask(scope="profile")
    assert images_of(page) == ["'self'"]
    assert 'href="https://bank.example/"' not in page.content.decode()


@spec("RFC 7591 §5")
def test_a_verified_client_is_shown_as_it_is(open_registration: Registrar) -> None:
    told = open_registration.registered(**BORROWED)
    ClientPolicy.objects.update(is_verified=True)
    forget_clients()
    page = story_of(told).ask(scope="profile")
    assert images_of(page) == ["'self'", "https://bank.example"]
    for uri in BORROWED.values():
        assert f'"{uri}"' in page.content.decode()


@spec("OAuth Client ID Metadata Document §6", "B-14")
@pytest.mark.parametrize("host", ["app.example", "bank.example"])
def test_of_a_metadata_document_the_host_of_the_client_id_counts(
    publisher: type[Publisher], host: str
) -> None:
    members = {name: uri.replace("bank.example", host) for name, uri in BORROWED.items()}
    publisher.documents[ID] |= members
    publisher.documents[ID]["redirect_uris"] = ["https://bank.example/cb", "http://127.0.0.1/cb"]
    page = story().ask(scope="profile", redirect_uri="https://bank.example/cb")
    if host == "bank.example":
        assert_is_marked(page)
    else:
        assert images_of(page) == ["'self'", "https://app.example"]


@spec("RFC 7591 §5")
def test_connected_apps_and_the_api_of_the_person_mark_it_too(
    open_registration: Registrar,
) -> None:
    flow = story_of(open_registration.registered(**BORROWED))
    flow.tokens(scope="profile")
    page = flow.browser.get(reverse("oauthflows:connected-apps"))
    html = page.content.decode()
    assert "It says its home page is at <bdi>bank.example</bdi>." in html
    assert 'href="https://bank.example/"' not in html
    assert "<img" not in html
    assert images_of(page) == ["'self'"]


@spec("RFC 7591 §5")
@pytest.mark.urls(URLS)
def test_programs_are_told_which_home_page_nobody_verified(
    open_registration: Registrar, settings: Any
) -> None:
    flow = story_of(open_registration.registered(**BORROWED))
    flow.tokens(scope="profile")
    shown = through_an_app(flow.person, ["oauthflows:self:read"]).get("own-apps").json()
    (row,) = (row for row in shown if row["name"] == "Notes of a stranger")
    assert (row["client_uri"], row["logo_uri"]) == ("", "")
    assert row["unverified_client_uri"] == "https://bank.example/"


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_the_page_that_asks_about_signing_out_shows_no_borrowed_logo(
    open_registration: Registrar,
) -> None:
    told = open_registration.registered(**BORROWED)
    page = story_of(told).browser.get(
        reverse("oauthflows:logout"), {"client_id": told["client_id"]}
    )
    assert page.status_code == 200
    assert "<img" not in page.content.decode()
    assert images_of(page) == ["'self'"]


@spec("RFC 7591 §5")
def test_administrators_see_what_nobody_verified(open_registration: Registrar) -> None:
    told = open_registration.registered(**BORROWED)
    row = get_application_model().objects.get(client_id=told["client_id"])
    page = administrator().get(f"{CLIENTS}{row.pk}/change/").content.decode()
    assert "<bdi>https://bank.example/terms</bdi>" in page
    assert "Not verified: it is on another host." in page
    assert "On another host than its own" in page
