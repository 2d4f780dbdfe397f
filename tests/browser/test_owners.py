"""The admin as somebody sees it who looks after one client, and may not see the others."""

import subprocess
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MANAGE, Demo
from tests.marks import spec

pytestmark = pytest.mark.browser

#: An owner, somebody who helps them, and their client.
SEED = """
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django_oauthflows.clients.models import ClientOwner
from django_oauthflows.clients.registration import register_client
people = get_user_model().objects
if not people.filter(username="olga").exists():
    olga = people.create_user("olga", password="demo-olga-2026", is_staff=True)
    olga.user_permissions.add(Permission.objects.get(codename="manage_own_clients"))
    client = register_client(
        preset="web-app", name="Olga's paper", owner=olga, scopes=("notes:read",),
        redirect_uris=("https://paper.example/callback",),
    )
    helper = people.create_user("otto", password="demo-otto-2026")
    ClientOwner.objects.create(application=client.application, user=helper)
"""


@pytest.fixture
def origin(running_demo: Demo) -> str:
    command = [*MANAGE, "shell", "--command", SEED]
    subprocess.run(command, env=running_demo.environment, capture_output=True, check=True)
    return running_demo.origin


@spec("B-9")
def test_an_owner_looks_after_a_client_and_sees_no_other(
    page: Page, origin: str, picture: Callable[[str], None]
) -> None:
    page.goto(f"{origin}/admin/")
    page.get_by_label("Username").fill("olga")
    page.get_by_label("Password").fill("demo-olga-2026")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("link", name="Applications")).to_be_visible()
    expect(page.get_by_role("link", name="Signing keys")).to_have_count(0)
    picture("owner-start")

    page.get_by_role("link", name="Applications").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    picture("owner-clients")
    page.get_by_role("link", name="Olga's paper").click()
    picture("owner-client")
    page.get_by_role("link", name="All settings").first.click()
    expect(page.get_by_role("heading", name="Owners")).to_be_visible()
    expect(page.get_by_role("link", name="otto")).to_be_visible()
    expect(page.get_by_role("checkbox", name="First-party")).to_have_count(0)
    picture("owner-settings")

    page.locator("[name=oauthflows_policy-0-tos_uri]").fill("https://paper.example/terms")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    page.get_by_role("button", name="Add a secret").click()
    expect(page.get_by_text("Copy the secret now")).to_be_visible()
