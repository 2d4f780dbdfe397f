"""`REDIRECT_URI_VALIDATOR` and `ALLOWED_ORIGIN_VALIDATOR` of django-oauth-toolkit's next release."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.test import override_settings

from django_oauthflows.clients.uris import validate_origin
from django_oauthflows.testing.factories import ClientFactory
from tests.checks.test_checks import dot_settings

pytestmark = pytest.mark.django_db
OURS = "tests.dot_next.validators.of_our_company"


@pytest.fixture(autouse=True)
def with_validators() -> Iterator[None]:
    words = {"REDIRECT_URI_VALIDATOR": OURS, "ALLOWED_ORIGIN_VALIDATOR": OURS}
    with override_settings(**dot_settings(**words)):
        yield


def test_an_address_that_the_project_refuses_is_not_registered() -> None:
    ClientFactory(redirect_uris=["https://wiki.company.example/callback"])
    with pytest.raises(ValidationError, match="is not ours"):
        ClientFactory(redirect_uris=["https://wiki.example/callback"])


def test_it_opens_no_address_that_is_refused_anyway() -> None:
    with pytest.raises(ValidationError):
        ClientFactory(redirect_uris=["http://wiki.company.example/callback"])


def test_an_origin_that_the_project_refuses_is_none() -> None:
    validate_origin("https://wiki.company.example")
    with pytest.raises(ValidationError, match="is not ours"):
        validate_origin("https://wiki.example")
