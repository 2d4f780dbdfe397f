"""The demo's servers live and die together."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import ROOT, eventually

#: A server that says its process id into a file, and stays, or leaves once another file is there.
SERVER = """
import os, pathlib, sys, time
mine, leave = map(pathlib.Path, sys.argv[1:])
mine.with_suffix(".new").write_text(str(os.getpid()))
mine.with_suffix(".new").rename(mine)
while not leave.exists():
    time.sleep(0.02)
"""

PROGRAM = """
import sys
from example_project.playground.management.together import Ended, Server, serve_together
names = sys.argv[2:]
try:
    serve_together([
        Server(name=name, command=[sys.executable, "-c", sys.argv[1], name, name + ".leave"], environment={})
        for name in names
    ])
except Ended as ended:
    sys.exit(f"{ended} ended")
"""


@pytest.fixture
def together(tmp_path: Path) -> "subprocess.Popen[str]":
    started = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, SERVER, "one", "two"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )
    eventually(lambda: all((tmp_path / name).exists() for name in ("one", "two")))
    return started


def is_running(file: Path) -> bool:
    try:
        os.kill(int(file.read_text()), 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("asked_by", [signal.SIGTERM, signal.SIGINT])
def test_whoever_stops_the_demo_stops_them_all(
    together: "subprocess.Popen[str]", tmp_path: Path, asked_by: signal.Signals
) -> None:
    together.send_signal(asked_by)
    _, said = together.communicate(timeout=30)

    assert (together.returncode, said) == (0, "")
    assert not is_running(tmp_path / "one")
    assert not is_running(tmp_path / "two")


def test_one_that_ends_ends_the_others(together: "subprocess.Popen[str]", tmp_path: Path) -> None:
    (tmp_path / "one.leave").touch()
    _, said = together.communicate(timeout=30)

    assert (together.returncode, said) == (1, "one ended\n")
    assert not is_running(tmp_path / "two")
