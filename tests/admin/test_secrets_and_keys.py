"""Secrets that end and are replaced, and keys as they were understood, on a client's page."""

import json
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.utils import timezone
from joserfc.jwk import ECKey, OKPKey, RSAKey

from django_oauthflows.clients import secrets
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.testing.assertions import client_key, key_set_of
from tests.admin.pages import CLIENTS, administrator, change
from tests.admin.reach import staff
from tests.admin.test_clients import as_added, secret_on
from tests.clients.published import Site, site
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher() -> Iterator[Site]:
    with site() as served:
        yield served


def url_of(story: Story, *parts: object) -> str:
    return "/".join(
        [CLIENTS.rstrip("/"), str(story.registered.application.pk), *map(str, parts), ""]
    )


def page_of(story: Story) -> str:
    text: str = administrator().get(url_of(story, "change")).content.decode()
    return text


def service() -> Story:
    return begin(preset="service", redirect_uris=())


def asks(story: Story, secret: str) -> int:
    """The status of a request for a token by this secret."""
    other = begin(registered=as_added("service", secret))
    status: int = other.token(grant_type="client_credentials", scope="notes:read").status_code
    return status


# Secrets ------------------------------------------------------------------------------------------------


@spec("B-7")
def test_a_secret_is_added_with_an_end() -> None:
    story = service()
    said = {"label": "a trial", "expires": "2999-01-01T00:00"}
    secret = secret_on(administrator().post(url_of(story, "secrets", "add"), said, follow=True))
    row = ClientSecret.objects.get(label="a trial")
    assert row.expires is not None
    assert row.expires.year in (2998, 2999)
    assert asks(story, secret) == 200
    assert secret not in page_of(story)


@pytest.mark.parametrize(
    "said",
    [
        {"expires": "2001-01-01T00:00"},
        {"expires": "never"},
        {"label": "\x00"},
        {"label": "x" * 101},
    ],
)
@spec("B-3")
def test_what_cannot_be_meant_adds_no_secret(said: dict[str, str]) -> None:
    story = service()
    answer = administrator().post(url_of(story, "secrets", "add"), said, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    assert ClientSecret.objects.count() == 1


@pytest.mark.parametrize("days", [1, 7, 30])
@spec("B-4", "B-7")
def test_a_secret_is_replaced_and_the_old_one_works_on(days: int) -> None:
    story, browser = service(), administrator()
    old = ClientSecret.objects.get()
    answer = browser.post(
        url_of(story, "secrets", old.pk, "rotate"), {"overlap": days}, follow=True
    )
    secret = secret_on(answer)
    assert "The old one works until" in answer.content.decode()
    assert asks(story, secret) == asks(story, story.registered.client_secret) == 200
    old.refresh_from_db()
    assert old.expires is not None
    left = old.expires - timezone.now()
    assert timedelta(days=days, minutes=-1) < left <= timedelta(days=days)
    assert secret not in page_of(story) + repr([*LogEntry.objects.values()])


@pytest.mark.parametrize("overlap", ["", "0", "365", "-1", "x"])
@spec("B-3")
def test_an_overlap_is_one_of_those_offered(overlap: str) -> None:
    story = service()
    old = ClientSecret.objects.get()
    url = url_of(story, "secrets", old.pk, "rotate")
    assert administrator().post(url, {"overlap": overlap}).status_code == 302
    assert administrator().get(url).status_code == 405
    assert ClientSecret.objects.get().expires is None


@spec("B-3")
def test_only_a_live_secret_of_the_client_is_replaced_and_by_whom_may_change_it() -> None:
    story, other = service(), service()
    own, foreign = (
        ClientSecret.objects.get(application=one.registered.application) for one in (story, other)
    )
    browser = administrator()
    assert (
        browser.post(url_of(story, "secrets", foreign.pk, "rotate"), {"overlap": 1}).status_code
        == 404
    )
    reader = staff("view_application")
    assert (
        reader.post(url_of(story, "secrets", own.pk, "rotate"), {"overlap": 1}).status_code == 403
    )
    secrets.retire(own)
    assert (
        browser.post(url_of(story, "secrets", own.pk, "rotate"), {"overlap": 1}).status_code == 404
    )
    assert ClientSecret.objects.count() == 2


@spec("B-7")
def test_the_page_and_the_list_say_who_still_uses_the_old_secret() -> None:
    story, quiet = service(), service()
    for one in (story, quiet):
        secrets.rotate(
            ClientSecret.objects.get(application=one.registered.application),
            overlap=timedelta(days=7),
        )
    assert "Older, not used since" in page_of(story)
    old = ClientSecret.objects.filter(application=story.registered.application).earliest("created")
    ClientSecret.objects.filter(pk=old.pk).update(last_used=timezone.now())
    assert "Older, and still used" in page_of(story)
    assert "Older, and still used" not in page_of(quiet)
    found = administrator().get(CLIENTS, {"secret": "old"}).content.decode()
    assert story.registered.client_id in found
    assert quiet.registered.client_id not in found


# Keys ---------------------------------------------------------------------------------------------------


def cells(page: str) -> list[list[str]]:
    """What the table of keys says, row by row."""
    table = page[page.index("<h2>Public keys</h2>") :]
    rows = re.findall(r"<tr><td>(.*?)</td></tr>", table, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in row.split("</td><td>")] for row in rows
    ]


@spec("RFC 7517 §4")
def test_pasted_keys_are_shown_as_they_were_understood() -> None:
    story = begin(preset="service-account", redirect_uris=())
    keys = [
        RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig", "alg": "RS256"}, private=False),
        ECKey.generate_key("P-256", {"kid": "ec", "use": "enc"}, private=False),
        OKPKey.generate_key("Ed25519", {}, private=False),
    ]
    change(
        administrator(),
        story.registered.application.pk,
        policy__jwks=json.dumps({"keys": [key.as_dict() for key in keys]}),
    )
    first, second, third = cells(page_of(story))
    assert first == ["rsa", "RSA", "RS256", "signatures", "2048 bits", "understood"]
    assert second == ["ec", "EC", "any that fits", "encryption", "P-256", "understood"]
    assert third[1:] == ["OKP", "any that fits", "both", "Ed25519", "understood"]


@spec("RFC 7517 §5")
def test_keys_at_an_address_are_fetched_by_a_button_and_no_visit(publisher: Site) -> None:
    story = begin(preset="service-account", redirect_uris=())
    policy = story.registered.policy
    policy.jwks, policy.jwks_uri = None, publisher.url
    policy.save()
    modulus = urlsafe_b64encode(((1 << 1023) + 1).to_bytes(128)).decode().rstrip("=")
    short = {"kty": "RSA", "kid": "<short>", "n": modulus, "e": "AQAB"}
    publisher.publish({"keys": [*key_set_of(client_key())["keys"], short, "none"]})
    assert "Not fetched yet" in page_of(story)
    assert publisher.asked == []
    browser = administrator()
    page = browser.post(url_of(story, "keys", "fetch"), follow=True).content.decode()
    assert "The keys were fetched." in page
    rows = cells(page)
    assert rows[0][0] == "test-client"
    assert rows[0][-1] == "understood"
    assert rows[1][0] == "&lt;short&gt;"
    assert rows[1][-1].startswith("Not used: an RSA key has 2048 bits or more")
    assert rows[2][-1].startswith("Not used: a key has a kty")
    assert len(publisher.asked) == 1
    publisher.publish({})
    page = browser.post(url_of(story, "keys", "fetch"), follow=True).content.decode()
    assert "no usable keys" in page
    assert cells(page) == rows


@spec("B-3")
def test_only_who_may_change_a_client_asks_its_address(publisher: Site) -> None:
    story = begin(preset="service-account", redirect_uris=())
    url = url_of(story, "keys", "fetch")
    # Its keys are registered: there is no address to ask.
    assert administrator().post(url).status_code == 404
    policy = story.registered.policy
    policy.jwks, policy.jwks_uri = None, publisher.url
    policy.save()
    assert staff("view_application").post(url).status_code == 403
    assert administrator().get(url).status_code == 405
    assert publisher.asked == []


def test_the_page_is_shown_while_the_cache_is_down(
    monkeypatch: pytest.MonkeyPatch, publisher: Site
) -> None:
    story = begin(preset="service-account", redirect_uris=())
    policy = story.registered.policy
    policy.jwks, policy.jwks_uri = None, publisher.url
    policy.save()

    def dead(*_: Any, **__: Any) -> None:
        raise ConnectionError

    for name in ("get", "add"):
        monkeypatch.setattr(cache, name, dead)
    assert "Not fetched yet" in page_of(story)
    page = administrator().post(url_of(story, "keys", "fetch"), follow=True).content.decode()
    assert "The cache does not answer." in page
