"""What a site does not know of a person is left out, and never told as a "no" (Core §5.3.2)."""

from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Group

from django_oauthflows.identity import claims, verified_email
from django_oauthflows.identity.claims import Claim
from tests.identity.stories import AS_PROVIDER, claims_of, relying_party, userinfo
from tests.marks import spec
from tests.stories import Story

pytestmark = pytest.mark.django_db

WITH_GROUPS = {
    **AS_PROVIDER,
    "SCOPES": {**AS_PROVIDER["SCOPES"], "groups": "See your groups", "roles": "See your roles"},
}
SCOPE = "openid groups roles"


def told(story: Story, scope: str, **asked: Any) -> dict[str, Any]:
    """What userinfo tells, which is also in the ID token."""
    tokens = story.tokens(scope=scope, **asked)
    said: dict[str, Any] = userinfo(story, tokens["access_token"]).json()
    assert said.items() <= claims_of(story, tokens["id_token"]).items()
    return said


# Addresses ----------------------------------------------------------------------------------------------


@spec("OpenID Connect Core §5.1", "OpenID Connect Core §5.3.2")
def test_whether_an_address_is_verified_is_left_out_where_nobody_knows() -> None:
    """A site where people edit their address freely says nothing of it."""
    story = relying_party()
    assert told(story, "openid email").keys() == {"sub", "email"}
    story.person.email = "boss@example.com"
    story.person.save()
    assert told(story, "openid email").keys() == {"sub", "email"}


@spec("OpenID Connect Core §5.1")
def test_a_site_that_verifies_every_address_says_so_by_a_setting(settings: Any) -> None:
    settings.OAUTHFLOWS = {"EMAIL_VERIFIED": True}
    story = relying_party()
    assert told(story, "openid email")["email_verified"] is True
    story.person.email = ""
    story.person.save()
    assert told(story, "openid email").keys() == {"sub"}


def elsewhere(person: Any) -> str:
    """An address and a number that nobody verified: anybody types them into a profile."""
    return "contact@elsewhere.example"


def is_verified(person: Any) -> bool:
    return True


ELSEWHERE = {
    "email": Claim(scope="email", source=elsewhere),
    "phone_number": Claim(scope="phone", source=elsewhere),
}
THE_SAME = {"email": Claim(scope="email", source=lambda person: person.email.upper())}
PER_CLIENT = {
    "email": Claim(
        scope="email", source=lambda person, client: elsewhere(person), is_for_client=True
    )
}
NO_ADDRESS = {"email": Claim(scope="email", source=lambda person: None)}
BOTH = {**ELSEWHERE, "email_verified": Claim(scope="email", source=is_verified)}


@spec("OpenID Connect Core §5.1")
@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ("ELSEWHERE", None),
        ("PER_CLIENT", None),
        ("NO_ADDRESS", None),
        ("THE_SAME", True),
        ("BOTH", True),
    ],
)
def test_an_address_from_another_source_is_verified_only_where_the_project_says_so(
    settings: Any, own: str, expected: bool | None
) -> None:
    settings.OAUTHFLOWS = {"EMAIL_VERIFIED": True, "CLAIMS": f"{__name__}.{own}"}
    said = told(relying_party(), "openid email")
    assert said.get("email_verified") is expected
    assert ("email" in said) == (own != "NO_ADDRESS")


@spec("OpenID Connect Core §5.1")
def test_the_same_goes_for_a_number_from_another_source(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    scopes = {**AS_PROVIDER["SCOPES"], "phone": "See your number"}
    settings.OAUTH2_PROVIDER = {**AS_PROVIDER, "SCOPES": scopes}
    known = {"phone_number": "+49 30 1", "phone_number_verified": True}
    monkeypatch.setattr(claims, "field_of", lambda name: lambda person: known[name])
    story = relying_party(scopes=("openid", "phone"))
    assert told(story, "openid phone")["phone_number_verified"] is True
    settings.OAUTHFLOWS = {"CLAIMS": f"{__name__}.ELSEWHERE"}
    assert told(story, "openid phone").keys() == {"sub", "phone_number"}


@spec("OpenID Connect Core §5.1")
@pytest.mark.parametrize("is_said_of_all", [False, True])
@pytest.mark.parametrize(("field", "expected"), [(True, True), (False, False), (None, None)])
def test_a_field_of_the_user_model_has_the_first_word(
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    is_said_of_all: bool,
    field: bool | None,
    expected: bool | None,
) -> None:
    settings.OAUTHFLOWS = {"EMAIL_VERIFIED": is_said_of_all}
    monkeypatch.setattr(verified_email.users, "has_field", lambda name: name == "email_verified")
    person = SimpleNamespace(pk=1, email="ada@example.com", email_verified=field)
    known = True if expected is None and is_said_of_all else expected
    assert verified_email.email_verified(person) is known


@spec("OpenID Connect Core §5.1")
@pytest.mark.parametrize(("verified", "expected"), [(None, None), (False, False), (True, True)])
def test_the_same_goes_for_telephone_numbers(
    monkeypatch: pytest.MonkeyPatch, verified: bool | None, expected: bool | None
) -> None:
    known = {"phone_number": "+49 30 1", "phone_number_verified": verified}
    monkeypatch.setattr(claims, "field_of", lambda name: lambda person: known[name])
    assert claims.STANDARD_CLAIMS["phone_number_verified"].source(object()) is expected
    known["phone_number"] = ""
    assert claims.STANDARD_CLAIMS["phone_number_verified"].source(object()) is None


# Groups and roles ---------------------------------------------------------------------------------------


def member(*groups: str, visible: Collection[str] = ()) -> Story:
    """A relying party that is told of some groups, and a person in these."""
    story = relying_party(visible_groups=list(visible))
    made = Group.objects.bulk_create(Group(name=name) for name in groups)
    story.person.groups.set(made)
    return story


@pytest.fixture
def listed(settings: Any) -> None:
    """The project offers the scopes of groups and roles."""
    settings.OAUTH2_PROVIDER = WITH_GROUPS


def roles_of(person: Any, client_id: str) -> list[str] | None:
    """A project's own roles: those of one client alone."""
    return ["editor", "owner"] if person.first_name == "Ada" and client_id else None


@spec("OpenID Connect Core §5.1.2")
@pytest.mark.usefixtures("listed")
def test_a_client_is_told_of_the_groups_on_its_list_and_of_no_other() -> None:
    story = member("Board", "Night shift", "Poker", visible=["Night shift", "Board", "Cellar"])
    assert told(story, SCOPE)["groups"] == ["Board", "Night shift"]
    story.person.groups.clear()
    assert told(story, SCOPE)["groups"] == []


@spec("OpenID Connect Core §5.1.2")
@pytest.mark.usefixtures("listed")
def test_a_client_without_a_list_is_told_of_none() -> None:
    assert told(member("Board"), SCOPE).keys() == {"sub"}


@spec("OpenID Connect Core §5.4")
@pytest.mark.usefixtures("listed")
def test_groups_are_told_for_their_own_scope_alone() -> None:
    story = member("Board", visible=["Board"])
    assert "groups" not in told(story, "openid profile email")
    code = story.code(scope=SCOPE, scopes=["openid"])
    assert "groups" not in claims_of(story, story.redeem(code).json()["id_token"])
    limited = member("Staff", visible=["Staff"])
    limited.registered.policy.allowed_claims = ["name"]
    limited.registered.policy.save()
    assert told(limited, SCOPE).keys() == {"sub"}


@spec("OpenID Connect Core §5.5")
def test_without_the_scopes_on_the_site_there_are_no_such_claims(settings: Any) -> None:
    settings.OAUTHFLOWS = {"ROLES": f"{__name__}.roles_of"}
    story = member("Board", visible=["Board"])
    asked = '{"userinfo": {"groups": null, "roles": null}, "id_token": {"groups": null}}'
    assert told(story, "openid", claims=asked).keys() == {"sub"}
    assert not {"groups", "roles"} & set(supported(story))


def supported(story: Story) -> list[str]:
    known: list[str] = story.back_channel.get("/o/.well-known/openid-configuration").json()[
        "claims_supported"
    ]
    return known


@spec("OpenID Connect Discovery 1.0 §3")
@pytest.mark.usefixtures("listed")
def test_they_are_published_where_the_site_lists_them() -> None:
    assert {"groups", "roles"} <= set(supported(relying_party()))


@spec("OpenID Connect Core §2")
@pytest.mark.usefixtures("listed")
def test_an_id_token_has_a_hundred_of_them_at_most(settings: Any) -> None:
    settings.OAUTHFLOWS = {"ROLES": f"{__name__}.many_roles"}
    names = [f"group {number:04}" for number in range(5000)]
    story = member(*names, visible=names[:150])
    tokens = story.tokens(scope=SCOPE)
    inside = claims_of(story, tokens["id_token"])
    assert (inside["groups"], len(inside["roles"])) == (names[:100], 100)
    said = userinfo(story, tokens["access_token"]).json()
    assert (said["groups"], len(said["roles"])) == (names[:150], 300)


def many_roles(person: Any, client_id: str) -> list[str]:
    return [f"role {number}" for number in range(300)]


@spec("OpenID Connect Core §5.1.2")
@pytest.mark.usefixtures("listed")
def test_roles_are_what_the_projects_own_function_says(settings: Any) -> None:
    story = relying_party()
    assert "roles" not in told(story, SCOPE)
    settings.OAUTHFLOWS = {"ROLES": f"{__name__}.roles_of"}
    assert told(story, SCOPE)["roles"] == ["editor", "owner"]
    story.person.first_name = "Grace"
    story.person.save()
    assert "roles" not in told(story, SCOPE)


OWN = {"groups": claims.Claim(scope="groups", source=lambda person: ["of the project"])}


@spec("OpenID Connect Core §5.1.2")
@pytest.mark.usefixtures("listed")
def test_a_projects_own_claim_of_that_name_stays(settings: Any) -> None:
    settings.OAUTHFLOWS = {"CLAIMS": f"{__name__}.OWN"}
    assert told(member("Board", visible=["Board"]), SCOPE)["groups"] == ["of the project"]
