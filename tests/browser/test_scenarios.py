"""Adding each kind of client, and connecting it with nothing but what its page says."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Locator, Page, expect

from django_oauthflows.clients.presets import PRESETS, Preset
from tests.browser.conftest import a_page, keep_picture
from tests.browser.test_administration import log_in
from tests.browser.test_demo import sign_in
from tests.clients_real.conftest import HERE, installed
from tests.marks import spec
from tests.snippets import run_snippet

pytestmark = pytest.mark.browser

ADD = "/admin/oauth2_provider/application/add/"
CALLBACK = "http://127.0.0.1:9/callback"
#: Who types a name and a password into a program.
GRACE = {"LOGIN_NAME": "grace", "LOGIN_PASSWORD": "demo-grace-2026"}
_HAS_NODE = bool(shutil.which("node") and shutil.which("npm"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a person keeps the programs, with what npm and pip installed for them."""
    if _HAS_NODE:
        kept = installed(HERE / "openid_client" / "package.json")
        (tmp_path / "node_modules").symlink_to(kept / "node_modules")
    return tmp_path


@pytest.fixture
def grace(browser: Browser) -> Iterator[Page]:
    """The browser of the person the client acts for; where she is sent back to, somebody answers."""
    with a_page(browser, "desk-light", has_scripts=False) as opened:
        opened.route(f"{CALLBACK}**", lambda route: route.fulfill(body="Welcome back."))
        yield opened


def fill_in(page: Page, preset: Preset, folder: Path) -> None:
    page.get_by_label("Name", exact=True).fill(f"My {preset.slug}")
    if preset.needs_redirect_uri:
        page.get_by_label("Addresses it comes back to").fill(CALLBACK)
    if preset.has_own_key:
        page.get_by_text("It has no key yet?").click()
        keys = made_in_a_shell(page.locator("#oauthflows-new-key").inner_text(), folder)
        page.get_by_label("Public keys (optional)", exact=True).fill(keys)
    page.get_by_label("notes:read: Read your notes").first.check()


def made_in_a_shell(commands: str, folder: Path) -> str:
    """The last line that some commands print."""
    here = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-c", commands],
        cwd=folder,
        env={"PATH": f"{here}:/usr/bin:/bin", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


def exported(page: Page) -> dict[str, str]:
    """What the lines for the shell set."""
    said = "\n".join(page.locator("pre.oauthflows-snippet").all_inner_texts())
    return dict(re.findall(r"^export ([A-Z_]+)=(\S+)$", said, re.MULTILINE))


def agree(page: Page) -> Callable[[str], str | None]:
    """What a person does with an address that a program prints."""

    def answer(address: str) -> str | None:
        page.context.clear_cookies()
        page.goto(address)
        sign_in(page, "grace")
        if "/device/" in address:
            page.get_by_role("button", name="Continue").click()
            page.get_by_role("button", name="Yes, go on").click()
        allow = page.get_by_role("button", name="Allow")
        if allow.count():  # she is asked by the first of a client's programs alone
            allow.click()
        if "/device/" in address:
            expect(page.get_by_role("heading", level=1)).to_contain_text("is connected")
            return None
        page.wait_for_url(f"{CALLBACK}?**")
        return page.url

    return answer


def languages_of(variant: str) -> tuple[str, ...]:
    """Each of the two browsers tries some of them, so that together they try all."""
    if variant == "desk-light":
        return ("curl", "authlib")
    return ("openid-client",) if _HAS_NODE else ()


def copied(panel: Locator) -> tuple[str, str]:
    """The program of a language, and the name of the file it says to keep it in."""
    file_name = panel.locator("p code", has_text=re.compile(r"^connect\.\w+$")).inner_text()
    return file_name, panel.locator("pre").inner_text()


@spec("RFC 6749 §4.1", "RFC 6749 §4.4", "RFC 8628 §3", "RFC 7523 §2", "RFC 8707 §2")
@pytest.mark.parametrize(
    "preset", [one for one in PRESETS if one.flows], ids=lambda preset: preset.slug
)
def test_a_client_of_each_kind_is_added_and_connected(
    preset: Preset,
    page: Page,
    grace: Page,
    demo: str,
    folder: Path,
    picture: Callable[[str], None],
    request: pytest.FixtureRequest,
) -> None:
    page.goto(demo + ADD)
    log_in(page)
    page.get_by_role("link", name=str(preset.title), exact=True).click()
    fill_in(page, preset, folder)
    picture(f"scenario-{preset.slug}-add")
    page.get_by_role("button", name="Add client").click()
    picture(f"scenario-{preset.slug}-added")

    variables = {**GRACE, **exported(page)}
    assert ("CLIENT_SECRET" in variables) == (preset.is_confidential and not preset.has_own_key)
    ways = page.locator("[data-oauthflows-flow]")
    assert ways.count()
    for way in ways.all():
        acts_for_a_person = way.get_attribute("data-oauthflows-flow") not in (
            "client-credentials",
            "jwt-bearer",
        )
        if way.get_attribute("open") is None:
            way.locator("summary").click()
        for language in languages_of(request.node.callspec.params["page"]):
            file_name, text = copied(way.locator(f"[data-oauthflows-language={language}]"))
            token = run_snippet(
                file_name, text, folder=folder, variables=variables, answer=agree(grace)
            )
            called = requests.get(
                f"{demo}/api/notes/", headers={"Authorization": f"Bearer {token}"}, timeout=30
            )
            # Nobody's notes are shown to a program that acts for nobody, but the token is good.
            assert called.status_code == (200 if acts_for_a_person else 403), called.text


@pytest.mark.parametrize("variant", ["desk-dark", "phone-light"])
def test_with_scripts_there_are_tabs_and_buttons_that_copy(
    browser: Browser, demo: str, variant: str
) -> None:
    with a_page(browser, variant, has_scripts=True) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=demo)
        page.goto(f"{demo}{ADD}?preset=web-app")
        log_in(page)
        page.get_by_label("Name", exact=True).fill("Paper")
        page.get_by_label("Addresses it comes back to").fill(CALLBACK)
        page.get_by_label("notes:read: Read your notes").first.check()
        page.get_by_role("button", name="Add client").click()

        secret = page.locator("code.oauthflows-secret").inner_text()
        page.get_by_role("button", name="Copy the secret").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == secret

        expect(page.get_by_role("tab", name="curl")).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel", name="Python (Authlib)")).to_be_hidden()
        page.get_by_role("tab", name="curl").press("ArrowRight")
        panel = page.get_by_role("tabpanel", name="Python (Authlib)")
        expect(panel).to_be_visible()
        expect(page.get_by_role("tabpanel", name="curl")).to_be_hidden()
        panel.get_by_role("button", name="Copy", exact=True).click()
        expect(panel.get_by_role("button", name="Copied")).to_be_visible()
        keep_picture(page, "scenario-tabs", variant)
        assert "OAuth2Session(" in page.evaluate("navigator.clipboard.readText()")


def test_without_the_clipboard_the_text_is_copied_all_the_same(browser: Browser, demo: str) -> None:
    """A page that came by plain http has no clipboard of its own."""
    with a_page(browser, "desk-light", has_scripts=True) as page:
        page.context.grant_permissions(["clipboard-read"], origin=demo)
        page.add_init_script("navigator.clipboard.writeText = undefined")
        page.goto(f"{demo}{ADD}?preset=service")
        log_in(page)
        page.get_by_label("Name", exact=True).fill("Nightly report")
        page.get_by_label("notes:read: Read your notes").first.check()
        page.get_by_role("button", name="Add client").click()
        page.get_by_role("button", name="Copy the secret").click()
        secret = page.locator("code.oauthflows-secret").inner_text()
        assert page.evaluate("navigator.clipboard.readText()") == secret


def test_a_clients_page_begins_in_plain_words_and_folds_up_the_rest(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.goto(f"{demo}{ADD}?preset=web-app")
    log_in(page)
    page.get_by_label("Name", exact=True).fill("Paper")
    page.get_by_label("Addresses it comes back to").fill(CALLBACK)
    page.get_by_label("notes:read: Read your notes").first.check()
    page.get_by_role("button", name="Add client").click()
    page.get_by_role("link", name="Go to the client").click()

    expect(page.get_by_role("heading", name="A web app with a back end")).to_be_visible()
    expect(page.get_by_text("For people who sign in and agree to it.")).to_be_visible()
    settings = page.get_by_label("Security profile")
    expect(settings).to_be_hidden()
    picture("client-overview")
    page.get_by_role("link", name="All settings").first.click()
    expect(settings).to_be_visible()
    picture("client-all-settings")

    page.get_by_role("link", name="How to connect").click()
    expect(page.get_by_text("read -rs CLIENT_SECRET")).to_be_visible()
    picture("client-connect")


@spec("RFC 6749 §3.3", "OpenID Connect Core §5.4")
def test_what_a_client_gets_by_default_and_is_told_stands_folded_up(
    page: Page, demo: str, picture: Callable[[str], None]
) -> None:
    page.goto(f"{demo}{ADD}?preset=web-app")
    log_in(page)
    switch = page.get_by_label("Its ID tokens say what its scopes stand for")
    expect(switch).to_be_hidden()
    page.get_by_text("What it gets by default, and what it is told").click()
    expect(switch).to_be_checked()
    picture("client-add-unfolded")
    page.get_by_label("Name", exact=True).fill("Notes Web")
    page.get_by_label("Addresses it comes back to").fill("https://notes.example/callback")
    page.get_by_label("notes:read: Read your notes").first.check()
    page.get_by_role("group", name="What it gets where it asks for nothing").get_by_label(
        "notes:write"
    ).check()
    page.get_by_role("button", name="Add client").click()
    # It stands open where something in it is wrong.
    expect(switch).to_be_visible()
    picture("client-add-default-is-wrong")
