"""Relying parties of a django-oauth-toolkit site see the same people, claims and keys after the swap."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.adoption.conftest import Site
from tests.adoption.identity.differences import (
    ADDED,
    ID_TOKEN,
    LIFETIME,
    NARROWED,
    OF_THE_MOMENT,
    USERINFO,
)
from tests.adoption.identity.fill import ALGORITHMS, SIGNED_OUT
from tests.adoption.identity.seen import FULL, LEAST, Party, Told
from tests.marks import spec
from tests.servers import free_port, serving

pytestmark = pytest.mark.sqlite

BEFORE, AFTER, HANDED_OVER = (
    f"tests.adoption.identity.{name}" for name in ("before", "after", "handed_over")
)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A site at one time: its documents, and a sign-in for each client and scope."""

    document: dict[str, Any]
    keys: list[dict[str, Any]]
    told: dict[tuple[str, str], Told]


@dataclass(frozen=True, kw_only=True)
class Hospital:
    """The site, where it listens, its clients, and what they saw before."""

    site: Site
    port: int
    clients: dict[str, dict[str, str]]

    @contextmanager
    def serving(self, settings: str) -> Iterator[None]:
        """Let the site listen under these settings."""
        command = [sys.executable, "-m", "django", "runserver", "--noreload"]
        log = self.site.file.with_suffix(f".{settings.rpartition('.')[2]}.log")
        env = self.site.env(settings)
        with serving([*command, f"127.0.0.1:{self.port}"], env, self.port, log):
            yield
        assert "Traceback" not in log.read_text(), log.read_text()

    def party(self, algorithm: str) -> Party:
        return Party(url=f"http://127.0.0.1:{self.port}", **self.clients[algorithm])

    def seen(self) -> Seen:
        party = self.party("RS256")
        return Seen(
            document=party.document(),
            keys=party.published(),
            told={
                (algorithm, scope): self.party(algorithm).signs_in(scope)
                for algorithm in ALGORITHMS
                for scope in (FULL, LEAST)
            },
        )


def new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    as_text = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(*as_text, serialization.NoEncryption()).decode()


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Hospital:
    file: Path = tmp_path_factory.mktemp("hospital") / "site.sqlite3"
    site = Site(file=file, variables={"SITE_KEY": new_key(), "SITE_FORMER_KEY": new_key()})
    site.manage(BEFORE, "migrate", "--verbosity=0")
    clients = json.loads(site.python(BEFORE, "-m", "tests.adoption.identity.fill"))
    return Hospital(site=site, port=free_port(), clients=clients)


@pytest.fixture(scope="module")
def before(hospital: Hospital) -> Seen:
    with hospital.serving(BEFORE):
        return hospital.seen()


@pytest.fixture(scope="module")
def swapped(hospital: Hospital, before: Seen) -> Iterator[Hospital]:
    hospital.site.manage(AFTER, "migrate", "--verbosity=0")
    with hospital.serving(AFTER):
        yield hospital


@pytest.fixture(scope="module")
def after(swapped: Hospital) -> Seen:
    return swapped.seen()


def lifetime(told: Told) -> int:
    """Seconds; the two moments may be read a second apart."""
    return round(int(told.payload["exp"] - told.payload["iat"]), -1)


EACH = pytest.mark.parametrize(
    ("algorithm", "scope"),
    [(algorithm, scope) for algorithm in ALGORITHMS for scope in (FULL, LEAST)],
)


def test_what_is_compared_is_the_projects_own(before: Seen) -> None:
    told = before.told["RS256", FULL]
    assert told.payload["groups"] == ["physicians"]
    assert told.payload["sub"].startswith("staff-")
    assert told.userinfo["asked_by"] == "The RS256 client"
    assert "groups" not in before.told["RS256", LEAST].payload


@EACH
@spec("OpenID Connect Core §5.4")
def test_userinfo_answers_as_before(before: Seen, after: Seen, algorithm: str, scope: str) -> None:
    was, now = before.told[algorithm, scope], after.told[algorithm, scope]
    assert (now.userinfo_status, was.userinfo_status) == (200, 200)
    assert {name: now.userinfo[name] for name in was.userinfo} == was.userinfo
    added = ADDED[USERINFO].keys() if scope == FULL else set()
    assert now.userinfo.keys() - was.userinfo.keys() == added


@EACH
@spec("OpenID Connect Core §2")
def test_an_id_token_says_what_it_said(
    before: Seen, after: Seen, algorithm: str, scope: str
) -> None:
    was, now = before.told[algorithm, scope], after.told[algorithm, scope]
    lasting = {name: was.payload[name] for name in was.payload if name not in OF_THE_MOMENT}
    assert {name: now.payload[name] for name in lasting} == lasting
    for name in OF_THE_MOMENT:
        assert type(now.payload[name]) is type(was.payload[name])
    assert now.payload.keys() - was.payload.keys() == ADDED[ID_TOKEN].keys()
    assert now.header == was.header
    assert (lifetime(was), lifetime(now)) == LIFETIME


@spec("RFC 7517 §5", "RFC 7638 §3")
def test_the_old_keys_are_published_as_they_were(before: Seen, after: Seen) -> None:
    assert len(before.keys) == 2
    for key in before.keys:
        assert key in after.keys
    kids = [key["kid"] for key in after.keys]
    assert len(set(kids)) == len(kids) > len(before.keys)


@spec("OpenID Connect Discovery 1.0 §3")
def test_the_document_names_what_it_named(before: Seen, after: Seen) -> None:
    was, now = before.document, after.document
    lists = {name for name in was if isinstance(was[name], list)}
    assert {name for name in lists if set(was[name]) - set(now[name])} == NARROWED.keys()
    for name in was.keys() - lists:
        assert now[name] == was[name], name


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@spec("OpenID Connect Core §3.1.2.1")
def test_an_old_id_token_is_a_hint_at_a_silent_request(
    before: Seen, swapped: Hospital, algorithm: str
) -> None:
    party = swapped.party(algorithm)
    ada = party.ada()
    party.signs_in(FULL, ada)
    answer = party.silent(before.told[algorithm, FULL].id_token, ada)
    assert "error" not in answer
    assert party.redeem(answer["code"][0]).status_code == 200


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@spec("OpenID Connect Core §3.1.2.1")
def test_an_id_token_of_another_client_is_no_hint(
    before: Seen, swapped: Hospital, algorithm: str
) -> None:
    party = swapped.party(algorithm)
    (other,) = set(ALGORITHMS) - {algorithm}
    answer = party.silent(before.told[other, FULL].id_token, party.ada())
    assert "code" not in answer


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_an_old_id_token_signs_out_and_leads_back(
    before: Seen, swapped: Hospital, algorithm: str
) -> None:
    party = swapped.party(algorithm)
    ada = party.ada()
    party.signs_in(FULL, ada)
    back = party.signed_out(before.told[algorithm, FULL].id_token, ada)
    assert back == f"{SIGNED_OUT}?state=a-state"
    assert party.silent(before.told[algorithm, FULL].id_token, ada)["error"] == ["login_required"]


def test_checks_have_nothing_to_correct(swapped: Hospital) -> None:
    swapped.site.manage(AFTER, "check", "--fail-level=ERROR")


@spec("RFC 7517 §5")
def test_a_key_that_is_moved_to_the_inactive_ones_signs_no_more_and_still_verifies(
    before: Seen, after: Seen, hospital: Hospital, swapped: Hospital
) -> None:
    """The key that signs then was published all the time."""
    other = Hospital(site=hospital.site, port=free_port(), clients=hospital.clients)
    with other.serving(HANDED_OVER):
        party = other.party("RS256")
        told = party.signs_in()
        kids = [key["kid"] for key in party.published()]
    assert told.header["kid"] not in [key["kid"] for key in before.keys]
    assert told.header["kid"] in [key["kid"] for key in after.keys]
    assert {key["kid"] for key in before.keys} <= set(kids)
