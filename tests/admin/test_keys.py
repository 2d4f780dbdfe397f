"""Signing keys in the admin: shown, without what signs."""

import pytest

from django_oauthflows.keys import ring
from django_oauthflows.keys.models import SigningKey
from tests.admin.pages import CLIENTS, administrator
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db


@spec("B-30")
def test_keys_are_shown_and_neither_made_nor_changed_nor_deleted() -> None:
    kid = ring.signing_key().kid
    key = SigningKey.objects.get()
    browser = administrator()
    listed = browser.get("/admin/oauthflows/signingkey/").content.decode()
    shown = browser.get(f"/admin/oauthflows/signingkey/{key.pk}/change/").content.decode()
    assert kid in listed
    assert kid in shown
    assert key.sealed not in listed + shown
    for path in ("add/", f"{key.pk}/delete/"):
        assert browser.get(f"/admin/oauthflows/signingkey/{path}").status_code == 403


@spec("B-23")
def test_a_clients_tokens_are_signed_by_a_choice_on_its_page() -> None:
    page = administrator().get(f"{CLIENTS}{begin().registered.application.pk}/change/")
    assert 'name="oauthflows_policy-0-token_format"' in page.content.decode()
