"""Fetching what clients publish, without being led anywhere else."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from django.test import override_settings

from django_oauthflows.clients import fetching
from django_oauthflows.clients.fetching import (
    NotFetched,
    check_address,
    fetch_json,
    fetch_text,
    post_form,
)
from django_oauthflows.core.name_lookup import MOST_AT_ONCE, look_up
from django_oauthflows.core.public_addresses import is_public
from tests.clients.published import Page, Site, site
from tests.marks import spec


@pytest.fixture
def served() -> Iterator[Site]:
    with site() as running:
        yield running


def test_a_document_is_fetched(served: Site) -> None:
    served.publish({"keys": []})
    assert fetch_json(served.url) == {"keys": []}
    assert fetch_text(served.url) == '{"keys": []}'
    assert served.asked == ["/keys?a=b"] * 2


@pytest.mark.parametrize(
    "page",
    [
        Page(status=404),
        Page(status=500),
        Page(status=302, headers={"Location": "/elsewhere"}),
        Page(body=b"{"),
        Page(body=b"\xff\xfe"),
        Page(body=b"[" * 60_000),
        Page(body=b" " * (fetching.AT_MOST + 1)),
        Page(headers={"Content-Encoding": "gzip"}),
    ],
    ids=["404", "500", "redirect", "no JSON", "no UTF-8", "nested", "too large", "compressed"],
)
@spec("RFC 7591 §5")
def test_what_is_no_small_plain_json_is_refused(served: Site, page: Page) -> None:
    served.page = page
    with pytest.raises(NotFetched):
        fetch_json(served.url)
    assert len(served.asked) == 1


def test_a_document_that_drips_in_does_not_hold_a_worker(served: Site) -> None:
    served.page = Page(body=b" " * 1000, drips=True)
    began = monotonic()
    with pytest.raises(NotFetched):
        fetch_text(served.url, seconds=0.3)
    assert monotonic() - began < 2


@pytest.mark.parametrize("scheme", ["http", "https"])
@spec("RFC 9700 §4.11.2")
def test_no_private_address_is_asked(scheme: str) -> None:
    with site(is_allowed=False) as served, pytest.raises(NotFetched):
        fetch_json(served.url.replace("http", scheme, 1))
    assert served.asked == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("0.0.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0"),
        *("fc00::1", "ff02::1", "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
        *("64:ff9b:1::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "fec0::1"),
        *("3fff::1", "3fff:fff::1", "192.88.99.1", "2001:20::1", "5f00::1", "::ffff:0:127.0.0.1"),
        # Where clouds tell virtual machines their credentials.
        *("168.63.129.16", "100.100.100.200", "192.0.0.192", "169.254.170.2", "fd00:ec2::254"),
        *("fd20:ce::254", "fd00:42::42", "64:ff9b::a9fe:a9fe", "64:ff9b::a83f:8110"),
    ],
)
@spec("RFC 9700 §4.11.2")
def test_a_name_that_leads_to_an_inner_address_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected: list[Any] = []
    public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443))
    inner = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [public, inner])
    monkeypatch.setattr(socket, "create_connection", lambda *args, **_: connected.append(args))
    with pytest.raises(NotFetched):
        fetch_json("https://client.example/keys")
    assert connected == []


def test_the_address_that_was_checked_is_the_one_that_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that leads elsewhere a moment later is not looked up again."""
    looked_up, connected = [], []

    def look_up(*args: Any, **_: Any) -> Any:
        looked_up.append(args)
        address = "93.184.215.14" if len(looked_up) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    def connect(address: tuple[str, int], **_: Any) -> Any:
        connected.append(address)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(NotFetched):
        fetch_json("https://client.example/keys")
    assert connected == [("93.184.215.14", 443)]
    assert len(looked_up) == 1


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "keys",
            "https://",
            "https:///keys",
            "http://client.example/keys",
            "file:///etc/passwd",
        ),
        *("ftp://client.example/", "https://me@client.example/", "https://client.example/#a"),
        *("https://client.example:0x50/", "https://client.example:99999/", "https://[::1/"),
        *(
            "https://client.example/a b",
            "https://client.example/\r\nHost: inner",
            "https://é.example/",
        ),
    ],
)
def test_what_is_no_address_of_a_document_is_not_even_looked_up(url: str) -> None:
    with pytest.raises(NotFetched):
        check_address(url)
    with pytest.raises(NotFetched):
        fetch_json(url)


def test_a_form_is_posted_and_its_status_told(served: Site) -> None:
    for status in (200, 204, 302, 400, 500):
        served.page = Page(status=status)
        assert post_form(served.url, {"a": "b c&ü"}) == status
    assert served.posted == [b"a=b+c%26%C3%BC"] * 5


def test_a_form_is_posted_to_no_private_address() -> None:
    with site(is_allowed=False) as inner, pytest.raises(NotFetched):
        post_form(inner.url, {"a": "b"})
    assert inner.posted == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody but itself vouches for, with its private key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(tz=UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    path.write_bytes(private + built.public_bytes(Encoding.PEM))
    return path


@spec("RFC 9325 §3.2")
def test_a_certificate_that_nobody_vouches_for_is_refused(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(certificate=certificate) as served:
        served.publish({"keys": []})
        with pytest.raises(NotFetched):
            fetch_json(served.url)
        assert served.asked == []
        trusting = ssl.create_default_context(cafile=str(certificate))
        monkeypatch.setattr(fetching, "_tls", lambda: trusting)
        assert fetching.fetch_now(served.url, accept="*/*").text == '{"keys": []}'


@spec("RFC 9325 §3.2")
def test_a_certificate_of_another_name_is_refused(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(fetching, "_tls", lambda: trusting)
    with site(certificate=certificate) as served:
        port = served.host.partition(":")[2]
        private = override_settings(OAUTHFLOWS={"FETCH_PRIVATE_HOSTS": ["localhost"]})
        with private, pytest.raises(NotFetched):
            fetch_json(f"https://localhost:{port}/")
    assert served.asked == []


def test_a_name_that_is_looked_up_for_long_does_not_hold_a_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found_at_last = Event()

    def look_up(*_: Any, **__: Any) -> Any:
        found_at_last.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    began = monotonic()
    with pytest.raises(NotFetched):
        fetch_text("https://client.example/", seconds=0.3)
    assert monotonic() - began < 1
    found_at_last.set()


def test_names_that_are_looked_up_for_long_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    found_at_last, began = Event(), []

    def hang(*_: Any, **__: Any) -> Any:
        began.append(None)
        found_at_last.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    for number in range(MOST_AT_ONCE + 5):
        with pytest.raises(TimeoutError):
            look_up(f"host{number}.example", 443, seconds=0.01)
    assert len(began) == MOST_AT_ONCE
    found_at_last.set()
    monkeypatch.undo()
    while not (look_up_again := _looked_up_again()):
        sleep(0.01)
    assert look_up_again == ["127.0.0.1"]


def _looked_up_again() -> list[str]:
    try:
        return look_up("127.0.0.1", 443, seconds=1)
    except OSError:  # the threads have not ended yet
        return []


@spec("RFC 9700 §4.11.2")
def test_public_addresses_are_public() -> None:
    for address in ("93.184.215.14", "2606:4700::1111", "64:ff9b::5db8:d70e", "192.88.98.1"):
        assert is_public(address)


def test_nothing_is_told_of_the_network(served: Site) -> None:
    sentences = set()
    for url in (
        "https://127.0.0.1:1/",
        "https://no-such-name.invalid/",
        "https://169.254.169.254/",
    ):
        with pytest.raises(NotFetched) as refused:
            fetch_json(url)
        sentences.add(str(refused.value))
    assert len(sentences) == 1
