"""A SECRET_KEY that was lost: the check and the doctor name it, and the way out that they tell works."""

from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import override_settings
from joserfc.jwk import OctKey

from django_oauthflows.checks.lost_secrets import check_lost_secrets
from django_oauthflows.clients import secrets
from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.keys import ring
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db

LOST = {"SECRET_KEY": "another one"}
FOUND = {"SECRET_KEY": "another one", "SECRET_KEY_FALLBACKS": ["tests only"]}
JWT_TOKENS = {"JWT_SCOPES": ["notes:read"]}


def named() -> list[str]:
    return [str(message.id) for message in check_lost_secrets(None)]


def ask(story: Story, secret: str) -> Any:
    """A token for a client that signs with its secret."""
    key = OctKey.import_key(secret)
    shown = story.client_assertion(key=key, algorithm="HS256")
    grant = {"grant_type": "client_credentials", "scope": "notes:write"}
    return story.post("token", headers={"X-No": "basic"}, **grant, **shown)


def signing_client() -> Story:
    return begin(
        preset="service",
        redirect_uris=(),
        scopes=("notes:write",),
        authentication_method="client_secret_jwt",
        keeps_secret_readable=True,
    )


def test_keys_that_sign_nothing_any_more_are_named_and_replaced(settings: Any) -> None:
    settings.OAUTHFLOWS = JWT_TOKENS
    story = begin(preset="service", redirect_uris=())
    grant = {"grant_type": "client_credentials", "scope": "notes:read"}
    before = story.token(**grant).json()["access_token"]
    call_command("oauthflows_rotate_keys", "--algorithm", ring.conf.SIGNING_ALGORITHM)
    assert named() == []
    with override_settings(**FOUND):
        assert named() == []
    with override_settings(**LOST):
        ring.forget()
        ring._private.clear()
        (message,) = check_lost_secrets(None)
        assert message.id == "oauthflows.E142"
        assert "SECRET_KEY_FALLBACKS" in str(message.hint)
        printed = StringIO()
        with pytest.raises(SystemExit):
            call_command("oauthflows_doctor", stdout=printed)
        assert "oauthflows.E142" in printed.getvalue()
        assert "oauthflows_rotate_keys --now" in printed.getvalue()
        call_command("oauthflows_rotate_keys", "--now", stdout=StringIO())
        assert named() == []
        after = story.token(**grant).json()["access_token"]
        for token in (before, after):
            assert story.call(token, "/api/local/").status_code == 200


def test_a_key_that_was_announced_under_the_lost_secret_never_signs(settings: Any) -> None:
    settings.OAUTHFLOWS = {**JWT_TOKENS, "KEY_SIGNING_SECONDS": 86401}
    story = begin(preset="service", redirect_uris=())
    algorithm = ring.conf.SIGNING_ALGORITHM
    ring.make(algorithm, ring.State.SIGNING)
    ring.make(algorithm, ring.State.ANNOUNCED)
    with override_settings(**LOST):
        call_command("oauthflows_rotate_keys", "--now", stdout=StringIO())
        ring.forget()
        assert named() == []
        answer = story.token(grant_type="client_credentials", scope="notes:read")
        assert answer.status_code == 200


def test_clients_whose_secret_cannot_be_read_are_named() -> None:
    story = signing_client()
    secret = story.registered.client_secret
    assert ask(story, secret).status_code == 200
    assert named() == []
    with override_settings(**LOST):
        forget_clients()
        assert error_of(ask(story, secret)) == (401, "invalid_client")
        (message,) = check_lost_secrets(None)
        assert message.id == "oauthflows.E143"
        assert story.registered.client_id in message.msg
        added = secrets.add(story.registered.application, label="new", is_readable=True)
        assert ask(story, added).status_code == 200
    with override_settings(**FOUND):
        forget_clients()
        assert ask(story, secret).status_code == 200
        call_command("oauthflows_rotate_keys", stdout=StringIO())
    with override_settings(SECRET_KEY="another one"):
        assert named() == []


def test_they_are_among_the_checks_of_a_deployment() -> None:
    signing_client()
    with override_settings(**LOST):
        ids = {message.id for message in run_checks(include_deployment_checks=True)}
    assert "oauthflows.E143" in ids
