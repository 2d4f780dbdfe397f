"""`manage.py oauthflows_doctor --profile`: what a profile would have refused, for CI."""

import json
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import override_settings

from tests.clients.review.test_doctor import doctor
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    """A client that asked for one code without PKCE, and for another with it."""
    story = begin(profile="legacy", name="Old Desk")
    story.code(code_challenge=None, code_challenge_method=None)
    story.code()
    return story


def report(*arguments: str) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(doctor("--json", *arguments)[0])
    return members


@spec("OAuth 2.1 §4.1.1")
def test_a_profile_that_would_refuse_something_fails(story: Story) -> None:
    client_id = story.registered.client_id
    printed, code = doctor("--client", client_id, "--profile", "standard")
    assert code == 1
    assert f"Old Desk ({client_id}): 1 of 2 requests of the last 30 days" in printed
    assert "1 × code_challenge_must_be_sent (OAuth 2.1 §4.1.1)" in printed
    assert "This client must use PKCE" in printed
    assert "Authorization code: sends people to sign in, no code_challenge" in printed
    assert "they are recorded since" in printed


def test_a_profile_that_refuses_nothing_is_well(story: Story) -> None:
    assert doctor("--client", story.registered.client_id, "--profile", "legacy")[1] == 0


def test_a_program_reads_the_same(story: Story) -> None:
    begin()
    members = report("--profile", "standard", "--days", "7")
    assert (members["ok"], members["profile"]) == (False, "standard")
    old, fine = members["clients"]
    assert (old["would_be_refused"], old["requests"], old["days"]) == (1, 2, 7)
    assert not old["is_complete"]
    refusal = old["refusals"][0]
    assert refusal["rule"] == "code_challenge_must_be_sent"
    assert refusal["shapes"][0]["shape"]["challenge"] is False
    assert (fine["would_be_refused"], fine["requests"]) == (0, 0)


def test_an_unknown_client_is_told_apart_from_a_refusal() -> None:
    with pytest.raises(CommandError, match="There is no client nobody") as raised:
        doctor("--client", "nobody", "--profile", "standard")
    assert raised.value.returncode == 2


@pytest.mark.parametrize(("kept", "days"), [(30, "31"), (0, "7"), (30, "-1")])
def test_more_days_than_are_kept_cannot_be_tried(kept: int, days: str) -> None:
    with (
        override_settings(OAUTHFLOWS={"RECORDED_REQUESTS_KEPT": kept}),
        pytest.raises(CommandError, match=f"--days is at most {kept}"),
    ):
        doctor("--profile", "standard", "--days", days)
