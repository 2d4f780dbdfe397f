"""ID tokens that say who signed in to programs that read nothing else (OpenID Connect Core §2, §5.4)."""

from typing import Any

import pytest

from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.registration import register_client
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PersonFactory
from tests.identity.stories import (
    WITHOUT_PKCE,
    change,
    claims_of,
    of_every_type,
    relying_party,
    userinfo,
)
from tests.marks import spec
from tests.stories import Story, begin, dot_application

pytestmark = pytest.mark.django_db

SCOPE = "openid profile email"
OF_PERSON = {"name", "given_name", "family_name", "preferred_username", "email"}


def told(story: Story, tokens: dict[str, Any]) -> set[str]:
    """The claims about the person that an ID token has."""
    return OF_PERSON & claims_of(story, tokens["id_token"]).keys()


# What opens ---------------------------------------------------------------------------------------------


@spec("OpenID Connect Core §2", "OpenID Connect Core §5.4")
@pytest.mark.parametrize("preset", ["web-app", "single-page-app", "native-app"])
def test_a_new_client_reads_name_and_email_out_of_the_id_token(preset: str) -> None:
    person = PersonFactory(first_name="Ada", last_name="Lovelace", email="ada@example.com")
    story = begin(preset=preset, person=person)
    claims = claims_of(story, story.tokens(scope=SCOPE)["id_token"])
    assert (claims["name"], claims["email"]) == ("Ada Lovelace", "ada@example.com")
    assert claims["sub"] == str(person.pk)


@spec("OpenID Connect Core §12.2")
def test_it_does_so_again_after_a_refresh() -> None:
    story = relying_party()
    tokens = story.tokens(scope=SCOPE)
    assert told(story, story.refresh(tokens["refresh_token"]).json()) == OF_PERSON


@spec("OpenID Connect Core §5.3.2")
def test_userinfo_says_the_same() -> None:
    story = relying_party()
    tokens = story.tokens(scope=SCOPE)
    claims = claims_of(story, tokens["id_token"])
    said = userinfo(story, tokens["access_token"]).json()
    assert said.items() <= claims.items()


@spec("OpenID Connect Core §2")
def test_the_switch_is_that_of_one_client() -> None:
    story = relying_party(claims_in_id_token=False)
    assert told(story, story.tokens(scope=SCOPE)) == set()
    change(story, claims_in_id_token=True)
    assert told(story, story.tokens(scope=SCOPE)) == OF_PERSON


# What stays shut ----------------------------------------------------------------------------------------


@spec("OpenID Connect Core §5.4")
def test_no_claim_of_a_scope_that_was_not_granted_is_told() -> None:
    story = relying_party()
    assert told(story, story.tokens(scope="openid")) == set()
    code = story.code(scope=SCOPE, scopes=["openid", "email"])
    assert told(story, story.redeem(code).json()) == {"email"}
    tokens = story.tokens(scope=SCOPE)
    narrowed = story.refresh(tokens["refresh_token"], scope="openid email").json()
    assert told(story, narrowed) == {"email"}


@spec("OpenID Connect Core §5.4")
def test_no_claim_beyond_the_clients_own_limit_is_told() -> None:
    story = relying_party(allowed_claims=["name"])
    assert told(story, story.tokens(scope=SCOPE)) == {"name"}


@spec("OpenID Connect Core §3.3.2.11", "OpenID Connect Core §5.4")
@pytest.mark.parametrize(
    ("response_type", "claims"),
    [
        ("id_token", OF_PERSON),
        ("id_token token", set()),
        ("code id_token", set()),
        ("code id_token token", set()),
    ],
)
def test_the_browser_carries_them_only_where_nothing_else_tells_them(
    response_type: str, claims: set[str]
) -> None:
    story = of_every_type(claims_in_id_token=True)
    asked = {"scope": SCOPE, "nonce": "a-nonce", **WITHOUT_PKCE}
    answer = answered(story.decide(response_type=response_type, **asked), mode="fragment")
    assert told(story, answer) == claims
    if "code" in answer:
        back = story.redeem(answer["code"], code_verifier=None).json()
        assert told(story, back) == OF_PERSON


@spec("OpenID Connect Core §5.4")
@pytest.mark.parametrize("preset", ["ai-agent", "device", "service", "legacy-app"])
def test_other_kinds_of_client_have_it_off(preset: str) -> None:
    uris = ("https://client.example/cb",) if preset == "ai-agent" else ()
    assert not begin(preset=preset, redirect_uris=uris).registered.policy.claims_in_id_token


@spec("OpenID Connect Core §5.4")
def test_a_strict_client_has_it_off_unless_it_is_named() -> None:
    strict = {"preset": "web-app", "name": "Strict", "profile": "mcp"}
    uris = ["https://client.example/cb"]
    assert not register_client(**strict, redirect_uris=uris).policy.claims_in_id_token
    named = register_client(**strict, redirect_uris=uris, claims_in_id_token=True)
    assert named.policy.claims_in_id_token


@spec("OpenID Connect Core §5.4")
def test_a_client_that_was_there_before_has_it_off() -> None:
    assert ClientPolicy._meta.get_field("claims_in_id_token").default is False
    older = begin(registered=dot_application(algorithm="RS256"))
    assert told(older, older.tokens(scope=SCOPE)) == set()
