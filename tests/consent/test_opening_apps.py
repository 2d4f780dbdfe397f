"""The page of connected apps opens an app that has a page for it (OpenID Connect Core §4)."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from django_oauthflows.clients.dynamic.models import ClientRegistration
from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.clients.models import ClientPolicy
from tests.clients.dynamic.registering import Registrar, open_registration, story_of
from tests.identity.stories import change
from tests.marks import conformance, spec
from tests.stories import Story, begin, error_of

__all__ = ["open_registration"]

pytestmark = pytest.mark.django_db

SPEC = "OpenID Connect Core §4"
BEGIN = "https://client.example/begin"


def page_of(story: Story) -> str:
    content: str = story.browser.get("/o/connected-apps/").content.decode()
    return content


def links_on(story: Story) -> list[tuple[str, str]]:
    """The addresses by which apps are opened, with the words of each link."""
    found = re.findall(
        r'<a class="of-button" href="([^"]*)"[^>]*id="open-[^>]*>(.*?)</a>', page_of(story)
    )
    return [(unescape(url), re.sub(r"<[^>]+>", "", words)) for url, words in found]


def connected(uri: str, **policy: Any) -> Story:
    story = begin()
    change(story, initiate_login_uri=uri, **policy)
    story.tokens()
    return story


@spec(SPEC)
@pytest.mark.parametrize(
    ("uri", "query", "shown"),
    [
        (BEGIN, {}, "client.example"),
        (f"{BEGIN}?a=b&c=%20#part", {"a": "b", "c": " "}, "client.example"),
        (f"{BEGIN}?iss=https://evil.example&%69ss=x&a=b", {"a": "b"}, "client.example"),
        ("http://127.0.0.1:3000/begin", {}, "127.0.0.1:3000"),
        ("http://localhost/begin", {}, "localhost"),
    ],
)
def test_an_app_is_opened_with_the_issuer(uri: str, query: dict[str, str], shown: str) -> None:
    ((url, words),) = links_on(connected(uri))
    assert url.startswith(uri.partition("?")[0] + "?")
    assert parse_qsl(urlsplit(url).query) == [*query.items(), ("iss", "http://testserver/o")]
    assert urlsplit(url).fragment == ""
    assert shown in words


@spec(SPEC)
def test_the_issuer_is_that_of_discovery(settings: Any) -> None:
    settings.OAUTHFLOWS = {**getattr(settings, "OAUTHFLOWS", {}), "ISSUER": "https://id.example/x"}
    ((url, _),) = links_on(connected(BEGIN))
    assert dict(parse_qsl(urlsplit(url).query)) == {"iss": "https://id.example/x"}


@spec(SPEC)
def test_the_link_tells_the_app_nothing_else() -> None:
    story = connected(BEGIN)
    link = re.search(r'<a class="of-button"[^>]*id="open-[^>]*>', page_of(story))
    assert link is not None
    assert 'rel="noopener noreferrer"' in link[0]
    assert str(story.person.pk) not in urlsplit(links_on(story)[0][0]).query


@spec(SPEC)
@pytest.mark.parametrize(
    "uri",
    [
        "",
        "http://client.example/begin",
        "javascript:alert(1)",
        "data:text/html,x",
        "//client.example/begin",
        "https://a@client.example/begin",
        "https://client.example\\@evil.example/",
        "com.example.app:/begin",
    ],
)
def test_nothing_but_https_and_this_device_is_a_link(uri: str) -> None:
    assert links_on(connected(uri)) == []


@spec(SPEC)
def test_a_disabled_client_is_not_opened() -> None:
    story = connected(BEGIN)
    change(story, is_enabled=False)
    assert links_on(story) == []


def stranger(registrar: Registrar, uri: str) -> Story:
    """A client that registered itself, with a person who allowed it something."""
    story = story_of(registrar.registered(initiate_login_uri=uri))
    story.tokens(scope="openid")
    return story


@spec(SPEC, "OpenID Connect Dynamic Client Registration §2")
@conformance("oidcc-3rd_party-init-login")
def test_an_app_that_was_opened_signs_the_person_in(open_registration: Registrar) -> None:
    story = stranger(open_registration, BEGIN)
    ((url, _),) = links_on(story)
    ((name, issuer),) = parse_qsl(urlsplit(url).query)
    metadata = story.back_channel.get(f"{urlsplit(issuer).path}/.well-known/openid-configuration")
    assert (name, issuer) == ("iss", metadata.json()["issuer"])
    # The client asks as on any day, of somebody who is signed in already.
    assert story.tokens(scope="openid", nonce="begun-here")["id_token"]


@spec(SPEC, "OpenID Connect Dynamic Client Registration §2")
@conformance("oidcc-3rd_party-init-login-nohttps")
def test_an_app_does_not_register_a_page_in_the_clear(open_registration: Registrar) -> None:
    refused = open_registration.register(initiate_login_uri="http://client.example/begin")
    assert error_of(refused) == (400, "invalid_client_metadata")
    assert "initiate_login_uri" in refused.json()["error_description"]
    assert not ClientRegistration.objects.exists()


@spec(SPEC, "RFC 7591 §5")
def test_a_stranger_is_opened_at_its_own_host_which_is_shown(open_registration: Registrar) -> None:
    ((url, words),) = links_on(stranger(open_registration, BEGIN))
    assert url == f"{BEGIN}?iss=http%3A%2F%2Ftestserver%2Fo"
    assert "client.example" in words


@spec(SPEC, "RFC 7591 §5", "RFC 9700 §4.1")
def test_a_stranger_leads_nobody_to_another_host_before_it_is_verified(
    open_registration: Registrar,
) -> None:
    story = stranger(open_registration, "https://bank.example/begin")
    assert links_on(story) == []
    assert "bank.example" not in page_of(story)
    ClientPolicy.objects.update(is_verified=True)
    forget_clients()
    ((_, words),) = links_on(story)
    assert "bank.example" in words


@spec(SPEC, "OpenID Connect Dynamic Client Registration §2")
@pytest.mark.parametrize("uri", ["http://127.0.0.1:631/begin", "http://localhost/begin"])
def test_a_stranger_opens_no_program_on_the_persons_device(
    uri: str, open_registration: Registrar
) -> None:
    assert open_registration.register(initiate_login_uri=uri).status_code == 400
    story = stranger(open_registration, BEGIN)
    ClientPolicy.objects.update(initiate_login_uri=uri)
    forget_clients()
    assert links_on(story) == []
