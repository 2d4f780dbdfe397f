"""The runner from npm, with a Node that it runs on, and what it found."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients_real.conftest import installed

_MANIFEST = Path(__file__).with_name("package.json")
#: The release that npm calls the latest, and the one that knows the protocol's newest revision.
LATEST, NEXT = "@modelcontextprotocol/conformance", "conformance-next"
_RESULT = re.compile(r"(?:server-|authorization-)?(.+?)-\d{4}-\d\d-\d\dT.*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of a scenario, and how it ended."""

    scenario: str
    id: str
    status: str
    message: str


def command(package: str, *arguments: str) -> list[str]:
    modules = installed(_MANIFEST) / "node_modules"
    return [str(modules / ".bin" / "node"), str(modules / package / "dist/index.js"), *arguments]


def run_scenarios(package: str, folder: Path, *arguments: str) -> list[Check]:
    """Run scenarios against a server; their failures are no error of the runner."""
    asked = [*command(package, "server", *arguments), "--output-dir", str(folder)]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=600, check=False)
    checks = checks_in(folder)
    assert checks, done.stdout[-4000:] + done.stderr[-4000:]
    return checks


def checks_in(folder: Path) -> list[Check]:
    """What the runner wrote down, scenario by scenario."""
    found: list[Check] = []
    for path in sorted(folder.rglob("checks.json")):
        named = _RESULT.fullmatch(path.parent.name)
        scenario = named[1] if named else path.parent.name
        written: list[dict[str, Any]] = json.loads(path.read_text())
        found += [
            Check(
                scenario=scenario,
                id=one["id"],
                status=one["status"],
                message=one.get("errorMessage") or "",
            )
            for one in written
        ]
    return found
