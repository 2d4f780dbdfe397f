"""One network is one key, however its address is written and whoever says it calls."""

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from django_oauthflows.audit.actors import network_of
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.core.networks import network
from django_oauthflows.protocol import user_code_limits
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import PersonFactory
from tests.clients.dynamic.registering import PROVIDER, Registrar
from tests.clients.test_authentication import basic
from tests.flows.test_password import legacy, sign_in
from tests.marks import spec
from tests.stories import begin

GRANT = {"grant_type": "client_credentials", "scope": "notes:read"}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        (" 192.0.2.7 ", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("::FFFF:c000:207", "192.0.2.7"),
        ("[::ffff:192.0.2.7]:4711", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]:4711", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("unix:", ""),
        ("anything at all", ""),
        ("192.0.2.7.example", ""),
        ("[2001:db8::1", ""),
        ("1" * 5000, ""),
    ],
)
@spec("B-32")
def test_an_address_names_its_network(address: str, expected: str) -> None:
    assert network(address) == expected


@spec("B-32")
def test_the_network_is_taken_from_behind_the_proxies(rf: RequestFactory, settings: Any) -> None:
    settings.OAUTHFLOWS = {"TRUSTED_PROXIES": 1}
    for hop in ("[2001:db8::7]:4711", "2001:db8::8"):
        request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"192.0.2.1, {hop}")
        assert network_of(request) == "2001:db8::/64"


@spec("RFC 6749 §2.3.1", "B-32")
def test_wrong_secrets_from_one_network_meet_a_limit_and_the_right_one_never(
    service: FlowClient,
) -> None:
    def send(secret: str, number: int) -> Any:
        service.back_channel.defaults["REMOTE_ADDR"] = f"2001:db8:1:2::{number:x}"
        return service.token(**GRANT, headers=basic(service.registered.client_id, secret))

    answers = [send("wrong", number) for number in range(300)]
    assert [answer.status_code for answer in answers] == [401] * 100 + [429] * 200
    assert int(answers[-1]["Retry-After"]) > 0
    assert send(service.registered.client_secret, 301).status_code == 200


# Every door ---------------------------------------------------------------------------------------


def addresses(many: int) -> list[str]:
    """Addresses that one machine may take as it likes."""
    return [f"2001:db8:1:2::{number:x}" for number in range(1, many + 1)]


@spec("RFC 6749 §4.3.2", "B-32")
def test_passwords_are_counted_by_network(db: None, settings: Any) -> None:
    settings.OAUTHFLOWS = {"PASSWORD_GUESSES_PER_NETWORK": 3}
    story = legacy()
    statuses = []
    for number, address in enumerate(addresses(5)):
        story.back_channel.defaults["REMOTE_ADDR"] = address
        statuses.append(sign_in(story, username=f"invented{number}").status_code)
    assert statuses == [400] * 3 + [429] * 2


@spec("RFC 7591 §5", "B-32")
def test_registrations_are_counted_by_network(db: None, settings: Any) -> None:
    settings.OAUTH2_PROVIDER = PROVIDER
    settings.OAUTHFLOWS = {"REGISTRATION": "open", "REGISTRATIONS_PER_NETWORK": 3}
    statuses = [Registrar(address=one).register().status_code for one in addresses(5)]
    assert statuses == [201] * 3 + [429] * 2


@spec("OpenID Connect Core §3.1.2.1", "B-32")
def test_stored_requests_are_counted_by_network(db: None, settings: Any) -> None:
    settings.OAUTHFLOWS = {"KEPT_REQUESTS_PER_NETWORK": 3}
    query = begin().authorization_url().partition("?")[2]
    form = "application/x-www-form-urlencoded"
    url = reverse("oauthflows:authorize")
    statuses = [
        Client(REMOTE_ADDR=one).post(url, query, content_type=form).status_code
        for one in addresses(5)
    ]
    assert statuses == [303] * 3 + [429] * 2


@spec("RFC 8628 §5.1", "B-25", "B-32")
def test_user_codes_are_counted_by_network(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_code_limits, "AT_MOST_BY_NETWORK", 3)
    statuses = []
    for one in addresses(5):
        browser = Client(REMOTE_ADDR=one)
        browser.force_login(PersonFactory())
        answer = browser.post(reverse("oauthflows:device"), {"user_code": "BCDF-GHJK"})
        statuses.append(answer.status_code)
    assert statuses == [400] * 3 + [429] * 2


@spec("B-32")
def test_references_are_counted_by_network(db: None) -> None:
    url = reverse("oauthflows:explain", args=["0123456789ab"])
    statuses = [Client(REMOTE_ADDR=one).get(url).status_code for one in addresses(62)]
    assert statuses == [404] * 60 + [429] * 2


@spec("B-32")
def test_rows_name_the_network(db: None) -> None:
    Client(REMOTE_ADDR="2001:db8:1:2::7").get(reverse("oauthflows:authorize"))
    assert AuditEvent.objects.get().network == "2001:db8:1:2::/64"
