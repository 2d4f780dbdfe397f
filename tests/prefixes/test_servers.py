"""Real servers below a prefix: gunicorn with SCRIPT_NAME, and uvicorn behind a proxy with --root-path."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.marks import spec
from tests.servers import free_port, run, serving

pytestmark = pytest.mark.sqlite

#: How each is started below /app, and what of that reaches it: a proxy before uvicorn takes it away.
GUNICORN = (
    [*("-m", "gunicorn", "--workers=1", "django.core.wsgi:get_wsgi_application()", "--bind")],
    {"SCRIPT_NAME": "/app"},
    "/app",
)
UVICORN = (
    [
        *("-m", "uvicorn", "--factory", "django.core.asgi:get_asgi_application"),
        *("--lifespan=off", "--root-path=/app", "--port"),
    ],
    {},
    "",
)


@pytest.fixture(params=[GUNICORN, UVICORN], ids=["gunicorn", "uvicorn"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The origin of a running site, and what its paths begin with on the wire."""
    arguments, surroundings, on_the_wire = request.param
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings.served",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
        "CACHE_URL": "",
        **surroundings,
    }
    run([sys.executable, "-m", "django", "migrate", "--verbosity=0"], env)
    port = free_port()
    address = str(port) if "uvicorn" in arguments else f"127.0.0.1:{port}"
    with serving([sys.executable, *arguments, address], env, port, tmp_path / "log"):
        yield f"http://127.0.0.1:{port}", on_the_wire


@spec("RFC 8414 §3", "RFC 9728 §5.1")
def test_issuer_documents_and_challenges_have_the_prefix(server: tuple[str, str]) -> None:
    origin, wire = server
    issuer = f"{origin}/app/o"

    def get(path: str, **more: Any) -> requests.Response:
        return requests.get(f"{origin}{wire}{path}", timeout=30, allow_redirects=False, **more)

    document = get("/o/.well-known/oauth-authorization-server").json()
    assert document["issuer"] == issuer
    assert document["token_endpoint"] == f"{issuer}/token/"
    assert document["jwks_uri"] == f"{issuer}/.well-known/jwks.json"
    behind = get("/.well-known/oauth-authorization-server/app/o").json()
    assert behind["issuer"] == issuer
    challenge = get("/api/notes/").headers["WWW-Authenticate"]
    document = f"{origin}/app/.well-known/oauth-protected-resource/app/api/notes/"
    assert f'resource_metadata="{document}"' in challenge
    found = get(document.removeprefix(f"{origin}/app")).json()
    assert found["resource"] == f"{origin}/app/api/notes/"
    resource = get("/.well-known/oauth-protected-resource").json()
    assert resource == resource | {
        "resource": f"{origin}/app",
        "authorization_servers": [issuer],
    }
    assert get("/o/authorize/?client_id=nobody").status_code == 400
    refused = requests.post(
        f"{origin}{wire}/o/token/", {"grant_type": "client_credentials"}, timeout=30
    )
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Bearer ")
