"""Everything within a radius ends while its clients go on asking: nothing that began before is left alive."""

from collections.abc import Callable
from typing import Any

import pytest

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.tokens import blast
from django_oauthflows.tokens.radius import Radius
from tests.flows.exchanges import API, api, exchanged
from tests.marks import spec
from tests.races.together import (
    apart,
    assert_nothing_is_alive,
    at_once,
    posting,
    redeeming,
    refreshing,
    statuses,
)
from tests.stories import begin, dot_application, dot_tokens

pytestmark = pytest.mark.django_db(transaction=True)


def ending(radius: Radius) -> Callable[[], Any]:
    return lambda: list(blast.revoke(radius, batch=3))


@pytest.mark.parametrize("limit", ["client", "scope"])
@spec("B-21", "B-18", "RFC 8693 §2.1")
def test_refreshes_redemptions_and_exchanges_at_that_moment_leave_nothing(
    flow: FlowClient, rounds: range, limit: str
) -> None:
    service = api()
    key = flow.registered.application.pk
    radius = Radius(client=key) if limit == "client" else Radius(scope="notes:read")
    for _ in rounds:
        pairs = [flow.tokens(scope="notes:read", resource=API) for _ in range(3)]
        code = flow.code()
        exchanged(service, pairs[2]["access_token"])

        _, *answers = at_once(
            [
                ending(radius),
                refreshing(flow, pairs[0]["refresh_token"]),
                redeeming(flow, code),
                lambda pairs=pairs: apart(service).exchange(pairs[1]["access_token"]),
                lambda pairs=pairs: apart(service).exchange(pairs[2]["access_token"]),
                posting(flow, "revoke", token=pairs[2]["refresh_token"]),
            ]
        )

        assert set(statuses(answers)) <= {200, 400}
        assert_nothing_is_alive()


@spec("B-21")
def test_two_revocations_of_the_same_end_it_once(flow: FlowClient, rounds: range) -> None:
    radius = Radius(client=flow.registered.application.pk)
    for _ in rounds:
        for _ in range(7):
            flow.tokens()
        runs = at_once([ending(radius)] * 3)
        assert sum(run[-1].grants for run in runs if run) == 7
        assert_nothing_is_alive()


@spec("B-21", "B-18")
def test_a_first_refresh_of_an_older_token_does_not_escape(
    transactional_db: None, rounds: range
) -> None:
    story = begin(registered=dot_application())
    radius = Radius(client=story.registered.application.pk)
    for _ in rounds:
        _, refresh = dot_tokens(story)
        _, answer = at_once([ending(radius), refreshing(story, refresh)])
        assert answer.status_code in (200, 400)
        assert_nothing_is_alive()
        story.registered.application.refreshtoken_set.all().delete()
