"""Every parameter that the code reads is a known one: only those must not be repeated (RFC 6749 §3.1)."""

import re
from pathlib import Path

import django_oauthflows
from django_oauthflows.audit.redaction import KNOWN
from django_oauthflows.protocol.parameters import AUTHORIZATION

_READ = re.compile(r"\.(?:text|words|ordered)\(\s*\"([a-z_]+)\"")


def read_in(*folders: str) -> set[str]:
    root = Path(django_oauthflows.__file__).parent
    paths = [path for folder in folders for path in (root / folder).rglob("*.py")]
    return {name for path in paths for name in _READ.findall(path.read_text())}


def test_every_parameter_that_is_read_is_known() -> None:
    read = read_in("protocol", "endpoints", "clients", "tokens", "identity")
    assert {"grant_type", "scope", "token", "id_token_hint"} <= read
    assert read - KNOWN == set()
    assert AUTHORIZATION <= KNOWN
