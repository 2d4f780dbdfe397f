"""The example project under gunicorn with two workers, and the client libraries that talk to it."""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from django_oauthflows.testing.assertions import client_key, key_set_of
from example_project.accounts.people import PEOPLE
from tests.browsing import Person
from tests.clients_real.libraries import (
    API,
    Authlib,
    Demo,
    Library,
    OpenIDClient,
    RequestsOAuth2Client,
)
from tests.databases import new_database
from tests.servers import ROOT, cache_beside_the_tests, free_port, run, serving

HERE = Path(__file__).parent
#: Nobody listens there: the person's browser stops before it.
REDIRECT_URI = "http://127.0.0.1:9/callback"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """On PostgreSQL and Redis where `DATABASE_URL` and `CACHE_URL` name them, else on an SQLite file."""
    folder, port = tmp_path_factory.mktemp("demo"), free_port()
    with new_database(folder, port) as database_url:
        env = {**os.environ, "DATABASE_URL": database_url, "SECRET_KEY": "tests only"}
        env["CACHE_URL"] = cache_beside_the_tests()
        env.pop("DJANGO_SETTINGS_MODULE", None)
        manage = [sys.executable, "example_project/manage.py"]
        run([*manage, "migrate", "--verbosity=0"], env)
        run([*manage, "seed", f"--port={port}"], env)
        register = [*manage, "oauthflows_register_client", "--json"]
        web = ["--preset=web-app", "--name=Library", f"--redirect-uri={REDIRECT_URI}"]
        service = ["--preset=service", "--name=Service", "--scope=notes:read"]
        device = ["--preset=device", "--name=Screen"]
        api = [
            *("--preset=service", "--name=API", "--flow=token-exchange"),
            *(f"--resource={API}", f"--exchange-target=http://localhost:{port}/"),
        ]
        kinds = (web, service, device, api)
        clients = [credentials(run([*register, *choices], env)) for choices in kinds]
        public = folder / "keys.json"
        public.write_text(json.dumps(key_set_of(client_key())))
        account = ["--preset=service-account", "--name=Account", f"--jwks={public}"]
        signs = credentials(run([*register, *account, "--scope=notes:read"], env))
        gunicorn = [sys.executable, "-m", "gunicorn", "--workers=2", f"--bind=127.0.0.1:{port}"]
        with serving([*gunicorn, "example_project.wsgi"], env, port, folder / "log"):
            yield Demo(
                url=f"http://localhost:{port}",
                issuer=f"http://localhost:{port}/o",
                redirect_uri=REDIRECT_URI,
                web=clients[0],
                service=clients[1],
                device={"client_id": clients[2]["client_id"]},
                api=clients[3],
                account={"client_id": signs["client_id"]},
                key=client_key().as_dict(private=True, alg="ES256"),
                environment=env,
            )
        assert "Traceback" not in (folder / "log").read_text()


def credentials(printed: str) -> dict[str, str]:
    registered = json.loads(printed)
    return {name: registered[name] for name in ("client_id", "client_secret")}


@pytest.fixture(scope="session")
def openid_client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the program beside what npm installed for it."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("openid-client needs node and npm")
    folder = tmp_path_factory.mktemp("openid_client")
    shutil.copy(HERE / "openid_client" / "client.mjs", folder)
    kept = installed(HERE / "openid_client" / "package.json")
    (folder / "node_modules").symlink_to(kept / "node_modules")
    return folder


def installed(manifest: Path) -> Path:
    """What a package.json names, installed once and kept below .tox."""
    kept = ROOT / ".tox" / f"npm-{sha256(manifest.read_bytes()).hexdigest()[:12]}"
    if not kept.exists():
        kept.parent.mkdir(exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=kept.parent))
        shutil.copy(manifest, fresh)
        npm = ["npm", "install", "--no-package-lock", "--no-audit", "--no-fund"]
        run(npm, os.environ, folder=fresh)
        # Another worker may have been faster, and its copy is as good.
        with suppress(OSError):
            fresh.rename(kept)
        shutil.rmtree(fresh, ignore_errors=True)
    return kept


@pytest.fixture(params=["Authlib", "requests-oauth2client", "openid-client"])
def library(request: pytest.FixtureRequest, demo: Demo) -> Iterator[Library]:
    """Each of the libraries in turn."""
    if request.param == "Authlib":
        yield Authlib(demo)
    elif request.param == "requests-oauth2client":
        yield RequestsOAuth2Client(demo)
    else:
        library = OpenIDClient(demo, request.getfixturevalue("openid_client"))
        yield library
        library.close()


@pytest.fixture
def person() -> Person:
    """Somebody the example project was seeded with, in a new browser."""
    return Person(username=PEOPLE[0].username, password=PEOPLE[0].password)
