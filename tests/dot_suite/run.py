"""A run of django-oauth-toolkit's own suite against these endpoints, compared with what is explained.

    python -m tests.dot_suite.run FOLDER

FOLDER is a checkout of django-oauth-toolkit's source at the release that is installed. Each of its tests that
passes there alone has to pass here too, or be listed in `differences.toml` with the reason. What is listed
has to differ still. Exits with 1 otherwise.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from xml.etree import ElementTree

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DIFFERENCES = HERE / "differences.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Tests that say something else here, by patterns of "file::class::test", and the reason for it."""

    title: str
    reason: str
    tests: tuple[str, ...]

    def covers(self, test: str) -> bool:
        return any(fnmatch(test, pattern) for pattern in self.tests)


def differences() -> tuple[Difference, ...]:
    listed = tomllib.loads(DIFFERENCES.read_text())["difference"]
    return tuple(
        Difference(title=one["title"], reason=one["reason"], tests=tuple(one["tests"]))
        for one in listed
    )


def results(folder: Path, settings: str, *options: str) -> dict[str, bool]:
    """Run the suite under these settings and return whether each test passed; skipped ones are left out."""
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.xml"
        env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings,
            # The folder of the adapter alone: `tests` is the package of the suite there.
            "PYTHONPATH": os.pathsep.join([str(folder), str(HERE), str(ROOT)]),
        }
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"]
        command += [*options, f"--junitxml={report}", "--tb=no", "-W", "ignore", "tests"]
        subprocess.run(command, cwd=folder, env=env, check=False)
        return dict(_outcomes(report))


def _outcomes(report: Path) -> Iterator[tuple[str, bool]]:
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        if case.find("skipped") is None:
            _module, _, kind = case.get("classname", "").partition(".test_")
            file, _, kind = kind.partition(".")
            parts = [f"test_{file}.py", *([kind] if kind else []), case.get("name", "")]
            is_well = case.find("failure") is None and case.find("error") is None
            yield "::".join(parts), is_well


def say(*lines: str) -> None:
    sys.stdout.write("\n".join((*lines, "")))


def compare(alone: dict[str, bool], here: dict[str, bool]) -> bool:
    """Print how the two runs differ, and return whether every difference is explained and there."""
    expected = {test for test, is_well in alone.items() if is_well}
    differing = {test for test in expected if not here.get(test, False)}
    listed = differences()
    unexplained = sorted(test for test in differing if not any(one.covers(test) for one in listed))
    gone = [
        f"{one.title}: {pattern}"
        for one in listed
        for pattern in one.tests
        if not any(fnmatch(test, pattern) for test in differing)
    ]
    say(
        "",
        f"{len(expected)} tests pass on django-oauth-toolkit alone; {len(differing)} differ here.",
    )
    for one in listed:
        say(f"{sum(map(one.covers, differing)):5}  {one.title}")
    for title, tests in (
        ("Not explained:", unexplained),
        ("Listed, and no difference any more:", gone),
    ):
        if tests:
            say(title, *(f"  {test}" for test in tests))
    return not unexplained and not gone


def main() -> int:
    if len(sys.argv) != 2:
        say(str(__doc__))
        return 2
    folder = Path(sys.argv[1]).resolve()
    alone = results(folder, "tests.settings")
    here = results(folder, "adapted_settings", "-p", "adapter")
    return 0 if compare(alone, here) else 1


if __name__ == "__main__":
    sys.exit(main())
