"""Running a snippet as a person does: into a file, the shell prepared, one question answered by pasting."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Timer

#: What a deprecated call is for whoever copies it: a fault.
STRICT = ("-W", "error::DeprecationWarning", "-W", "error::PendingDeprecationWarning")
COMMANDS = {
    "connect.sh": ("bash", "connect.sh"),
    "connect.py": (sys.executable, *STRICT, "connect.py"),
    "connect.mjs": ("node", "--throw-deprecation", "connect.mjs"),
}
SECONDS = 60


def run_snippet(
    file_name: str,
    text: str,
    *,
    folder: Path,
    variables: Mapping[str, str],
    answer: Callable[[str], str | None],
) -> str:
    """The access token a program printed in the end.

    `answer` is told the address the program asks to open, and says what is pasted for it; `None` where
    nothing is.
    """
    (folder / file_name).write_text(text, encoding="utf-8")
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    program = subprocess.Popen(
        COMMANDS[file_name],
        cwd=folder,
        env={**inherited, **variables, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    late = Timer(SECONDS, program.kill)
    late.start()
    try:
        printed = _talk(program, answer)
    finally:
        late.cancel()
    return _token_in(printed)


def _talk(program: "subprocess.Popen[str]", answer: Callable[[str], str | None]) -> str:
    """Read until an address stands alone on a line, answer, and read the rest."""
    assert program.stdout is not None
    assert program.stdin is not None
    for line in program.stdout:
        if line.startswith("http"):
            pasted = answer(line.strip())
            if pasted is not None:
                program.stdin.write(pasted + "\n")
                program.stdin.flush()
            break
        if line.startswith(("{", "ey")) or " " not in line.strip():
            rest, complaints = program.communicate()
            assert program.returncode == 0, line + rest + complaints
            return line + rest
    rest, complaints = program.communicate()
    assert program.returncode == 0, rest + complaints
    return rest


def _token_in(printed: str) -> str:
    """curl prints the whole answer, behind its own question; the libraries print the token alone."""
    if "{" in printed:
        token: str = json.loads(printed[printed.index("{") :])["access_token"]
        return token
    return printed.split()[-1]
