"""All claims of OpenID Connect Core §5.1: from the row of a profile model, by one line."""

import re
from datetime import date
from typing import Any

import pytest

from django_oauthflows.identity.postal_addresses import address_claim
from example_project.accounts.people import PEOPLE
from tests.identity.known_people import ADA, OF_SCOPES, ROWS, Row, know_ada
from tests.identity.stories import AS_PROVIDER, relying_party, userinfo
from tests.marks import conformance, spec

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    settings.OAUTHFLOWS = {"CLAIMS": "tests.identity.known_people.CLAIMS"}
    know_ada()


def told(scope: str) -> dict[str, Any]:
    story = relying_party()
    return dict(userinfo(story, story.tokens(scope=scope)["access_token"]).json())


@pytest.mark.parametrize("scope", OF_SCOPES)
@conformance("oidcc-scope-profile", "oidcc-scope-address", "oidcc-scope-phone")
@spec("OpenID Connect Core §5.1", "OpenID Connect Core §5.4", "B-29")
def test_each_scope_tells_all_its_claims_and_no_others(scope: str) -> None:
    assert told(f"openid {scope}").keys() == {"sub"} | OF_SCOPES[scope]


@conformance("oidcc-scope-all")
@spec("OpenID Connect Core §5.1", "OpenID Connect Core §5.1.1", "B-29")
def test_the_values_have_the_forms_of_the_specification() -> None:
    claims = told("openid profile address phone")
    assert claims["birthdate"] == "1815-12-10"
    assert claims["updated_at"] == 1767225600
    assert claims["phone_number_verified"] is True
    assert claims["address"] == ADA["address"]
    assert claims["given_name"] == "Ada"
    for name in ("profile", "picture", "website"):
        assert claims[name].startswith("https://")


@spec("OpenID Connect Core §5.3.2", "B-29")
def test_somebody_without_a_row_is_told_by_djangos_model_alone() -> None:
    ROWS["Ada"] = None
    names = {"sub", "name", "given_name", "family_name", "preferred_username"}
    assert told("openid profile address phone").keys() == names


@spec("OpenID Connect Core §5.3.2", "B-29")
def test_fields_that_are_not_there_or_empty_are_left_out() -> None:
    ROWS["Ada"] = Row(nickname="", website="https://ada.example.org/", address={})
    claims = told("openid profile address phone")
    assert claims["website"]
    assert not claims.keys() & {"nickname", "birthdate", "address", "phone_number"}
    assert "phone_number_verified" not in claims


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ("1 Harbor Street\nArlington", {"formatted": "1 Harbor Street\nArlington"}),
        ({"locality": "London", "country": ""}, {"locality": "London"}),
        ({"locality": "London", "internal_id": 7}, {"locality": "London"}),
        ({"postal_code": 22202}, {"postal_code": "22202"}),
        ({}, None),
        ("", None),
        (None, None),
    ],
)
@spec("OpenID Connect Core §5.1.1")
def test_an_address_is_an_object_of_texts(known: Any, expected: Any) -> None:
    assert address_claim(known) == expected


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.username)
@spec("OpenID Connect Core §5.1")
def test_the_people_of_the_example_have_them_all(person: Any) -> None:
    of_the_user = {"name", "given_name", "family_name", "preferred_username", "updated_at"}
    assert person.details.keys() == set.union(*OF_SCOPES.values()) - of_the_user
    assert all(person.details.values())
    assert date.fromisoformat(person.details["birthdate"])
    assert re.fullmatch(r"\+[1-9]\d{6,14}", person.details["phone_number"])  # E.164
    assert address_claim(person.details["address"]) == person.details["address"]
