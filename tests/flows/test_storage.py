"""What the tables hold of codes, tokens and secrets: checksums, and nothing that opens a door."""

from base64 import urlsafe_b64decode
from hashlib import sha256

import pytest
from django.apps import apps
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_refresh_token_model,
)

from django_oauthflows.sealing import Unopened
from django_oauthflows.tokens import replay
from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.stories import begin

pytestmark = pytest.mark.django_db


def everything_stored() -> str:
    """Each value of each column of each row of each table."""
    return "\n".join(
        str(value)
        for model in apps.get_models()
        for row in model._base_manager.values_list()
        for value in row
    )


@spec("B-17", "B-4")
def test_no_table_holds_a_code_a_token_or_a_secret(django_capture_on_commit_callbacks) -> None:
    story = begin()
    with django_capture_on_commit_callbacks(execute=True):
        code = story.code()
        waiting = everything_stored()
        first = story.redeem(code).json()
        second = story.refresh(first["refresh_token"]).json()
        story.refresh(first["refresh_token"], scope="not-granted")
        third = story.refresh(second["refresh_token"]).json()
    stored = everything_stored()
    assert story.person.username in stored
    assert code not in waiting
    for value in (
        code,
        story.registered.client_secret,
        *(
            pair[kind]
            for pair in (first, second, third)
            for kind in ("access_token", "refresh_token")
        ),
    ):
        assert value not in stored


@spec("B-17", "B-11")
def test_what_is_stored_is_the_sha256() -> None:
    story = begin()
    code = story.code()
    assert get_grant_model().objects.get().code == sha256(code.encode()).hexdigest()
    tokens = story.redeem(code).json()
    access, refresh = (
        get_access_token_model().objects.get(),
        get_refresh_token_model().objects.get(),
    )
    assert access.token == refresh.token == ""
    assert access.token_checksum == sha256(tokens["access_token"].encode()).hexdigest()
    assert refresh.token_checksum == sha256(tokens["refresh_token"].encode()).hexdigest()
    assert not get_grant_model().objects.exists()


@spec("RFC 6749 §10.10", "B-17")
def test_every_value_holds_256_random_bits() -> None:
    story = begin()
    codes = [story.code() for _ in range(3)]
    pairs = [story.redeem(code).json() for code in codes]
    values = [
        story.registered.client_secret,
        *codes,
        *(pair[kind] for pair in pairs for kind in ("access_token", "refresh_token")),
    ]
    assert len(set(values)) == len(values)
    assert {len(urlsafe_b64decode(value + "=")) for value in values} == {32}


@spec("B-17", "B-18")
def test_the_kept_answer_opens_under_the_presented_token_alone() -> None:
    story = begin()
    first = story.tokens()
    second = story.refresh(first["refresh_token"]).json()
    kept = Authorization.objects.get()
    answer = replay.unseal(kept.replay_answer, presented=first["refresh_token"], family=kept.pk)
    assert answer.access_token == second["access_token"]
    with pytest.raises(Unopened):
        replay.unseal(kept.replay_answer, presented=second["refresh_token"], family=kept.pk)


@spec("B-17", "B-18")
def test_the_kept_answer_is_dropped_when_the_grant_ends() -> None:
    story = begin()
    second = story.refresh(story.tokens()["refresh_token"]).json()
    story.post("revoke", token=second["refresh_token"])
    assert Authorization.objects.get().replay_answer == ""
