"""Addresses that lead nowhere: JSON for clients that ask for it below the issuer, pages for all others."""

from typing import Any

import pytest
from django.test import Client

from django_oauthflows.audit.models import AuditEvent
from tests.marks import spec

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.endpoints.urls_with_a_404")]

ASK_FOR_JSON = (
    "application/json",
    "application/json, text/plain, */*",
    "application/json;q=0.9, text/html;q=0.5",
    "application/*",
)
ASK_FOR_PAGES = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "text/html, application/json;q=0.9",
    "*/*",
    "",
    "image/png",
    "application/json;q=0, */*",
    "nonsense",
)
BELOW_THE_ISSUER = ("/o/nothing", "/o/nothing/", "/o/token/more/", "/o/.well-known/nothing")
#: The first leads to a view of this app, which has nothing to tell while the site is no OpenID Provider.
OF_THIS_APP = ("/.well-known/openid-configuration/o", "/o/userinfo/more")


@pytest.mark.parametrize(
    ("path", "method"),
    [(path, method) for path in BELOW_THE_ISSUER for method in ("get", "post", "put", "options")]
    + [(path, "get") for path in OF_THIS_APP],
)
@spec("RFC 9110 §15.5.5", "B-2")
def test_a_client_that_asks_for_json_below_the_issuer_gets_it(path: str, method: str) -> None:
    answer = getattr(Client(), method)(path, headers={"Accept": ASK_FOR_JSON[0]})
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    assert answer.json()["error"] == "invalid_request"
    reference = answer["X-OAuth-Reference"]
    assert reference in answer.json()["error_description"]
    assert AuditEvent.objects.get().reference == reference


@pytest.mark.parametrize("accept", ASK_FOR_JSON)
@spec("RFC 9110 §12.5.1")
def test_json_is_whatever_is_preferred_to_a_page(accept: str) -> None:
    answer = Client().get("/o/nothing", headers={"Accept": accept})
    assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize("accept", ASK_FOR_PAGES)
@spec("RFC 9110 §12.5.1")
def test_others_get_the_projects_page(accept: str) -> None:
    answer = Client().get("/o/nothing", headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("path", ["/gone/", "/nothing/", "/", "/other/nothing/", "/office/"])
def test_the_projects_own_pages_keep_their_404(path: str) -> None:
    answer = Client().get(path, headers={"Accept": ASK_FOR_JSON[0]})
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")


def test_no_address_of_the_project_is_covered() -> None:
    answer = Client().get("/o/of-the-project/", headers={"Accept": ASK_FOR_JSON[0]})
    assert answer.content == b"here"


@pytest.mark.urls("tests.urls")
def test_a_site_without_the_line_keeps_djangos_404() -> None:
    answer = Client().get("/o/nothing", headers={"Accept": ASK_FOR_JSON[0]})
    assert answer["Content-Type"].startswith("text/html")


@spec("RFC 9110 §15.5.5", "B-4")
def test_strangers_fill_no_log(settings: Any) -> None:
    settings.OAUTHFLOWS = {"AUDIT_ROWS_PER_WINDOW": 2}
    for number in range(30):
        Client().get(f"/o/nothing-{number}?token=secret", headers={"Accept": ASK_FOR_JSON[0]})
    assert AuditEvent.objects.count() <= 10
    assert "secret" not in str(AuditEvent.objects.values_list())
