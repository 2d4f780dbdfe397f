"""One assertion, sixteen times at once: the first wins and the rest are told that it was used."""

import pytest
from oauth2_provider.models import get_access_token_model

from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory, PersonFactory
from django_oauthflows.tokens.models import Authorization
from tests.flows.test_jwt_bearer import about, trusting
from tests.marks import spec
from tests.races.together import (
    apart,
    assert_nothing_is_orphaned,
    posting,
    sixteen,
    statuses,
)
from tests.stories import Story

pytestmark = pytest.mark.django_db(transaction=True)

ONE_WINS = [200] + [400] * 15


@pytest.fixture
def account(transactional_db: None) -> FlowClient:
    return FlowClient(registered=ClientFactory(preset="service-account", redirect_uris=()))


@spec("RFC 7523 §3", "B-12")
def test_an_assertion_earns_one_token(account: FlowClient, rounds: range) -> None:
    for number in rounds:
        assertion = account.assertion()
        answers = sixteen(lambda one=assertion: apart(account).bear(one, scope="notes:read"))
        assert statuses(answers) == ONE_WINS
        assert get_access_token_model().objects.count() == number + 1


@spec("RFC 7523 §3", "B-12")
def test_a_word_about_a_person_earns_one_grant(account: FlowClient) -> None:
    story = Story(registered=account.registered, person=PersonFactory())
    assertion = about(story.person.username)
    with trusting(story):
        answers = sixteen(lambda: apart(account).bear(assertion, scope="notes:read"))
    assert statuses(answers) == ONE_WINS
    assert Authorization.objects.count() == get_access_token_model().objects.count() == 1
    assert_nothing_is_orphaned()


@spec("RFC 7523 §3", "B-5")
def test_an_assertion_authenticates_one_request(account: FlowClient) -> None:
    shown = account.client_assertion()
    asking = posting(account, "token", grant_type="client_credentials", scope="notes:read", **shown)
    assert statuses(sixteen(asking)) == [200] + [401] * 15
