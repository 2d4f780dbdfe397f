"""JupyterHub with OAuthenticator, by the configuration that registering it printed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.clients_real.conftest import installed
from tests.marks import spec
from tests.programs.catalogue import JUPYTERHUB
from tests.programs.conftest import Running, at_work, register
from tests.relying_parties.conftest import Provider
from tests.servers import eventually, free_port

pytestmark = [pytest.mark.browser, pytest.mark.programs]

HERE = Path(__file__).parent / "jupyterhub"


@pytest.fixture(scope="module")
def hub(provider: Provider) -> Iterator[Running]:
    """The hub behind its own proxy, which comes from npm."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("JupyterHub's proxy needs node and npm")
    proxy = installed(HERE / "package.json") / "node_modules/.bin/configurable-http-proxy"
    own = {
        "PROXY": str(proxy),
        "PROXY_PORT": str(free_port()),
        "HUB_PORT": str(free_port()),
        "JUPYTERHUB_CRYPT_KEY": "ab" * 32,
    }
    with at_work(JUPYTERHUB, provider, register(JUPYTERHUB, provider), **own) as started:
        # The proxy listens first.
        eventually(lambda: "JupyterHub is now running" in started.log.read_text())
        yield started


@spec("OpenID Connect Core §3.1", "OpenID Connect Core §5.3", "RFC 7636 §4.1")
def test_a_person_signs_in_and_has_their_user_name_at_the_hub(page: Page, hub: Running) -> None:
    sign_in(page, hub)

    expect(page.get_by_text("ada", exact=True)).to_be_visible()


@spec("RFC 6749 §6")
def test_its_tokens_are_refreshed_once_they_have_expired(
    page: Page, hub: Running, provider: Provider
) -> None:
    sign_in(page, hub)
    provider.manage("shell", "--no-imports", "-c", EXPIRE)

    page.wait_for_timeout(1_000)
    page.reload()

    expect(page.get_by_text("ada", exact=True)).to_be_visible()
    assert "Refreshing oauth access token for ada" in hub.log.read_text()


@spec("RFC 6749 §4.1.2.1")
def test_a_persons_no_is_told(page: Page, hub: Running) -> None:
    start(page, hub, name="grace")

    page.get_by_role("button", name="Deny").click()

    expect(page.locator("body")).to_contain_text(hub.program.after_denial)
    assert page.url.startswith(hub.origin)


#: The tokens that the hub was given.
EXPIRE = """
from datetime import timedelta
from django.utils.timezone import now
from oauth2_provider.models import AccessToken
held = AccessToken.objects.filter(application__redirect_uris__endswith="/hub/oauth_callback")
assert held.update(expires=now() - timedelta(seconds=1))
"""


def start(page: Page, hub: Running, *, name: str = "ada") -> None:
    """As far as the consent page."""
    page.goto(hub.origin + hub.program.sign_in)
    page.get_by_role("button", name="Sign in with localhost").click()
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(f"demo-{name}-2026")
    page.get_by_role("button", name="Sign in").click()


def sign_in(page: Page, hub: Running) -> None:
    start(page, hub)
    if not page.url.startswith(hub.origin):
        page.get_by_role("button", name="Allow").click()
    page.wait_for_url(f"{hub.origin}/hub/home")
