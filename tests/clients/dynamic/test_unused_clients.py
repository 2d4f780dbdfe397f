"""Clients that registered themselves and never came back go; the others stay."""

import json
from datetime import timedelta
from io import StringIO
from typing import Any

from django.core.management import call_command
from oauth2_provider.models import get_access_token_model, get_application_model

from django_oauthflows.clients.dynamic import initial_tokens
from django_oauthflows.clients.dynamic.models import ClientRegistration
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.testing.factories import ClientFactory
from django_oauthflows.tokens.models import Authorization
from tests.clients.dynamic.registering import Registrar, story_of
from tests.marks import spec


def later(**age: float) -> None:
    """All that registered so far did so earlier."""
    for registration in ClientRegistration.objects.all():
        registration.issued -= timedelta(**age)
        registration.save()


def cleanup(**options: Any) -> int:
    out = StringIO()
    call_command("oauthflows_cleanup", json=True, stdout=out, **options)
    gone: int = json.loads(out.getvalue())["unused_clients"]
    return gone


def clients() -> set[str]:
    return set(get_application_model().objects.values_list("client_id", flat=True))


@spec("RFC 7591 §5")
def test_a_client_that_was_never_used_goes_after_a_week(open_registration: Registrar) -> None:
    own = ClientFactory()
    told = open_registration.registered()
    later(days=6)
    assert cleanup() == 0
    later(days=2)
    assert cleanup(dry_run=True) == 1
    assert told["client_id"] in clients()
    assert cleanup() == 1
    assert clients() == {own.client_id}


def test_a_site_may_keep_them(open_registration: Registrar, settings: Any) -> None:
    open_registration.registered()
    later(days=400)
    settings.OAUTHFLOWS = {"REGISTRATION_UNUSED_LIFETIME": None}
    out = StringIO()
    call_command("oauthflows_cleanup", json=True, stdout=out)
    assert "unused_clients" not in json.loads(out.getvalue())


@spec("RFC 7591 §5")
def test_a_client_that_was_used_stays_though_its_tokens_have_gone(
    open_registration: Registrar,
) -> None:
    told = open_registration.registered()
    story_of(told).tokens(scope="profile")
    later(days=8)
    assert cleanup() == 0
    Authorization.objects.all().delete()
    get_access_token_model().objects.all().delete()
    assert cleanup() == 0
    assert told["client_id"] in clients()


def test_a_client_that_got_a_token_for_itself_stays(open_registration: Registrar) -> None:
    token = initial_tokens.issue(label="Ada")[1]
    service = {"client_name": "Counter", "grant_types": ["client_credentials"]}
    told = open_registration.register(service, token).json()
    story_of({**told, "redirect_uris": [""]}).token(
        grant_type="client_credentials", scope="profile"
    )
    later(days=8)
    assert cleanup() == 0


def test_a_client_somebody_verified_stays(open_registration: Registrar) -> None:
    open_registration.registered()
    ClientPolicy.objects.update(is_verified=True)
    later(days=8)
    assert cleanup() == 0


@spec("RFC 7591 §5")
def test_a_program_that_registers_at_each_start_leaves_one_client(
    open_registration: Registrar,
) -> None:
    first = open_registration.registered()
    soon = open_registration.registered()
    assert {first["client_id"], soon["client_id"]} == clients(), "somebody may be signing in"
    later(hours=2)
    last = open_registration.registered()
    assert clients() == {last["client_id"]}


@spec("RFC 7591 §5")
def test_only_the_same_from_the_same_place_is_the_same(open_registration: Registrar) -> None:
    told = [
        open_registration.registered(),
        open_registration.registered(client_name="Another"),
        open_registration.registered(initial_tokens.issue(label="Ada")[1]),
    ]
    used = open_registration.registered(client_name="Used")
    story_of(used).tokens(scope="profile")
    changed = open_registration.update(open_registration.registered(client_name="Third")).json()
    later(hours=2)
    Registrar(address="198.51.100.1").registered()
    open_registration.registered(client_name="Used")
    open_registration.registered(client_name="Third")
    assert {one["client_id"] for one in (*told, used, changed)} <= clients()
