"""What somebody the site trusts says of software goes before what it says itself (RFC 7591 §2.3)."""

import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from django_oauthflows.clients.dynamic.models import ClientRegistration
from tests.clients.dynamic.registering import Registrar
from tests.marks import spec
from tests.stories import error_of

ISSUER = "https://federation.example"
KEY = ECKey.generate_key("P-256", {"kid": "one"})


def statement(
    key: Any = KEY, alg: str = "ES256", header: dict[str, Any] | None = None, **claims: Any
) -> str:
    stated = {"iss": ISSUER, "software_id": "notes", "client_name": "Notes, approved", **claims}
    value: str = jwt.encode(
        {"alg": alg, "kid": "one", **(header or {})}, stated, key, algorithms=[alg]
    )
    return value


@pytest.fixture
def trusting(open_registration: Registrar, settings: Any) -> Registrar:
    settings.OAUTHFLOWS = {
        **settings.OAUTHFLOWS,
        "SOFTWARE_STATEMENT_ISSUERS": {ISSUER: {"keys": [KEY.as_dict(private=False)]}},
    }
    return open_registration


@spec("RFC 7591 §2.3", "RFC 7591 §3.2.1")
def test_what_is_stated_goes_before_what_is_said(trusting: Registrar) -> None:
    stated = statement()
    told = trusting.registered(
        software_statement=stated,
        client_name="Something else",
        **{"client_name#de": "Etwas anderes", "software_id": "other", "software_version": "1"},
    )
    assert told["software_statement"] == stated
    assert (told["client_name"], told["software_id"]) == ("Notes, approved", "notes")
    assert "client_name#de" not in told
    assert told["software_version"] == "1"


@spec("RFC 7592 §2.2")
def test_what_was_stated_holds_when_the_client_changes(trusting: Registrar) -> None:
    told = trusting.registered(software_statement=statement())
    for said in ({}, {"software_statement": None}, {"software_statement": ""}):
        changed = trusting.update(told, client_name="Something else", **said)
        assert changed.status_code == 200
        told = changed.json()
        assert told["client_name"] == "Notes, approved"


@spec("RFC 7591 §3.2.2")
def test_what_is_stated_is_judged_like_anything_else(trusting: Registrar) -> None:
    refused = trusting.register(software_statement=statement(grant_types=["password"]))
    assert error_of(refused) == (400, "invalid_client_metadata")


@spec("RFC 7591 §3.2.2", "RFC 8725 §3.1")
def test_a_statement_that_is_not_genuine_is_refused(trusting: Registrar) -> None:
    now = int(time.time())
    another = ECKey.generate_key("P-256", {"kid": "one"})
    shared = OctKey.generate_key(256)
    head, body, signature = statement().split(".")
    for wrong in (
        statement(another),
        statement(shared, "HS256"),
        f"{head}.{body}.",
        f"eyJhbGciOiJub25lIn0.{body}.",
        f"{head}.{body}A.{signature}",
        statement(header={"typ": "at+jwt"}),
        statement(header={"typ": "client-authentication+jwt"}),
        statement(exp=now - 3600),
        statement(nbf=now + 3600),
        statement(exp="soon"),
        statement(jwks={"keys": ["\x00"]}),
        "not a jwt",
        "a" * 9000,
        7,
        [statement()],
    ):
        refused = trusting.register(software_statement=wrong)
        assert error_of(refused) == (400, "invalid_software_statement")
    assert not ClientRegistration.objects.exists()


@spec("RFC 7591 §3.2.2")
@pytest.mark.parametrize("issuer", ["https://evil.example", None, 7, ["x"]])
def test_a_statement_of_nobody_the_site_trusts_is_refused(trusting: Registrar, issuer: Any) -> None:
    refused = trusting.register(software_statement=statement(iss=issuer))
    assert error_of(refused) == (400, "unapproved_software_statement")
