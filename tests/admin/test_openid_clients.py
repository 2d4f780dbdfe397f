"""What an administrator sets of a client that signs people in, and what the page refuses."""

from typing import Any

import pytest
from django.test import Client

from tests.admin.pages import administrator, change
from tests.identity.stories import relying_party
from tests.marks import spec
from tests.stories import Story

pytestmark = pytest.mark.django_db


def saved(story: Story, browser: Client, **fields: Any) -> Any:
    prefixed = {f"oauthflows_policy-0-{name}": value for name, value in fields.items()}
    response = change(browser, story.registered.application.pk, **prefixed)
    story.registered.policy.refresh_from_db()
    return response


@spec("OpenID Connect Dynamic Client Registration 1.0 §2")
def test_the_columns_of_openid_connect_are_set_and_cleared() -> None:
    story, browser = relying_party(), administrator()
    fields = {
        "id_token_signed_response_alg": "ES256",
        "allowed_claims": "name email",
        "default_acr_values": "urn:one urn:two",
        "default_max_age": "3600",
        "subject_type": "pairwise",
    }
    assert saved(story, browser, **fields).status_code == 302
    policy = story.registered.policy
    assert policy.id_token_signed_response_alg == "ES256"
    assert policy.allowed_claims == ["name", "email"]
    assert policy.default_acr_values == ["urn:one", "urn:two"]
    assert (policy.default_max_age, policy.subject_type) == (3600, "pairwise")
    assert saved(story, browser, allowed_claims="").status_code == 302
    assert story.registered.policy.allowed_claims is None


@spec("OpenID Connect Core §5.1.2")
def test_the_groups_it_is_told_of_are_written_one_per_line() -> None:
    story, browser = relying_party(), administrator()
    assert saved(story, browser, visible_groups="Night shift\n Board \n\nBoard").status_code == 302
    assert story.registered.policy.visible_groups == ["Night shift", "Board"]
    page = browser.get(
        f"/admin/oauth2_provider/application/{story.registered.application.pk}/change/"
    )
    assert "Night shift\nBoard</textarea>" in page.content.decode()


@spec("OpenID Connect Core §5.4")
def test_the_claims_in_the_id_token_are_switched_on_and_off() -> None:
    story, browser = relying_party(), administrator()
    for value, is_on in (("", False), ("on", True)):
        assert saved(story, browser, claims_in_id_token=value).status_code == 302
        assert story.registered.policy.claims_in_id_token is is_on


@spec("OpenID Connect Core §2", "OpenID Connect Core §8.1", "OpenID Connect Core §6.2")
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"id_token_signed_response_alg": "none"}, "Unsigned ID tokens are for"),
        ({"userinfo_encrypted_response_enc": "A128GCM"}, "Say how the key is encrypted"),
        ({"request_uris": "http://client.example/request"}, "Not an https address"),
        ({"id_token_signed_response_alg": "RS1"}, "Select a valid choice"),
    ],
    ids=["unsigned", "half", "http", "unknown"],
)
def test_what_cannot_be_is_said_beside_the_field(fields: dict[str, str], words: str) -> None:
    response = saved(relying_party(), administrator(), **fields)
    assert response.status_code == 200
    assert words in response.content.decode()


@spec("OpenID Connect Core §8.1")
def test_pairwise_subjects_on_several_hosts_need_a_sector() -> None:
    story = relying_party()
    story.registered.application.redirect_uris += " https://other.example/callback"
    story.registered.application.save()
    response = saved(story, administrator(), subject_type="pairwise")
    assert "say which sector it belongs to" in response.content.decode()
