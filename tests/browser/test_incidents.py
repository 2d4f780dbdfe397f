"""What an administrator does when something is wrong: a secret, a refusal, a risky client, a leaked token."""

import re
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import Demo
from tests.browser.incidents import registered, restless
from tests.browser.test_administration import log_in
from tests.marks import spec

pytestmark = pytest.mark.browser

CLIENTS = "/admin/oauth2_provider/application/"
SERVICE = ("--preset", "service", "--scope", "notes:read")


def open_client(page: Page, demo: Demo, name: str) -> None:
    page.goto(f"{demo.origin}{CLIENTS}?q={name}")
    if page.get_by_label("Password").count():
        log_in(page)
    page.get_by_role("link", name=name).first.click()


@spec("B-7")
def test_a_secret_is_replaced_and_no_request_of_its_client_fails(
    page: Page, running_demo: Demo, picture: Callable[[str], None]
) -> None:
    """It asks for tokens all the while: before, in the overlap, and after the old secret's end."""
    name = f"Ticker {page.viewport_size['width'] if page.viewport_size else ''}"
    known = registered(running_demo, *SERVICE, "--name", name)
    old = known["client_secret"]
    with restless(running_demo, known) as client:
        client.goes_on()
        open_client(page, running_demo, name)
        page.get_by_label("The old one ends after").first.select_option("1")
        page.get_by_role("button", name="Replace").first.click()
        expect(page.get_by_text("The old one works until")).to_be_visible()
        new = page.locator(".oauthflows-secret").inner_text().strip()
        client.goes_on()

        page.reload()
        expect(page.get_by_text("There is nothing to show here any more.")).to_be_visible()
        assert new not in page.content()
        picture("secret-shown-already")
        page.get_by_role("link", name="Go back").click()
        expect(page.get_by_text("Older, and still used")).to_be_visible()
        picture("secret-old-still-used")
        client.secret = new
        client.goes_on()

        row = page.locator("tr", has_text="Older, and still used")
        row.get_by_role("link", name="Retire now").click()
        expect(page.get_by_text("The client's other secrets go on working.")).to_be_visible()
        picture("secret-retire")
        page.get_by_role("button", name="Retire the secret").click()
        expect(page.get_by_text("The secret was retired.")).to_be_visible()
        client.goes_on(6)
        picture("secret-old-retired")
        assert client.ask(old).status_code == 401
    assert len({secret for secret, _ in client.answers}) == 2
    assert {status for _, status in client.answers} == {200}
    assert len(client.answers) >= 15


@spec("RFC 6749 §5.2")
def test_a_refusal_is_found_by_its_id_alone(
    page: Page, running_demo: Demo, picture: Callable[[str], None]
) -> None:
    """By the client's developer on the public page, and by the administrator they give it to."""
    known = registered(running_demo, *SERVICE, "--name", "Confused service")
    pair = (known["client_id"], known["client_secret"])
    asked = {"grant_type": "client_credentials", "scope": "notes:write"}
    refused = requests.post(f"{running_demo.origin}/o/token/", asked, auth=pair, timeout=30)
    reference = refused.headers["X-OAuth-Reference"]
    assert refused.status_code == 400

    page.goto(f"{running_demo.origin}/o/explain/{reference}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Why a request was refused")
    expect(page.get_by_text("Ask for fewer scopes")).to_be_visible()
    assert known["client_id"] not in page.content()
    picture("explain")

    page.goto(f"{running_demo.origin}/admin/oauthflows/auditevent/")
    log_in(page)
    picture("audit-log")
    page.locator("#searchbar").fill(reference)
    page.locator("#searchbar").press("Enter")
    for said in (
        "scopes_must_be_allowed_for_client",
        "RFC 6749 §3.3",
        "Have the client ask for less, or allow it these scopes under All settings.",
        "Confused service",
    ):
        expect(page.get_by_text(said).first).to_be_visible()
    expect(page.locator(".oauthflows-differs")).to_contain_text("notes:write")
    expect(page.locator(".oauthflows-differs")).to_contain_text("notes:read")
    picture("audit-refusal")
    page.get_by_role("link", name="all they did").click()
    expect(page.get_by_text(reference)).to_be_visible()
    picture("audit-by-actor")


@spec("RFC 9700 §2.4")
def test_a_risky_client_is_made_safe_by_one_click(
    page: Page, running_demo: Demo, picture: Callable[[str], None]
) -> None:
    name = f"Old desk {page.viewport_size['width'] if page.viewport_size else ''}"
    known = registered(
        running_demo,
        *("--preset", "legacy-app", "--name", name, "--scope", "notes:read"),
        *("--redirect-uri", "https://desk.example/callback"),
    )
    asked = {"grant_type": "password", "username": "grace", "password": "demo-grace-2026"}
    pair = (known["client_id"], known["client_secret"])

    def token() -> requests.Response:
        url = f"{running_demo.origin}/o/token/"
        return requests.post(url, {**asked, "scope": "notes:read"}, auth=pair, timeout=30)

    assert token().status_code == 200
    open_client(page, running_demo, name)
    page.get_by_role("link", name="Show the change: It may use the password flow.").click()
    expect(page.get_by_role("button", name="Change it")).to_be_visible()
    picture("fix-preview")
    page.get_by_role("button", name="Change it").click()
    expect(page.get_by_text("It may use the password flow.")).to_have_count(0)
    picture("fix-done")
    refused = token()
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")


@spec("RFC 9700 §4.14.2", "B-21")
def test_a_leaked_token_is_pasted_and_opens_nothing_any_more(
    page: Page, running_demo: Demo, picture: Callable[[str], None]
) -> None:
    known = registered(running_demo, *SERVICE, "--name", "Leaky service")
    pair = (known["client_id"], known["client_secret"])
    asked = {"grant_type": "client_credentials", "scope": "notes:read"}
    url = f"{running_demo.origin}/o/token/"
    leaked = requests.post(url, asked, auth=pair, timeout=30).json()["access_token"]

    def is_live() -> bool:
        answer = requests.post(
            f"{running_demo.origin}/o/introspect/", {"token": leaked}, auth=pair, timeout=30
        )
        return bool(answer.json()["active"])

    def called() -> int:
        header = {"Authorization": f"Bearer {leaked}"}
        return requests.get(
            f"{running_demo.origin}/api/notes/", headers=header, timeout=30
        ).status_code

    assert is_live()
    assert called() != 401
    page.goto(f"{running_demo.origin}/admin/oauthflows/authorization/revoke/")
    log_in(page)
    page.get_by_label("Leaked token").fill(leaked)
    page.get_by_role("button", name="Count").click()
    expect(page.get_by_text("The token was found.")).to_be_visible()
    assert leaked not in page.content()
    assert is_live()
    picture("leak-counted")
    page.get_by_role("button", name=re.compile("Revoke all of this")).click()
    expect(page.get_by_text("nothing of it works any more")).to_be_visible()
    picture("leak-done")
    assert not is_live()
    assert called() == 401
    page.goto(
        f"{running_demo.origin}/admin/oauthflows/auditevent/?event__exact=tokens.mass_revoked"
    )
    expect(page.locator("td.field-actor_name").first).to_have_text("ada")
    assert leaked not in page.content()
