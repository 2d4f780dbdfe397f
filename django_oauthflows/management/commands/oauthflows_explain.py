"""Explain a refusal from its reference: for whoever has a shell and a client developer on the telephone."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from django_oauthflows.audit.actors import names_of
from django_oauthflows.audit.explaining import Explanation, explain, find, is_explained
from django_oauthflows.audit.exporting import members_of
from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.expectations import Compared, compare
from django_oauthflows.clients.facts import client_of
from django_oauthflows.core.text import for_terminal


class Command(BaseCommand):
    help = (
        "Explain what happened under a reference (X-OAuth-Reference): the rule that refused, its paragraph, "
        "what came beside what the client is registered for, and what to do. Exit code 1 for an unknown one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", help="As the client was told it: 12 letters and digits.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        row = find(options["reference"].strip().lower())
        if row is None:
            raise CommandError("Nothing is known under this reference.", returncode=1)
        explanation = explain(row) if is_explained(row) else None
        client = client_of(row.client_id) if row.client_id else None
        compared = compare(row.detail, row.rule, client)
        if options["json"]:
            self.stdout.write(json.dumps(_members(row, explanation, compared), default=str))
        else:
            lines = _lines(row, explanation, compared)
            self.stdout.write("\n".join(map(for_terminal, lines)))


def _members(
    row: AuditEvent, explanation: Explanation | None, compared: tuple[Compared, ...]
) -> dict[str, Any]:
    members = members_of(row)
    if explanation is not None:
        members |= {
            "why": explanation.why,
            "fix": str(explanation.fix),
            "links": [paragraph.address for paragraph in explanation.paragraphs],
            "expected": {each.name: list(each.expected) for each in compared if each.expected},
            "differs": [each.name for each in compared if each.differs],
        }
    return members


def _lines(
    row: AuditEvent, explanation: Explanation | None, compared: tuple[Compared, ...]
) -> list[str]:
    links = iter(_links(explanation))
    facts = {
        "what": f"{row.event} {row.code} at {row.endpoint or 'this site'}".replace("  ", " "),
        "when": row.created.isoformat(timespec="seconds"),
        "actor": f"{names_of([row.actor])[row.actor]} ({row.actor})" if row.actor else "-",
        "client": row.client_id or "-",
        "person": str(row.user or "-"),
        "network": row.network or "-",
    }
    if explanation is not None:
        facts |= {
            "said": row.sentence,
            "rule": row.rule,
            "why": " ".join(explanation.why.split()) or str(explanation.means),
            "see": next(links, "-"),
            "fix": str(explanation.fix),
        }
    lines = []
    for name, value in facts.items():
        lines.append(f"{name + ':':<9} {value}")
        if name == "see":
            lines += [f"{'':<9} {link}" for link in links]
    return [*lines, *(line for each in compared for line in _beside(each))]


def _links(explanation: Explanation | None) -> list[str]:
    paragraphs = explanation.paragraphs if explanation is not None else ()
    return [f"{each.name}  {each.address}" for each in paragraphs]


def _beside(each: Compared) -> list[str]:
    mark = "!" if each.differs else " "
    lines = [f"{mark} {each.name}: {each.received or '(not sent)'}"]
    return [*lines, f"    expected: {', '.join(each.expected)}"] if each.expected else lines
