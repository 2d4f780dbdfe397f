"""Two worker processes, and keys that rotate beside them: no verification fails, whoever signed."""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.marks import spec
from tests.servers import free_port, run, serving

pytestmark = pytest.mark.sqlite

MANAGE = [sys.executable, "-m", "django"]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings.served",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "CACHE_URL": "",
    }


@pytest.fixture
def service(env: dict[str, str]) -> tuple[str, str]:
    run([*MANAGE, "migrate", "--verbosity=0"], env)
    register = ["oauthflows_register_client", "--preset=service", "--name=S", "--json"]
    registered = json.loads(run([*MANAGE, *register, "--scope=notes:read"], env))
    return registered["client_id"], registered["client_secret"]


@pytest.fixture
def url(env: dict[str, str], service: tuple[str, str], tmp_path: Path) -> Iterator[str]:
    port, log = free_port(), tmp_path / "log"
    gunicorn = [sys.executable, "-m", "gunicorn", "--workers=2", f"--bind=127.0.0.1:{port}"]
    with serving([*gunicorn, "django.core.wsgi:get_wsgi_application()"], env, port, log):
        yield f"http://127.0.0.1:{port}"
    assert "Traceback" not in log.read_text()


@spec("B-23", "B-30")
def test_every_worker_verifies_what_any_worker_signed(
    url: str, service: tuple[str, str], env: dict[str, str]
) -> None:
    def token() -> str:
        form = {"grant_type": "client_credentials", "scope": "notes:read"}
        answer: Any = requests.post(f"{url}/o/token/", form, auth=service, timeout=30)
        assert answer.status_code == 200, answer.text
        value: str = answer.json()["access_token"]
        return value

    def shown(value: str) -> int:
        header = {"Authorization": f"Bearer {value}"}
        return requests.get(f"{url}/api/local/", headers=header, timeout=30).status_code

    tokens: list[str] = []
    with ThreadPoolExecutor(max_workers=4) as threads:
        for round_ in range(4):
            if round_:
                run([*MANAGE, "oauthflows_rotate_keys", "--now"], env)
            tokens += [made.result() for made in [threads.submit(token) for _ in range(8)]]
            answers = [threads.submit(shown, value) for value in tokens for _ in range(2)]
            assert {answer.result() for answer in answers} == {200}
    keys = requests.get(f"{url}/o/.well-known/jwks.json", timeout=30).json()["keys"]
    assert len(keys) == 4  # one was made when first needed, however many workers needed it
