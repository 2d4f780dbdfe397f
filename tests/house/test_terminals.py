"""No command hands a terminal what a stranger wrote: control characters and invisible ones are escaped."""

import unicodedata
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from django_oauthflows import management
from django_oauthflows.audit.models import AuditEvent
from tests.marks import spec
from tests.stories import begin

COMMANDS = {
    path.stem for path in (Path(management.__path__[0]) / "commands").glob("oauthflows_*.py")
}
#: A title for the window, a bell, a second line, and words from right to left.
HOSTILE = "Notes\x1b]0;owned\x07\r\nFINE\u202e\x9b2J\u200b"
REFERENCE = "0123456789ab"


@pytest.fixture
def flow(db: None) -> Any:
    """A client, a person and a refusal, whose rows hold text that is older than every rule about it."""
    made = begin(preset="web-app", profile="legacy", flows=["implicit"])
    made.tokens = None  # type: ignore[assignment]
    application = made.registered.application
    application.name = HOSTILE
    application.redirect_uris = f"http://elsewhere.example/{HOSTILE.split()[0]}"
    application.save()
    made.person.username = HOSTILE
    made.person.save()
    AuditEvent.objects.create(
        event="request.refused",
        reference=REFERENCE,
        created=timezone.now(),
        application=application,
        client_id=HOSTILE,
        user=made.person,
        actor=f"person:{made.person.pk}",
        network=HOSTILE,
        endpoint="authorize",
        code="invalid_request",
        rule="redirect_uri_must_be_registered",
        sentence="It was refused.",
        detail={"redirect_uri": HOSTILE, HOSTILE: HOSTILE},
    )
    return made


def arguments(flow: Any) -> dict[str, list[tuple[str, ...]]]:
    """How each command is called, with hostile text wherever it takes any."""
    client_id = flow.registered.client_id
    return {
        "oauthflows_cleanup": [("--dry-run",)],
        "oauthflows_adopt": [(), ("--json",)],
        "oauthflows_deliver_logouts": [()],
        "oauthflows_doctor": [
            (),
            ("--client", client_id),
            ("--client", HOSTILE),
            ("--profile", "fapi2"),
            ("--json",),
        ],
        "oauthflows_explain": [(REFERENCE,), (REFERENCE, "--json")],
        "oauthflows_export_audit": [(), ("--since", HOSTILE), ("--actor", HOSTILE)],
        "oauthflows_issue_initial_access_token": [
            ("--label", HOSTILE),
            ("--label", "x", "--scope", HOSTILE),
        ],
        "oauthflows_quickstart": [(), (), ("--new-client", "--address", HOSTILE)],
        "oauthflows_register_client": [
            (
                "--preset",
                "web-app",
                "--name",
                HOSTILE,
                "--redirect-uri",
                HOSTILE,
                "--scope",
                HOSTILE,
            ),
            ("--preset", "web-app", "--name", "x", "--jwks", HOSTILE),
        ],
        "oauthflows_rehearse": [
            (client_id, "--url", "http://testserver", "--person", HOSTILE, "--scope", HOSTILE),
            (HOSTILE, "--url", "http://testserver"),
        ],
        "oauthflows_revoke": [("--client", HOSTILE, "--person", HOSTILE, "--dry-run")],
        "oauthflows_rotate_keys": [()],
    }


def printed_by(command: str, given: tuple[str, ...]) -> Iterator[str]:
    out, err = StringIO(), StringIO()
    try:
        call_command(command, *given, stdout=out, stderr=err, no_color=True)
    except CommandError as error:
        yield str(error)
    except SystemExit:
        pass
    yield out.getvalue()
    yield err.getvalue()


@spec("B-4")
@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_prints_strangers_text_escaped(flow: Any, command: str) -> None:
    for given in arguments(flow)[command]:
        for text in printed_by(command, given):
            acting = {one for one in text if unicodedata.category(one) in ("Cc", "Cf")} - {"\n"}
            assert not acting, (given, text)
            assert not [line for line in text.split("\n") if line.strip() == "FINE"]


def test_the_doctor_and_the_explainer_show_what_was_sent(flow: Any) -> None:
    explained = "".join(printed_by("oauthflows_explain", (REFERENCE,)))
    assert r"Notes\x1b]0;owned\x07\r\nFINE\u202e\x9b2J\u200b" in explained
    found = "".join(printed_by("oauthflows_doctor", ("--client", flow.registered.client_id)))
    assert "Notes ]0;owned" in found
