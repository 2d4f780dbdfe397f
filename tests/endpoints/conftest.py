"""A web app and a person who is signed in."""

import pytest

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory, PersonFactory


@pytest.fixture
def flow(db: None) -> FlowClient:
    flow = FlowClient(registered=ClientFactory())
    flow.browser.force_login(PersonFactory())
    return flow
