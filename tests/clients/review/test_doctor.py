"""`manage.py oauthflows_doctor`: what it prints, and what it exits with."""

import json
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import override_settings
from django.utils import timezone

from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.management.commands import oauthflows_doctor
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from django_oauthflows.tokens.models import Authorization
from tests.clients.review.reviewed import DAY
from tests.marks import spec
from tests.statements.test_statements import statements
from tests.stories import begin

pytestmark = pytest.mark.django_db

SECURE = override_settings(
    SESSION_COOKIE_SECURE=True,
    CSRF_COOKIE_SECURE=True,
    SECURE_CROSS_ORIGIN_OPENER_POLICY=None,
    OAUTHFLOWS={"ISSUER": "https://id.example/o"},
)


def doctor(*arguments: str) -> tuple[str, int]:
    """What it printed, and its exit code."""
    printed = StringIO()
    try:
        call_command("oauthflows_doctor", *arguments, stdout=printed)
    except SystemExit as end:
        return printed.getvalue(), int(str(end.code))
    return printed.getvalue(), 0


def report(*arguments: str) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(doctor("--json", *arguments)[0])
    return members


def names_of(client: dict[str, Any]) -> set[str]:
    return {finding["name"] for finding in client["findings"]}


@SECURE
def test_a_site_in_order_is_well() -> None:
    ClientFactory()
    printed, code = doctor("--fail-on", "low")
    assert code == 0
    assert "100/100" in printed
    assert report()["ok"] is True


@SECURE
def test_a_site_without_clients_is_well() -> None:
    assert doctor("--fail-on", "low") == (
        "There is no client yet, and nothing to say about the site.\n",
        0,
    )


@SECURE
@pytest.mark.parametrize(("fail_on", "code"), [("high", 0), ("medium", 1), ("low", 1)])
@spec("RFC 9700 §2.1.1")
def test_it_fails_on_what_is_as_bad_as_it_was_told_or_worse(fail_on: str, code: int) -> None:
    ClientFactory(profile="legacy")
    printed, ended = doctor("--fail-on", fail_on)
    assert ended == code
    assert "medium legacy_profile_should_be_needed (RFC 9700 §2.1.1): Its profile" in printed


@spec("RFC 9700 §2.4")
def test_it_fails_on_high_unless_told_otherwise() -> None:
    ClientFactory(preset="legacy-app")
    assert doctor()[1] == 1


def test_the_sites_own_settings_are_reported_too() -> None:
    plain = {"COMPLIANT_BCP_RFC9700_PKCE_METHOD": False}
    changes = {"OAUTH2_PROVIDER": {**settings.OAUTH2_PROVIDER, **plain}}
    with override_settings(**changes, SECURE_CROSS_ORIGIN_OPENER_POLICY=None):
        members = report("--fail-on", "medium")
    assert members["ok"] is False
    assert "oauthflows.W101" in {message["id"] for message in members["site"]}
    assert {message["severity"] for message in members["site"]} == {"medium"}


@override_settings(SILENCED_SYSTEM_CHECKS=["oauthflows.W107", "oauthflows.W150", "oauthflows.I153"])
def test_what_the_project_silenced_is_not_said() -> None:
    assert report("--fail-on", "medium")["site"] == []


def test_one_client_is_looked_at_alone() -> None:
    fine, old = ClientFactory(), ClientFactory(preset="legacy-app")
    members = report("--client", old.client_id)
    assert [client["client_id"] for client in members["clients"]] == [old.client_id]
    assert members["site"] == []
    assert doctor("--client", fine.client_id, "--fail-on", "low")[1] == 0
    with pytest.raises(CommandError) as refused:
        doctor("--client", "nobody")
    assert refused.value.returncode == 2


def test_without_tables_it_could_not_look(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> Any:
        raise OperationalError("no such table")

    monkeypatch.setattr(oauthflows_doctor, "all_applications", missing)
    with pytest.raises(CommandError, match="no such table") as refused:
        doctor()
    assert refused.value.returncode == 2


def test_the_riskiest_client_comes_first() -> None:
    for kind in ({}, {"preset": "legacy-app"}, {"profile": "legacy"}):
        ClientFactory(**kind)
    assert [client["score"] for client in report()["clients"]] == [45, 85, 100]


@spec("RFC 9700 §2.3", "RFC 7592 §2.3")
def test_it_looks_at_grants_tokens_secrets_and_owners() -> None:
    story = begin(scopes=("notes:read", "notes:write"))
    story.tokens(scope="notes:read")
    registered = story.registered
    Authorization.objects.update(created=timezone.now() - 31 * DAY)
    ClientSecret.objects.update(created=timezone.now() - 400 * DAY)
    ClientPolicy.objects.update(is_enabled=False)
    registered.application.user = PersonFactory(is_active=False)
    registered.application.save()
    (client,) = report()["clients"]
    assert names_of(client) == {
        "scopes_should_be_used",
        "disabled_clients_should_hold_no_tokens",
        "secrets_should_be_changed_every_year",
        "owners_should_be_active",
    }
    sentences = [finding["sentence"] for finding in client["findings"]]
    assert "None of its grants holds: notes:write" in sentences


@spec("B-4")
def test_no_secret_is_printed() -> None:
    registered = ClientFactory(preset="legacy-app")
    for printed in (doctor()[0], doctor("--json")[0]):
        assert registered.client_secret not in printed
        assert ClientSecret.objects.get().digest not in printed


def test_more_clients_take_no_more_statements() -> None:
    counts = []
    for _ in range(2):
        ClientFactory()
        with statements() as counted:
            doctor()
        counts.append(len(counted))
    assert counts[0] == counts[1]
