"""The site of these tests is an OpenID Provider, and has its keys."""

from typing import Any

import pytest

from django_oauthflows.keys import ring
from tests.identity.stories import AS_PROVIDER


@pytest.fixture(autouse=True)
def provider(settings: Any, request: pytest.FixtureRequest) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        ring.published()
