"""A site takes the app out again: what django-oauth-toolkit goes on with, and what is lost."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.adoption.conftest import AFTER, BEFORE, Server, Site, answering, authorization_url
from tests.adoption.fill import PASSWORD, REDIRECT_URI
from tests.browsing import Person

pytestmark = pytest.mark.sqlite

BACK = "tests.adoption.back"
#: What the admin does where somebody gives a client a new secret and retires that of before.
REPLACE = """
import django, sys
django.setup()
from django_oauthflows import dot
from django_oauthflows.clients import secrets
application = dot.applications().get(client_id=sys.argv[1])
secrets.retire_dots(application)
print(secrets.add(application, label="new"), end="")
"""


@dataclass(kw_only=True)
class Returned:
    """The site after the app was taken out; tokens by who issued them, and a client made in between."""

    server: Server
    by_dot: dict[str, Any]
    by_us: dict[str, Any]
    jwt: str


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Returned]:
    site = Site(file=tmp_path_factory.mktemp("way_back") / "site.sqlite3")
    site.manage(BEFORE, "migrate", "--verbosity=0")
    left_behind = json.loads(site.python(BEFORE, "-m", "tests.adoption.fill", "1"))
    clients = left_behind["clients"]
    site.manage(AFTER, "migrate", "--verbosity=0")
    with answering(site, AFTER, clients) as server:
        ada = Person(username="ada", password=PASSWORD)
        callback = ada.allow(authorization_url(server, "web"), REDIRECT_URI)
        by_us = server.redeem("web", parse_qs(urlsplit(callback).query)["code"][0]).json()
        clients["made meanwhile"] = made(site, "service", "--preset=service")
        clients["signed"] = made(site, "signed", "--preset=service", "--token-format=jwt")
        signed = server.post("token", "signed", grant_type="client_credentials").json()
    client_id = clients["unhashed"]["client_id"]
    replaced = site.python(AFTER, "-c", REPLACE, client_id)
    clients["replaced"] = {"client_id": client_id, "client_secret": replaced}
    site.manage(AFTER, "migrate", "oauthflows", "zero", "--verbosity=0")
    with answering(site, BACK, clients) as server:
        by_dot = left_behind["tokens"]["web hashed"][0]
        yield Returned(server=server, by_dot=by_dot, by_us=by_us, jwt=signed["access_token"])


def made(site: Site, name: str, *options: str) -> dict[str, str]:
    """Register a client with this app's own command, as somebody did in between."""
    command = ("oauthflows_register_client", "--name", name, "--scope", "notes:read", "--json")
    printed = json.loads(site.manage(AFTER, *command, *options))
    return {"client_id": printed["client_id"], "client_secret": printed["client_secret"]}


def is_active(returned: Returned, token: str) -> bool:
    answer = returned.server.post("introspect", "web", token=token)
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["active"])


@pytest.mark.parametrize("issuer", ["by_dot", "by_us"])
def test_tokens_go_on_working(returned: Returned, issuer: str) -> None:
    tokens = getattr(returned, issuer)
    assert is_active(returned, tokens["access_token"])

    answer = returned.server.refresh("web", tokens["refresh_token"])

    assert answer.status_code == 200, answer.text
    assert is_active(returned, answer.json()["access_token"])


def test_clients_of_before_keep_their_secrets(returned: Returned) -> None:
    answer = returned.server.post("token", "service", grant_type="client_credentials")

    assert answer.status_code == 200, answer.text


def test_clients_made_meanwhile_need_a_new_secret(returned: Returned) -> None:
    answer = returned.server.post("token", "made meanwhile", grant_type="client_credentials")

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_new_secret_is_unknown_and_the_retired_one_works_again(returned: Returned) -> None:
    new = returned.server.post("introspect", "replaced", token="any")
    old = returned.server.post("introspect", "unhashed", token="any")

    assert (new.status_code, old.status_code) == (403, 200)


def test_signed_access_tokens_are_rows_like_the_others(returned: Returned) -> None:
    assert is_active(returned, returned.jwt)
