"""The demo serves the management API and its document, and shows how a service uses it."""

import requests


def test_the_document_is_served_and_the_api_is_closed(site: str) -> None:
    told = requests.get(f"{site}/api/schema/", timeout=30).json()
    assert "/api/oauthflows/clients/" in told["paths"]
    assert "/api/notes/" in told["paths"]
    assert requests.get(f"{site}/api/oauthflows/clients/", timeout=30).status_code == 401


def test_the_front_page_says_how_it_is_called(site: str) -> None:
    page = requests.get(f"{site}/", timeout=30).text
    assert "credentials operations" in page
    assert f"{site}/api/oauthflows/audit/export/" in page
