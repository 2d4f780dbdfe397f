"""Addresses that django-allauth verified, as they are told to clients."""

from typing import Any

import pytest
from django.apps import apps

from tests.identity.stories import AS_PROVIDER, claims_of, relying_party, userinfo
from tests.marks import spec
from tests.stories import Story

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not apps.is_installed("allauth.account"), reason="see test_site"),
]

UNKNOWN = "unknown"


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER


def with_address(story: Story, email: str, *, verified: bool, person: Any = None) -> None:
    """Let django-allauth know an address of the person's."""
    rows = apps.get_model("account", "EmailAddress").objects
    rows.create(user=person or story.person, email=email, verified=verified)


def told(story: Story) -> Any:
    """What clients are told of the address, in userinfo and in the ID token alike."""
    tokens = story.tokens(scope="openid email")
    said = userinfo(story, tokens["access_token"]).json()
    assert said["email"] == story.person.email
    verified = said.get("email_verified", UNKNOWN)
    assert claims_of(story, tokens["id_token"]).get("email_verified", UNKNOWN) == verified
    return verified


@spec("OpenID Connect Core §5.1")
def test_a_verified_address_is_told_as_verified() -> None:
    story = relying_party()
    with_address(story, "ada@example.com", verified=True)
    assert told(story) is True


@spec("OpenID Connect Core §5.1")
def test_letters_in_another_case_are_the_same_address() -> None:
    story = relying_party()
    with_address(story, "Ada@Example.com", verified=True)
    assert told(story) is True


@spec("OpenID Connect Core §5.1")
@pytest.mark.parametrize("is_said_of_all", [False, True])
def test_an_address_that_waits_for_its_proof_is_not_verified(
    settings: Any, is_said_of_all: bool
) -> None:
    settings.OAUTHFLOWS = {"EMAIL_VERIFIED": is_said_of_all}
    story = relying_party()
    with_address(story, "ada@example.com", verified=False)
    assert told(story) is False


@spec("OpenID Connect Core §5.1")
def test_an_address_that_was_changed_since_is_not_the_verified_one() -> None:
    story = relying_party()
    with_address(story, "ada@example.com", verified=True)
    assert told(story) is True
    story.person.email = "boss@example.com"
    story.person.save()
    assert told(story) == UNKNOWN


@spec("OpenID Connect Core §5.1")
@pytest.mark.parametrize(
    "email", ["\N{KELVIN SIGN}ay@example.com", "kay@e\N{KELVIN SIGN}ample.com"]
)
def test_an_address_that_looks_alike_is_another_one(email: str) -> None:
    story = relying_party()
    story.person.email = email.replace("\N{KELVIN SIGN}", "k")
    story.person.save()
    with_address(story, email, verified=True)
    assert told(story) == UNKNOWN


@spec("OpenID Connect Core §5.1")
def test_another_persons_proof_counts_for_nobody_else() -> None:
    story, other = relying_party(), relying_party()
    with_address(story, "ada@example.com", verified=True, person=other.person)
    assert told(story) == UNKNOWN
