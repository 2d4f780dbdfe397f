"""The first key, and its successor, made by many at the same moment."""

from io import StringIO

import pytest
from django.core.management import call_command

from django_oauthflows.keys import jwt, ring
from django_oauthflows.keys.models import SigningKey, State
from django_oauthflows.testing.client import FlowClient
from django_oauthflows.testing.factories import ClientFactory
from tests.marks import spec
from tests.races.together import apart, sixteen, statuses

pytestmark = pytest.mark.django_db(transaction=True)


def rotate_now() -> str:
    out = StringIO()
    call_command("oauthflows_rotate_keys", stdout=out)
    return out.getvalue()


@spec("B-30")
def test_sixteen_that_need_the_first_key_make_one(rounds: range) -> None:
    service = ClientFactory(preset="service", redirect_uris=())
    service.policy.token_format = "jwt"
    service.policy.save()
    flow = FlowClient(registered=service)
    flow.token(grant_type="client_credentials", scope="notes:read")
    for _ in rounds:
        SigningKey.objects.all().delete()
        answers = sixteen(
            lambda: apart(flow).token(grant_type="client_credentials", scope="notes:read")
        )
        assert statuses(answers) == [200] * 16
        (key,) = SigningKey.objects.all()
        for answer in answers:
            assert jwt.open_jwt(answer.json()["access_token"]).header["kid"] == key.kid


@spec("B-30")
def test_sixteen_commands_at_once_take_each_step_once(rounds: range) -> None:
    for _ in rounds:
        SigningKey.objects.all().delete()
        said = sixteen(rotate_now)
        assert SigningKey.objects.filter(state=State.SIGNING).count() == 1
        assert SigningKey.objects.count() == 1
        assert sum("first ES256 key" in one for one in said) == 1
        assert ring.signing_key().kid in "".join(said)
