"""An API with django-oauth-toolkit's own resource server goes on after the swap of the other site."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.adoption.conftest import AFTER, BEFORE, Server, Site, answering
from tests.marks import spec
from tests.servers import free_port, serving

pytestmark = pytest.mark.sqlite

API = "tests.adoption.resource_server"
#: A token such as the docs of django-oauth-toolkit have somebody make in its admin, for a resource server.
MAKE_TOKEN = """
import django, sys
django.setup()
from datetime import timedelta
from django.contrib.auth import get_user_model
from django.utils import timezone
from oauth2_provider.models import AccessToken, Application
AccessToken.objects.create(
    user=get_user_model().objects.get(username="ada"),
    application=Application.objects.get(client_id=sys.argv[1]),
    token="made-for-the-resource-server",
    scope="introspection",
    expires=timezone.now() + timedelta(days=365),
)
"""


@dataclass(kw_only=True)
class Apart:
    """The authorization server after the swap, what clients hold, and the API's own site."""

    server: Server
    tokens: dict[str, list[Any]]
    api: Site


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    folder = tmp_path_factory.mktemp("apart")
    site = Site(file=folder / "site.sqlite3")
    site.manage(BEFORE, "migrate", "--verbosity=0")
    left = json.loads(site.python(BEFORE, "-m", "tests.adoption.fill", "1"))
    site.python(BEFORE, "-c", MAKE_TOKEN, left["clients"]["service"]["client_id"])
    site.manage(AFTER, "migrate", "--verbosity=0")
    api = Site(file=folder / "api.sqlite3")
    api.manage(BEFORE, "migrate", "--verbosity=0")
    with answering(site, "tests.adoption.after_introspecting", left["clients"]) as server:
        yield Apart(server=server, tokens=left["tokens"], api=api)


@contextmanager
def prices(apart: Apart, folder: Path, **asking: str) -> Iterator[str]:
    """Run the API until the block ends, and yield the URL of its view."""
    port = free_port()
    command = [sys.executable, "-m", "django", "runserver", "--noreload", f"127.0.0.1:{port}"]
    env = {
        **apart.api.env(API),
        "INTROSPECTION_URL": f"{apart.server.url}/o/introspect/",
        **asking,
    }
    with serving(command, env, port, folder / "api.log"):
        yield f"http://127.0.0.1:{port}/prices/"


def call(url: str, token: str) -> requests.Response:
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)


@spec("RFC 7662 §2.1", "B-22")
@pytest.mark.parametrize("way", ["credentials", "token"])
def test_its_calls_are_answered_as_before(apart: Apart, tmp_path: Path, way: str) -> None:
    client = apart.server.clients["service"]
    asking = {
        "credentials": {"CLIENT_ID": client["client_id"], "CLIENT_SECRET": client["client_secret"]},
        "token": {"ASKS_BY_TOKEN": "made-for-the-resource-server"},
    }[way]
    person, service = (apart.tokens[f"{kind} plain"][0] for kind in ("web", "service"))
    with prices(apart, tmp_path, **asking) as url:
        answers = [call(url, tokens["access_token"]) for tokens in (person, service)]
        refused = call(url, "no-such-token")

    assert [answer.status_code for answer in answers] == [200, 200], answers[0].text
    assert [answer.json()["user"] for answer in answers] == ["ada", None]
    assert refused.status_code in (401, 403)
