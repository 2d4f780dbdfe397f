"""The password grant beside whatever else happens to the person at that moment."""

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import PASSWORD, ClientFactory, PersonFactory
from tests.marks import spec
from tests.races.together import (
    assert_nothing_is_alive,
    assert_nothing_is_orphaned,
    at_once,
    posting,
    sixteen,
    statuses,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def legacy(transactional_db: None) -> FlowClient:
    return FlowClient(registered=ClientFactory(preset="legacy-app", redirect_uris=()))


@spec("RFC 6749 §4.3.3", "B-12")
def test_sixteen_sign_ins_at_once_each_earn_tokens_of_their_own(legacy: FlowClient) -> None:
    person = PersonFactory()
    asking = posting(
        legacy,
        "token",
        grant_type="password",
        username=person.username,
        password=PASSWORD,
        scope="notes:read",
    )
    # The limit counts each until its password was found right: no more than ten are looked at together.
    answers = statuses(sixteen(asking))
    assert set(answers) <= {200, 429}
    assert answers.count(200) >= 10
    assert_nothing_is_orphaned()


@spec("B-20", "B-32")
def test_a_password_changed_during_the_sign_in_leaves_nothing_alive(
    legacy: FlowClient, rounds: range
) -> None:
    person = PersonFactory()
    old = PASSWORD
    for number in rounds:
        new = f"the password of round {number}"

        def change_password(new: str = new) -> None:
            owner = get_user_model().objects.get(pk=person.pk)
            owner.set_password(new)
            owner.save()

        asking = posting(
            legacy,
            "token",
            grant_type="password",
            username=person.username,
            password=old,
            scope="notes:read",
        )
        cache.clear()  # each round is a guess at the same account
        answer, _ = at_once([asking, change_password])
        assert answer.status_code in (200, 400)
        assert_nothing_is_alive()
        old = new
