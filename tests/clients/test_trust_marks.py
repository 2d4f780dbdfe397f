"""Marks of trust belong to a client as an administrator knew it: another name or place takes them back."""

from typing import Any

import pytest
from oauth2_provider.models import get_application_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import trust_marks
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PersonFactory
from tests.admin.pages import administrator, browser_of, change
from tests.admin.reach import holder_of
from tests.management_api.calling import URLS, Caller, service, somebody, through_an_app
from tests.marks import spec
from tests.stories import Story, begin, dot_application

pytestmark = [pytest.mark.django_db, pytest.mark.urls(URLS)]

EVIL = "https://evil.example/callback"
ANOTHER_PATH = "https://client.example/another"
#: Each of them makes a client another one for the people who use it.
ANOTHER_ONE = [
    {"name": "Your bank"},
    {"redirect_uris": f"https://client.example/callback\n{EVIL}"},
    {"redirect_uris": "https://client.example:8443/callback"},
    {"post_logout_redirect_uris": EVIL},
    {"policy__client_uri": EVIL},
    {"policy__logo_uri": EVIL},
    {"policy__policy_uri": EVIL},
    {"policy__tos_uri": EVIL},
    {"policy__initiate_login_uri": EVIL},
    {"policy__frontchannel_logout_uri": EVIL},
]
#: What somebody does who looks after a client.
THE_SAME = [
    {"redirect_uris": f"https://client.example/callback\n{ANOTHER_PATH}"},
    {"post_logout_redirect_uris": "https://client.example/bye"},
    {"policy__jwks_uri": "https://keys.example/jwks"},
    {"policy__client_uri": "https://client.example/"},
]


@pytest.fixture
def owner() -> Any:
    return holder_of("manage_own_clients")


def trusted(owner: Any) -> Story:
    """A first-party client that somebody owns, and a person who is signed in."""
    addresses = {"client_uri": "https://client.example/home", "logo_uri": ""}
    story = begin(owner=owner, is_verified=True, skips_consent=True)
    ClientPolicy.objects.filter(pk=story.registered.policy.pk).update(**addresses)
    get_application_model().objects.filter(pk=story.registered.application.pk).update(
        post_logout_redirect_uris="https://client.example/out"
    )
    return story


def marks_of(story: Story) -> tuple[bool, bool]:
    policy = ClientPolicy.objects.get(application=story.registered.application)
    return policy.is_verified, policy.skips_consent


def marks_taken_back() -> list[Any]:
    rows = AuditEvent.objects.filter(event="client.changed")
    return [row.detail.get("marks_taken_back") for row in rows]


@spec("RFC 9700 §4.1", "B-15")
def test_an_owner_who_moves_a_first_party_client_gets_no_code_of_anybody(owner: Any) -> None:
    story = trusted(owner)
    assert "code" in answered(story.ask())

    saved = change(browser_of(owner), story.registered.application.pk, redirect_uris=EVIL)

    assert saved.status_code == 302
    response = story.ask(redirect_uri=EVIL)
    assert response.status_code == 200
    assert "evil.example" in response.content.decode()


@spec("RFC 9700 §4.1", "B-15")
def test_an_owner_moves_it_by_the_api_and_gets_no_code_either(owner: Any) -> None:
    story, caller = trusted(owner), through_an_app(owner)

    answer = caller.patch("client", story.registered.application.pk, redirect_uris=[EVIL])

    assert answer.status_code == 200
    assert answer.json()["policy"]["skips_consent"] is False
    assert story.ask(redirect_uri=EVIL).status_code == 200


@pytest.mark.parametrize("said", ANOTHER_ONE, ids=str)
def test_an_owner_takes_the_marks_along_to_no_other_name_or_place(
    owner: Any, said: dict[str, str]
) -> None:
    story = trusted(owner)
    assert change(browser_of(owner), story.registered.application.pk, **said).status_code == 302
    assert marks_of(story) == (False, False)


@pytest.mark.parametrize("said", THE_SAME, ids=str)
def test_an_owner_looks_after_a_client_and_its_marks_stay(owner: Any, said: dict[str, str]) -> None:
    story = trusted(owner)
    assert change(browser_of(owner), story.registered.application.pk, **said).status_code == 302
    assert marks_of(story) == (True, True)


def test_a_person_who_may_give_the_marks_keeps_them(owner: Any) -> None:
    story = trusted(owner)
    key = story.registered.application.pk
    assert change(administrator(), key, name="Renamed", redirect_uris=EVIL).status_code == 302
    assert marks_of(story) == (True, True)


def test_the_permission_to_change_clients_alone_gives_no_marks(owner: Any) -> None:
    story = trusted(owner)
    keeper = browser_of(holder_of("change_application"))
    assert change(keeper, story.registered.application.pk, redirect_uris=EVIL).status_code == 302
    assert marks_of(story) == (False, False)


def test_the_owner_is_told_and_the_administrator_finds_it_in_the_log(
    owner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    story, browser = trusted(owner), browser_of(owner)
    with django_capture_on_commit_callbacks(execute=True):
        saved = change(browser, story.registered.application.pk, name="Your bank")
    page = browser.get(saved["Location"]).content.decode()
    assert "neither verified nor first-party" in page
    assert marks_taken_back() == [["is_verified", "skips_consent"]]


def callers(owner: Any) -> dict[str, tuple[Caller, bool]]:
    may_give = somebody("change_application", "change_clientpolicy", "view_application")
    may_not = somebody("change_application", "view_application")
    return {
        "its owner": (through_an_app(owner), False),
        "a service": (service(), False),
        "a person without the permission": (through_an_app(may_not), False),
        "a person with it": (through_an_app(may_give), True),
    }


@spec("RFC 6819 §5.1.5.1")
@pytest.mark.parametrize(
    "who", ["its owner", "a service", "a person without the permission", "a person with it"]
)
@pytest.mark.parametrize("said", [{"name": "Your bank"}, {"redirect_uris": [EVIL]}], ids=str)
def test_in_the_api_only_a_person_who_may_give_the_marks_keeps_them(
    owner: Any, who: str, said: dict[str, Any]
) -> None:
    story, (caller, keeps) = trusted(owner), callers(owner)[who]
    answer = caller.patch("client", story.registered.application.pk, **said)
    assert answer.status_code == 200, answer.content
    assert marks_of(story) == (keeps, keeps)


def test_a_policy_address_changes_the_marks_in_the_api_too(owner: Any) -> None:
    story = trusted(owner)
    answer = service().patch(
        "client", story.registered.application.pk, policy={"logo_uri": "https://evil.example/l.png"}
    )
    assert answer.status_code == 200, answer.content
    assert marks_of(story) == (False, False)


@spec("RFC 9700 §4.1", "B-15")
def test_an_application_of_dots_that_skips_the_page_loses_that_too() -> None:
    owner = holder_of("manage_own_clients")
    story = begin(registered=dot_application(user=owner, skip_authorization=True))
    assert "code" in answered(story.ask())
    change(browser_of(owner), story.registered.application.pk, redirect_uris=EVIL)
    assert story.ask(redirect_uri=EVIL).status_code == 200


def test_two_people_cannot_race_a_mark_onto_another_place(owner: Any) -> None:
    """A page that was opened before another person's change is compared with what is stored."""
    story = trusted(owner)
    application = get_application_model().objects.get(pk=story.registered.application.pk)
    before = trust_marks.snapshot_in_database(application)
    application.redirect_uris = EVIL
    assert trust_marks.snapshot_in_database(application) == before


def test_every_mark_is_given_up_at_once() -> None:
    story = trusted(PersonFactory())
    application = story.registered.application
    assert set(trust_marks.take_back(application)) == {"is_verified", "skips_consent"}
    assert trust_marks.take_back(application) == ()


def test_every_member_is_a_column() -> None:
    """A member whose column is renamed would never differ."""
    policy, application = ClientPolicy(), get_application_model()()
    for member in trust_marks.MEMBERS:
        assert hasattr(policy if member.in_policy else application, member.name)
