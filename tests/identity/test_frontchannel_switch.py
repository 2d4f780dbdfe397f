"""Whether a client is told `iss` and `sid`: unset, yes or no (OpenID Connect Front-Channel Logout 1.0 §2)."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from django_oauthflows.clients.dynamic.models import ClientRegistration
from django_oauthflows.clients.models import ClientPolicy
from tests.clients.dynamic.registering import Registrar, open_registration
from tests.marks import spec
from tests.stories import begin

__all__ = ["open_registration"]

pytestmark = pytest.mark.django_db

SPEC = "OpenID Connect Front-Channel Logout 1.0 §2"
FRONT = "https://client.example/front"
SWITCH = "frontchannel_logout_session_required"


def registered_by_command(*options: str) -> ClientPolicy:
    call_command(
        "oauthflows_register_client",
        "--preset=web-app",
        "--name=Notes",
        "--redirect-uri=https://client.example/callback",
        f"--frontchannel-logout-uri={FRONT}",
        *options,
    )
    return ClientPolicy.objects.get()


@spec(SPEC)
@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ((), None),
        (("--frontchannel-logout-session-required",), True),
        (("--no-frontchannel-logout-session-required",), False),
    ],
)
def test_the_command_has_the_switch(options: tuple[str, ...], kept: bool | None) -> None:
    assert getattr(registered_by_command(*options), SWITCH) is kept


@spec(SPEC, "RFC 7591 §3.2.1", "RFC 7592 §2.1")
@pytest.mark.parametrize(
    ("said", "kept"), [({}, None), ({SWITCH: True}, True), ({SWITCH: False}, False)]
)
def test_what_a_client_says_is_kept_and_told_back(
    said: dict[str, bool], kept: bool | None, open_registration: Registrar
) -> None:
    told = open_registration.registered(frontchannel_logout_uri=FRONT, **said)
    assert told.get(SWITCH) is kept
    assert getattr(ClientPolicy.objects.get(), SWITCH) is kept
    assert open_registration.read(told).json().get(SWITCH) is kept


@spec(SPEC, "RFC 7592 §2.2")
def test_a_client_that_leaves_it_out_later_leaves_it_open(open_registration: Registrar) -> None:
    told = open_registration.registered(frontchannel_logout_uri=FRONT, **{SWITCH: False})
    changed = open_registration.update(told, frontchannel_logout_uri=FRONT).json()
    assert SWITCH not in changed
    assert getattr(ClientPolicy.objects.get(), SWITCH) is None


@spec("OpenID Connect Dynamic Client Registration §3.2")
def test_a_nought_is_told_back_as_well(open_registration: Registrar) -> None:
    assert open_registration.registered(default_max_age=0)["default_max_age"] == 0


@spec(SPEC)
@pytest.mark.parametrize("said", ["false", 0, None, []])
def test_a_client_says_true_or_false_and_nothing_else(
    said: Any, open_registration: Registrar
) -> None:
    response = open_registration.register(frontchannel_logout_uri=FRONT, **{SWITCH: said})
    # A member without a value is one that was left out (RFC 7592 §2.2).
    assert response.status_code == (201 if said is None else 400)


def migrate(name: str) -> None:
    migration = import_module("django_oauthflows.migrations.0012_signing_out")
    getattr(migration, name)(apps, SimpleNamespace(connection=connection))


def policy_from_before(value: bool, metadata: dict[str, Any] | None = None) -> ClientPolicy:
    """A client as it was stored when the switch was on or off."""
    application = begin().registered.application
    if metadata is not None:
        ClientRegistration.objects.create(application=application, metadata=metadata)
    policy = ClientPolicy.objects.get(application=application)
    setattr(policy, SWITCH, value)
    policy.save()
    return policy


@spec(SPEC)
@pytest.mark.parametrize(
    ("value", "metadata", "kept"),
    [
        (False, None, None),
        (False, {"client_name": "Notes"}, None),
        (False, {SWITCH: True}, None),
        (False, {SWITCH: False}, False),
        (True, None, True),
        (True, {"client_name": "Notes"}, True),
    ],
)
def test_an_upgrade_leaves_open_what_nobody_said(
    value: bool, metadata: dict[str, Any] | None, kept: bool | None
) -> None:
    policy = policy_from_before(value, metadata)
    migrate("leave_open")
    policy.refresh_from_db()
    assert getattr(policy, SWITCH) is kept
    migrate("close")
    policy.refresh_from_db()
    assert getattr(policy, SWITCH) is bool(kept)
