"""A host is a DNS name or an IP address, and nothing that two readers could understand differently."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_oauthflows.core import hosts

LABEL = "a" * 63
LONGEST = ".".join(["a" * 49] * 5) + ".ex"  # 252 characters

HOSTS = [
    "client.example",
    "CLIENT.example",
    "localhost",
    "a",
    "a-b.c--d.example",
    "xn--bcher-kva.example",
    "3com.example",
    "127.0.0.1",
    f"{LABEL}.example",
    LONGEST,
]
NO_HOSTS = [
    "",
    ".",
    "client.example.",
    ".client.example",
    "client..example",
    "-client.example",
    "client-.example",
    "cli_ent.example",
    "client.example;script-src",
    "client.example,evil.example",
    "client'.example",
    'client".example',
    "client%2eexample",
    "client%00.example",
    "client example",
    "*.client.example",
    "bücher.example",
    "client.example\n",
    f"{LABEL}a.example",
    f"{LONGEST}.a.b",
    "127.0.0.1.5",
    "127.1",
    "0127.0.0.1",
    "2130706433",
    "0x7f.0x0.0x0.0x1",
    "client.0x7f",
    "1.2.3.256",
    "fe80::1%eth0",
    "fe80::1%25eth0",
]


@pytest.mark.parametrize("host", [*HOSTS, "::1", "2001:db8::1"])
def test_names_and_addresses_are_hosts(host: str) -> None:
    assert hosts.is_host(host)


@pytest.mark.parametrize("host", [*NO_HOSTS, "[::1]"])
def test_anything_else_is_no_host(host: str) -> None:
    assert not hosts.is_host(host)


@pytest.mark.parametrize("host", [*HOSTS, "[::1]", "[2001:db8::1]"])
@pytest.mark.parametrize("port", ["", ":1", ":443", ":65535"])
def test_the_origin_of_a_url_fits_a_header(host: str, port: str) -> None:
    url = f"https://{host}{port}/a?b#c"
    assert hosts.origin_of(url) == f"https://{host}{port}".lower()
    assert hosts.host_of(url) == host.strip("[]").lower()


@pytest.mark.parametrize("host", NO_HOSTS)
def test_a_url_without_a_host_has_no_origin(host: str) -> None:
    assert hosts.origin_of(f"https://{host}/a") == hosts.host_of(f"https://{host}/a") == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://client.example:",
        "https://client.example:0/",
        "https://client.example:080/",
        "https://client.example:65536/",
        "https://client.example:99999/",
        "https://client.example:port/",
        "https://user@client.example/",
        "https://user:word@client.example/",
        "https://@client.example/",
        "https://client.example\\@evil.example/",
        "https://evil.example\\.client.example/",
        "https://[::1]evil.example/",
        "https://[v1.fe80::a]/",
        "https://[127.0.0.1]/",
        "https://[",
        "https:///path",
        "https:client.example",
        "//client.example/",
        "ftp://client.example/",
        "com.example.app://client.example/",
        "javascript:alert(1)",
        "https://cli\tent.example/",
        " https://client.example/",
        "https://client.example/\n",
        "client.example",
        "",
    ],
)
def test_what_is_no_address_of_the_web_has_no_origin(url: str) -> None:
    assert hosts.web_parts(url) is None
    assert hosts.origin_of(url) == ""


@given(st.text(alphabet="ab.;,:%@'\"[]/\\ -*\n\u00e9", max_size=20))
def test_no_origin_ends_a_directive_or_names_a_user(text: str) -> None:
    origin = hosts.origin_of(f"https://{text}")
    assert not set(origin) & set(";, '\"@%*\\\n\u00e9")
