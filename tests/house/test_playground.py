"""Every flow can be tried in the example project."""

from django_oauthflows.clients.presets import BY_SLUG
from django_oauthflows.flows.catalogue import FLOWS
from example_project.playground.walks.catalogue import WALKS


def test_every_flow_has_a_walk_in_the_playground() -> None:
    missing = [flow.slug for flow in FLOWS if flow.slug not in WALKS]
    assert missing == [], "write them in example_project/playground/walks/"


def test_every_walk_is_through_a_flow_of_the_catalogue() -> None:
    assert {walk.flow for walk in WALKS.values()} <= set(FLOWS)


def test_a_walk_uses_its_own_flow() -> None:
    """Its client is allowed the flow, or is of a kind that has it."""
    for slug, walk in WALKS.items():
        assert slug in walk.client.get("flows", BY_SLUG[walk.client["preset"]].flows)
