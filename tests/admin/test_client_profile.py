"""A client's security profile is tried against what it did before it is chosen, and so are all settings."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.testing.factories import PASSWORD
from tests.admin.pages import CLIENTS, administrator, change, fields_on
from tests.admin.test_permissions import staff
from tests.marks import spec
from tests.stories import Story, begin, dot_application

pytestmark = pytest.mark.django_db

NO_PKCE = {"code_challenge": None, "code_challenge_method": None}
TICK = "accepts_refusals"


def url_of(story: Story, **query: Any) -> str:
    sent = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{CLIENTS}{story.registered.application.pk}/profile/" + (f"?{sent}" if sent else "")


def text_of(browser: Client, url: str) -> str:
    return browser.get(url).content.decode()


def page_of(story: Story) -> str:
    return f"{CLIENTS}{story.registered.application.pk}/change/"


def without_pkce() -> Story:
    """A client of the legacy profile that asked for a code without PKCE."""
    story = begin(profile="legacy")
    story.code(**NO_PKCE)
    return story


@spec("OAuth 2.1 §4.1.1")
def test_a_profile_says_what_it_asks_and_what_it_would_have_refused() -> None:
    story, browser = without_pkce(), administrator()
    assert url_of(story) in text_of(browser, page_of(story))
    first = text_of(browser, url_of(story))
    assert "Its profile is <strong>Legacy</strong>" in first
    assert "would have been refused" not in first
    page = text_of(browser, url_of(story, profile="standard", days=7))
    assert "<code>code_challenge_must_use_s256</code>" in page
    assert (
        "A plain challenge shows the verifier to whoever reads the authorization request." in page
    )
    assert "1 of 1 request of the last 7 days would have been refused." in page
    assert "Requests are recorded since" in page
    assert "<td>Legacy</td><td>Standard (OAuth 2.1)</td>" in page


def test_the_profile_is_chosen_as_it_was_shown(django_capture_on_commit_callbacks: Any) -> None:
    story, browser = without_pkce(), administrator()
    url = url_of(story, profile="standard")
    fields = fields_on(browser.get(url), with_field="seal")
    with django_capture_on_commit_callbacks(execute=True):
        assert browser.post(url_of(story), fields)["Location"] == page_of(story)
    assert ClientPolicy.objects.get().profile == "standard"
    row = AuditEvent.objects.get(event="client.changed")
    assert row.detail == {"profile": "standard", "changed": {"profile": ["legacy", "standard"]}}
    assert "error=invalid_request" in story.ask(**NO_PKCE)["Location"]


def test_flows_that_the_profile_forbids_are_taken_away_with_it() -> None:
    story, browser = begin(preset="legacy-app"), administrator()
    url = url_of(story, profile="standard")
    page = browser.get(url)
    assert "Password" in page.content.decode()
    browser.post(url, fields_on(page, with_field="seal"))
    policy = ClientPolicy.objects.get()
    assert policy.profile == "standard"
    assert "password" not in policy.flows
    assert "authorization-code-pkce" in policy.flows


def test_a_profile_that_would_leave_no_flow_cannot_be_chosen() -> None:
    story, browser = begin(profile="legacy", flows=["implicit"]), administrator()
    page = browser.get(url_of(story, profile="standard"))
    assert "None of its flows works under this profile (Implicit)." in page.content.decode()
    with pytest.raises(AssertionError, match="no form"):
        fields_on(page, with_field="seal")
    browser.post(url_of(story), {"profile": "standard", "seal": "made up"})
    assert ClientPolicy.objects.get().profile == "legacy"


def test_what_changed_since_it_was_shown_is_shown_again() -> None:
    story, browser = begin(preset="legacy-app"), administrator()
    url = url_of(story, profile="standard")
    fields = fields_on(browser.get(url), with_field="seal")
    ClientPolicy.objects.update(flows=["password", "authorization-code"])
    assert browser.post(url, fields)["Location"] == url
    assert ClientPolicy.objects.get().profile == "legacy"


def test_the_profile_it_has_already_is_said() -> None:
    story = begin()
    page = text_of(administrator(), url_of(story, profile="standard"))
    assert "profile already." in page
    assert 'name="seal"' not in page


@pytest.mark.parametrize("query", [{"profile": "no-such"}, {"profile": "standard", "days": "365"}])
def test_what_is_no_choice_is_said_beside_the_field(query: dict[str, str]) -> None:
    assert "Select a valid choice." in text_of(administrator(), url_of(begin(), **query))


def test_a_site_that_records_nothing_says_so() -> None:
    story, browser = begin(profile="legacy"), administrator()
    with override_settings(OAUTHFLOWS={"RECORDED_REQUESTS_KEPT": 0}):
        page = text_of(browser, url_of(story, profile="standard"))
    assert "this site records no requests" in page


def test_an_application_without_a_policy_has_no_page() -> None:
    application = dot_application().application
    browser = administrator()
    assert browser.get(f"{CLIENTS}{application.pk}/profile/").status_code == 404
    assert "/profile/" not in text_of(browser, f"{CLIENTS}{application.pk}/change/")


def test_whoever_may_not_change_clients_chooses_no_profile() -> None:
    story = without_pkce()
    url = url_of(story, profile="standard")
    seal = fields_on(administrator().get(url), with_field="seal")
    looking = staff("view_application")
    page = text_of(looking, url)
    assert "would have been refused" in page
    assert 'name="seal"' not in page
    for browser in (looking, staff("change_application")):
        assert browser.post(url, seal).status_code == 403
    assert staff().get(url).status_code == 403
    assert Client().get(url).status_code == 302
    assert ClientPolicy.objects.get().profile == "legacy"


# All settings -------------------------------------------------------------------------------------------


def saved(story: Story, browser: Client, **changes: Any) -> Any:
    named = {f"policy__{name}": value for name, value in changes.items()}
    return change(browser, story.registered.application.pk, **named)


def test_settings_that_would_have_refused_something_are_saved_once_that_was_read() -> None:
    story, browser = without_pkce(), administrator()
    page = saved(story, browser, profile="standard")
    text = page.content.decode()
    assert page.status_code == 200
    assert "1 of 1 request of the last 30 days would have been refused." in text
    assert "must use PKCE" in text
    assert "code_challenge_must_be_sent, OAuth 2.1 §4.1.1" in text
    assert ClientPolicy.objects.get().profile == "legacy"

    seal = text.split(f'{TICK}" value="')[1].split('"')[0]
    assert saved(story, browser, profile="standard", accepts_refusals=seal).status_code == 302
    assert ClientPolicy.objects.get().profile == "standard"


def test_what_was_read_of_one_change_is_not_read_of_another() -> None:
    story, browser = without_pkce(), administrator()
    text = saved(story, browser, profile="standard").content.decode()
    seal = text.split(f'{TICK}" value="')[1].split('"')[0]
    other = saved(story, browser, profile="standard", scopes="profile", accepts_refusals=seal)
    assert other.status_code == 200
    assert f'value="{seal}"' not in other.content.decode()
    assert ClientPolicy.objects.get().profile == "legacy"


def test_settings_that_refuse_nothing_are_saved_at_once() -> None:
    story, browser = without_pkce(), administrator()
    assert saved(story, browser, token_format="jwt").status_code == 302
    other = begin(profile="legacy")
    assert saved(other, browser, profile="standard").status_code == 302
    assert f'id="id_oauthflows_policy-0-{TICK}"' in text_of(browser, page_of(other))


@spec("RFC 9700 §2.4")
def test_a_flow_that_is_still_used_is_not_unticked_blindly() -> None:
    story, browser = begin(preset="legacy-app"), administrator()
    story.token(
        grant_type="password",
        username=story.person.username,
        password=PASSWORD,
        scope="notes:read",
    )
    flows = ["authorization-code-pkce", "refresh-token"]
    text = saved(story, browser, flows=flows).content.decode()
    assert "This client may not use this grant_type." in text
    assert "password" in ClientPolicy.objects.get().flows


def test_the_first_settings_of_an_older_application_are_tried_too() -> None:
    """Without a policy it goes by the project's own settings, which are not the defaults of the form."""
    pkce_is_off = {**settings.OAUTH2_PROVIDER, "PKCE_REQUIRED": False}
    with override_settings(OAUTH2_PROVIDER=pkce_is_off):
        story, browser = begin(registered=dot_application()), administrator()
        story.code(**NO_PKCE)
        first = {"preset": "web-app", "scopes": "notes:read", "profile": "standard"}
        flows = ["authorization-code", "authorization-code-pkce", "refresh-token"]
        text = saved(story, browser, flows=flows, **first).content.decode()
        assert "1 of 1 request of the last 30 days would have been refused." in text
        assert not ClientPolicy.objects.exists()
        legacy = {**first, "profile": "legacy"}
        assert saved(story, browser, flows=flows, **legacy).status_code == 302
