"""What is asked of a request to sign out."""

import pytest

from django_oauthflows.rules.logout import (
    LogoutRequest,
    client_must_be_known_to_return_to_it,
    client_must_be_the_one_of_the_hint,
    return_address_must_be_registered,
)
from tests.marks import spec
from tests.rules.facts import client

BACK = "https://client.example/signed-out"
KNOWN = client(post_logout_redirect_uris=(BACK,))


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
@pytest.mark.parametrize(
    ("client_id", "hinted", "is_good"),
    [("", "", True), ("a", "", True), ("", "a", True), ("a", "a", True), ("a", "b", False)],
)
def test_the_client_is_the_one_of_the_hint(client_id: str, hinted: str, is_good: bool) -> None:
    request = LogoutRequest(client_id=client_id, hinted_client_id=hinted)
    assert (client_must_be_the_one_of_the_hint(request) is None) == is_good


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_only_a_known_client_has_an_address() -> None:
    asked = client_must_be_known_to_return_to_it
    assert asked(LogoutRequest()) is None
    assert asked(LogoutRequest(client=KNOWN, return_to=BACK)) is None
    assert asked(LogoutRequest(return_to=BACK))
    assert asked(LogoutRequest(client=client(is_enabled=False), return_to=BACK))


@spec("OpenID Connect RP-Initiated Logout 1.0 §3", "B-31")
@pytest.mark.parametrize(
    ("return_to", "is_good"),
    [("", True), (BACK, True), (f"{BACK}?a=b", False), (f"{BACK}/", False), (BACK[:-1], False)],
)
def test_the_address_is_registered_to_the_letter(return_to: str, is_good: bool) -> None:
    request = LogoutRequest(client=KNOWN, return_to=return_to)
    assert (return_address_must_be_registered(request) is None) == is_good
