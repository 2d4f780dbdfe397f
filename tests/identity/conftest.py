"""The site of these tests is an OpenID Provider."""

from typing import Any

import pytest

from tests.identity.stories import AS_PROVIDER


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
