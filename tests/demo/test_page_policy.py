"""The example's pages run nothing that stands in them, and show its passwords on its own machine alone."""

import re
from typing import Any

import pytest
import requests
from django.test import RequestFactory

from django_oauthflows.flows.catalogue import FLOWS
from example_project.accounts.people import PEOPLE, is_on_this_machine
from example_project.page_policy import policy
from tests.browsing import Person
from tests.endpoints.test_headers import INLINE
from tests.marks import spec

PAGES = (
    "/",
    "/client/",
    "/accounts/login/",
    "/playground/flows/",
    *(f"/playground/flows/{flow.slug}/" for flow in FLOWS),
    "/playground/flows/implicit/answer/",
    "/admin/login/",
    "/nowhere/",
)
PASSWORDS = [person.password for person in PEOPLE]


def directives(page: requests.Response) -> dict[str, list[str]]:
    parts = (part.split() for part in page.headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


@spec("B-2")
@pytest.mark.parametrize("path", PAGES)
def test_a_page_runs_what_the_site_serves_and_nothing_in_the_page(site: str, path: str) -> None:
    page = requests.get(f"{site}{path}", timeout=30)
    found = directives(page)
    assert found["default-src"] == ["'none'"]
    assert found["frame-ancestors"] == found["base-uri"] == ["'none'"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert all(sources == ["'self'"] for name, sources in found.items() if name == "script-src")
    # A <script src> is no inline script.
    html = re.sub(r"<script src=\"/static/[^>]*></script>", "", page.text)
    html = html.replace("needs JavaScript: without", "")
    assert path == "/admin/login/" or not INLINE.search(html)


@spec("B-2")
def test_forms_end_on_the_site_but_for_the_sign_in_that_may_end_at_a_client(site: str) -> None:
    assert directives(requests.get(f"{site}/client/", timeout=30))["form-action"] == ["'self'"]
    assert "form-action" not in directives(requests.get(f"{site}/accounts/login/", timeout=30))
    assert "form-action 'self' https://id.example" in policy(forms_lead_to=["https://id.example"])


@spec("B-2")
def test_a_page_of_the_provider_keeps_its_own_policy(site: str, person: Person) -> None:
    page = person.open(f"{site}/o/connected-apps/")
    assert page.url.startswith(f"{site}/o/connected-apps/") or "login" in page.url
    assert "script-src" not in directives(requests.get(f"{site}/o/authorize/", timeout=30))


@spec("B-4")
@pytest.mark.parametrize("path", ["/accounts/login/", "/", "/playground/flows/password/"])
@pytest.mark.parametrize(
    ("headers", "is_shown"),
    [
        ({}, True),
        ({"Host": "localhost"}, True),
        ({"X-Forwarded-For": "127.0.0.1"}, False),
        ({"X-Forwarded-For": "203.0.113.9"}, False),
        ({"Forwarded": "for=127.0.0.1"}, False),
        ({"X-Real-IP": "127.0.0.1"}, False),
        ({"Via": "1.1 front"}, False),
    ],
)
def test_passwords_are_shown_to_a_browser_on_this_machine(
    site: str, path: str, headers: dict[str, str], is_shown: bool
) -> None:
    page = requests.get(f"{site}{path}", headers=headers, timeout=30)
    assert page.status_code == 200
    assert any(password in page.text for password in PASSWORDS) == is_shown


@spec("B-4")
@pytest.mark.parametrize(
    ("peer", "host", "public_url", "is_here"),
    [
        ("127.0.0.1", "127.0.0.1:8000", "", True),
        ("::1", "[::1]:8000", "", True),
        ("127.0.0.1", "localhost:8000", "", True),
        ("127.0.0.1", "localhost:8000", "https://localhost:8443", True),
        # A front on this machine that says where it is reached, or hands the name on.
        ("127.0.0.1", "localhost:8000", "https://login.example.org", False),
        ("127.0.0.1", "login.example.org", "", False),
        # Somebody else in the network, who may send any name.
        ("192.0.2.7", "localhost:8000", "", False),
        ("192.0.2.7", "192.0.2.1:8000", "", False),
        # A socket of the file system, behind some front.
        ("", "localhost:8000", "", False),
    ],
)
def test_both_ends_of_a_connection_on_this_machine_are_loopback(
    settings: Any, peer: str, host: str, public_url: str, is_here: bool
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.PUBLIC_URL = public_url
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"Host": host})
    assert is_on_this_machine(request) == is_here


@spec("B-4")
def test_a_name_that_cannot_be_seen_is_not_filled_in(site: str) -> None:
    page = requests.get(f"{site}/accounts/login/", {"login_hint": "ada@example.org"}, timeout=30)
    assert 'value="ada@example.org"' in page.text
    page = requests.get(f"{site}/accounts/login/", {"login_hint": "ada\u202egro.live"}, timeout=30)
    assert "ada" not in re.search(r'<input[^>]*name="username"[^>]*>', page.text)[0]  # type: ignore[index]
