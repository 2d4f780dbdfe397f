"""The runner from npm, with a Node that it runs on, and what it found."""

import json
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.servers import ROOT, run

_MANIFEST = Path(__file__).with_name("package.json")
#: The release that npm calls the latest, and the one that knows the protocol's newest revision.
LATEST, NEXT = "@modelcontextprotocol/conformance", "conformance-next"
_RESULT = re.compile(r"(?:server-|authorization-)?(.+?)-\d{4}-\d\d-\d\dT.*")


def installed() -> Path:
    """The folder of npm's packages, made once and kept below .tox."""
    digest = sha256(_MANIFEST.read_bytes()).hexdigest()[:8]
    kept = ROOT / ".tox" / f"mcp-conformance-{digest}"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=kept.parent))
        shutil.copy(_MANIFEST, fresh)
        npm = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"]
        run(npm, os.environ, folder=fresh)
        # Another worker may have been faster, and its copy is as good.
        with suppress(OSError):
            fresh.rename(kept)
        shutil.rmtree(fresh, ignore_errors=True)
    return kept / "node_modules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of a scenario, and how it ended."""

    scenario: str
    id: str
    status: str
    message: str


def command(package: str, *arguments: str) -> list[str]:
    modules = installed()
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
