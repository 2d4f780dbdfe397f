"""Resources that stand on this site itself."""

import pytest

from django_oauthflows.rules.site_resources import are_of_site
from tests.marks import spec

OWN = "urn:the:site"


@spec("RFC 8707 §2", "RFC 6454 §4")
@pytest.mark.parametrize(
    ("issuer", "resource", "is_of_site"),
    [
        ("https://server.example/o", "https://server.example/", True),
        ("https://server.example/o", "https://SERVER.example:443/api", True),
        ("https://server.example/o", "https://server.example:8443/", False),
        ("https://server.example/o", "http://server.example/", False),
        ("https://server.example/o", "https://server.example.evil.example/", False),
        ("http://127.0.0.1:8410/o", "http://127.0.0.1:8410/api", True),
        ("http://127.0.0.1:8410/o", "http://127.0.0.1:84/", False),
        ("http://127.0.0.1:8410/o", "http://127.0.0.1/", False),
        ("http://127.0.0.1:80/o", "http://127.0.0.1/", True),
        ("http://[::1]:8410/o", "http://[::1]:8410/", True),
        ("http://[::1]:8410/o", "http://[::1]:84/", False),
        ("http://localhost:8410/o", "http://localhost:84/", False),
        ("http://127.0.0.1:8410/o", "http://127.0.0.1:84100/", False),
        ("http://127.0.0.1:8410/o", "http://127.0.0.1:x/", False),
        ("http://127.0.0.1:8410/o", "http://[", False),
        ("https://server.example/o", "urn:x:y", False),
        ("https://server.example/o", OWN, True),
        ("https://server.example/o", "https:/api", False),
    ],
)
def test_a_resource_of_the_site_has_its_scheme_host_and_port(
    issuer: str, resource: str, *, is_of_site: bool
) -> None:
    assert are_of_site([resource], issuer=issuer, own_resource=OWN) is is_of_site


@spec("RFC 8707 §2")
def test_two_addresses_that_cannot_be_read_are_not_one_site() -> None:
    assert not are_of_site(["http://[/api"], issuer="http://[", own_resource="http://[")
    assert not are_of_site(["https:/two"], issuer="https:/one", own_resource=OWN)
