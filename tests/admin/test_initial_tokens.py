"""Initial access tokens, issued in the admin and by the command: shown once, revoked, never changed."""

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.dynamic.models import InitialAccessToken
from tests.clients.dynamic.registering import Registrar
from tests.marks import spec

LIST = "admin:oauthflows_initialaccesstoken_changelist"
ADD = "admin:oauthflows_initialaccesstoken_add"

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_browser() -> Client:
    browser = Client()
    browser.force_login(get_user_model().objects.create_superuser("root"))
    return browser


@spec("RFC 7591 §1.2", "B-4")
def test_a_token_is_shown_once_and_registers(admin_browser: Client, settings: Any) -> None:
    settings.OAUTHFLOWS = {"REGISTRATION": "token"}
    assert admin_browser.get(reverse(ADD)).status_code == 200
    said = {"label": "Ada", "max_uses": "1", "profile": "legacy", "scopes": ["notes:read"]}
    page = admin_browser.post(reverse(ADD), said, follow=True)
    assert "no-store" in page["Cache-Control"]
    token = page.context["token"]
    assert token in page.content.decode()
    row = InitialAccessToken.objects.get()
    assert (row.created_by.username, row.profile, row.scopes) == ("root", "legacy", ["notes:read"])
    assert Registrar().registered(token)["scope"] == "notes:read"
    listed = admin_browser.get(reverse(LIST)).content.decode()
    assert "Ada" in listed
    assert token not in listed
    shown = admin_browser.get(
        reverse("admin:oauthflows_initialaccesstoken_change", args=[row.pk])
    ).content.decode()
    assert row.checksum not in shown


def test_what_cannot_be_is_said_beside_its_field(admin_browser: Client) -> None:
    page = admin_browser.post(reverse(ADD), {"label": "", "scopes": ["unheard-of"]})
    assert {"label", "scopes"} <= set(page.context["form"].errors)
    assert not InitialAccessToken.objects.exists()


@spec("RFC 7591 §1.2")
def test_a_token_is_revoked_in_the_list(admin_browser: Client, settings: Any) -> None:
    settings.OAUTHFLOWS = {"REGISTRATION": "token"}
    row, token = initial_tokens.issue(label="Ada")
    chosen = {"post": "yes", "action": "revoke_selected", "_selected_action": [row.pk]}
    admin_browser.post(reverse(LIST), chosen)
    row.refresh_from_db()
    assert row.revoked is not None
    assert Registrar().register(token=token).status_code == 401


def test_who_may_only_look_neither_issues_nor_revokes() -> None:
    clerk = get_user_model().objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_initialaccesstoken"))
    browser = Client()
    browser.force_login(clerk)
    row, _ = initial_tokens.issue(label="Ada")
    assert browser.get(reverse(LIST)).status_code == 200
    assert browser.get(reverse(ADD)).status_code == 403
    assert browser.post(reverse(ADD), {"label": "x", "max_uses": "1"}).status_code == 403
    browser.post(
        reverse(LIST), {"post": "yes", "action": "revoke_selected", "_selected_action": [row.pk]}
    )
    row.refresh_from_db()
    assert row.revoked is None


def issue(**options: Any) -> str:
    out = StringIO()
    call_command("oauthflows_issue_initial_access_token", label="Ada", stdout=out, **options)
    return out.getvalue()


@spec("RFC 7591 §1.2", "B-4")
def test_the_command_prints_a_token_once() -> None:
    told = json.loads(issue(json=True, max_uses=3, scope="notes:read", profile="standard"))
    row = InitialAccessToken.objects.get()
    assert initial_tokens.find(told["initial_access_token"]) == row
    assert (row.max_uses, row.scopes, row.profile) == (3, ["notes:read"], "standard")
    assert row.expires is not None
    assert "not shown again" in issue(max_uses=0, expires_in="never")
    endless = InitialAccessToken.objects.latest("pk")
    assert (endless.max_uses, endless.expires) == (None, None)


@pytest.mark.parametrize(
    "options", [{"scope": "unheard-of"}, {"expires_in": "soon"}, {"max_uses": -1}]
)
def test_the_command_says_what_is_wrong(options: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        issue(**options)
    assert not InitialAccessToken.objects.exists()
