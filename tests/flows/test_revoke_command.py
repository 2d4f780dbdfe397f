"""`manage.py oauthflows_revoke`: counts first, then ends, and never takes a token as an argument."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db


def revoke(**options: Any) -> dict[str, Any]:
    out = io.StringIO()
    call_command("oauthflows_revoke", json=True, stdout=out, **{"yes": True, **options})
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


def live() -> int:
    return Authorization.objects.live().count()


@spec("B-21")
def test_a_dry_run_counts_and_changes_nothing() -> None:
    story = begin()
    story.tokens()
    report = revoke(person=story.person.get_username(), dry_run=True, yes=False)
    assert report == {
        "dry_run": True,
        "found": {
            "grants": 1,
            "exchanged": 0,
            "refresh_tokens": 1,
            "access_tokens": 1,
            "codes": 0,
            "device_codes": 0,
            "people": 1,
            "clients": 1,
        },
        "ended": dict.fromkeys(
            ("grants", "exchanged", "refresh_tokens", "access_tokens", "codes", "device_codes"), 0
        ),
    }
    assert live() == 1


@pytest.mark.parametrize("limit", ["person", "client", "scope", "since"])
@spec("B-21")
def test_each_limit_ends_what_it_names(limit: str) -> None:
    story = begin()
    for _ in range(3):
        story.tokens()
    limits = {
        "person": story.person.get_username(),
        "client": story.registered.client_id,
        "scope": "notes:read",
        "since": "2001-01-01T00:00",
    }
    assert revoke(**{limit: limits[limit]}, batch=2)["ended"]["grants"] == 3
    assert live() == 0


@spec("B-4", "B-21")
def test_a_leaked_token_is_read_from_a_file_or_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = begin()
    first, second = story.tokens(), story.tokens()
    file = tmp_path / "leaked"
    file.write_text(first["access_token"] + "\n")
    assert revoke(token_file=str(file))["ended"]["grants"] == 1
    monkeypatch.setattr("sys.stdin", io.StringIO(second["refresh_token"]))
    assert revoke(token_file="-")["ended"]["grants"] == 1
    assert live() == 0


def test_progress_is_told_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    story = begin()
    for _ in range(3):
        story.tokens()
    call_command("oauthflows_revoke", client=story.registered.client_id, yes=True, batch=2)
    told = capsys.readouterr()
    assert told.err.splitlines() == ["2 of 3 grants ended", "3 of 3 grants ended"]
    assert "of 1 people, at 1 clients" in told.out
    assert "Ended: 3 grants, 3 refresh tokens, 3 access tokens." in told.out


@pytest.mark.parametrize("options", [{"json": True}, {"json": False}])
def test_nothing_ends_where_nobody_confirms(options: dict[str, Any]) -> None:
    story = begin()
    story.tokens()
    with pytest.raises(CommandError, match="say --yes"):
        call_command(
            "oauthflows_revoke", client=story.registered.client_id, stdout=io.StringIO(), **options
        )
    assert live() == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "nothing was filled in"),
        ({"person": "nobody"}, "--person: There is none"),
        ({"client": "no-such-client"}, "--client: There is none"),
        ({"scope": "two words"}, "--scope: One scope"),
        ({"since": "yesterday"}, "--since: "),
        ({"since": "2026-01-02", "until": "2026-01-01"}, "has to come after"),
        ({"scope": "x", "batch": 0}, "--batch"),
        ({"token_file": "/no/such/file"}, "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        revoke(**options)


@spec("B-4")
def test_an_unknown_token_is_not_repeated(tmp_path: Path) -> None:
    file = tmp_path / "leaked"
    file.write_text("a-token-of-somebody-else")
    with pytest.raises(CommandError) as error:
        revoke(token_file=str(file))
    assert "a-token-of-somebody-else" not in str(error.value)
    file.write_text("\n")
    with pytest.raises(CommandError, match="nothing in it"):
        revoke(token_file=str(file))
