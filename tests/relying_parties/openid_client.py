"""openid-client for Node in a process of its own, which is told what to do."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_suffix(".mjs")


class Program:
    """The library in a process of its own, which knows the provider by its issuer alone."""

    def __init__(self, folder: Path, authority: Path, told: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            ["node", folder / PROGRAM.name, json.dumps(told)],
            env={**os.environ, "NODE_EXTRA_CA_CERTS": str(authority)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, action: str, **members: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": action, **members}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "openid-client stopped; what it printed is above"
        reply = json.loads(line)
        assert "fault" not in reply, reply["fault"]
        return reply["answer"]

    def close(self) -> None:
        self.process.communicate(timeout=30)
