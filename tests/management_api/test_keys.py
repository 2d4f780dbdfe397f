"""Stories of the signing keys: their public parts shown, the next step taken."""

import pytest

from django_oauthflows.keys.models import SigningKey
from django_oauthflows.keys.ring import published, signing_key
from tests.management_api.calling import URLS, service
from tests.marks import spec

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]


@spec("B-30")
def test_keys_are_shown_by_their_public_parts_alone() -> None:
    published()
    told = service().get("keys").json()["results"]
    row = SigningKey.objects.get()
    assert [(one["kid"], one["state"]) for one in told] == [(row.kid, "signing")]
    assert told[0]["public"] == row.public
    assert not {"d", "p", "q", "k"} & told[0]["public"].keys()
    assert row.sealed not in str(told)


@spec("B-30")
def test_a_key_that_others_may_know_is_replaced_at_once() -> None:
    published()
    before, caller = signing_key().kid, service()
    done = caller.post("rotate-keys", at_once=True).json()["done"]
    assert len(done) == 3
    assert signing_key().kid != before
    states = {one["kid"]: one["state"] for one in caller.get("keys").json()["results"]}
    assert states == {before: "retired", signing_key().kid: "signing"}
    retired = caller.get("keys", state="retired").json()["results"]
    assert [one["kid"] for one in retired] == [before]


@spec("B-30")
def test_what_is_not_due_is_left_alone() -> None:
    published()
    caller = service()
    assert caller.post("rotate-keys").json() == {"done": []}
    made = caller.post("rotate-keys", algorithm="RS256").json()["done"]
    assert len(made) == 1
    assert caller.post("rotate-keys", algorithm="HS256").status_code == 400
