"""A consent is remembered with all that its page showed: place and name of the client, APIs, claims."""

import json
from typing import Any

import pytest
from oauth2_provider.models import get_application_model

from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.consent.models import Consent
from django_oauthflows.consent.remembered import MOST_KEPT
from django_oauthflows.testing.client import answered
from tests.consent.test_consent_page import rows_of, text_of
from tests.identity.stories import AS_PROVIDER, relying_party
from tests.marks import spec
from tests.stories import Story, begin, error_of

pytestmark = pytest.mark.django_db

GOOD, EVIL = "https://good.example/", "https://evil.example/"
NOTES, OWN = "http://testserver/api/notes/", "http://testserver/api/own/"
CALLBACK, ELSEWHERE = "https://client.example/callback", "https://evil.example/callback"


def asks(story: Story, **changes: Any) -> bool:
    """Tell whether the person is shown the page."""
    response = story.ask(**changes)
    assert response.status_code == 200 or "code" in answered(response), response["Location"]
    return bool(response.status_code == 200)


def stored(story: Story) -> Any:
    return get_application_model().objects.get(pk=story.registered.application.pk)


# Where the access can be used ---------------------------------------------------------------------------


@spec("RFC 8707 §2", "B-15")
@pytest.mark.parametrize(
    "asked", [{"resource": EVIL}, {"resource": [GOOD, EVIL]}, {}], ids=["evil", "both", "none"]
)
def test_a_consent_for_one_api_is_none_for_another(asked: dict[str, Any]) -> None:
    story = begin()
    story.decide(resource=GOOD)
    assert not asks(story, resource=GOOD)
    assert asks(story, **asked)
    assert answered(story.ask(prompt="none", **asked))["error"] == "consent_required"


@spec("RFC 8707 §2", "B-15")
def test_a_consent_for_two_apis_is_one_for_each() -> None:
    story = begin()
    story.decide(resource=[GOOD, NOTES])
    assert not asks(story, resource=NOTES)
    assert not asks(story, resource=[NOTES, GOOD])
    assert asks(story)


@spec("RFC 8707 §2", "B-15")
def test_a_consent_for_the_whole_site_is_wider_than_one_of_its_apis_and_no_other() -> None:
    story = begin()
    story.decide()
    assert not asks(story, resource=NOTES)
    assert not asks(story, resource=[NOTES, OWN])
    assert asks(story, resource=EVIL)
    assert asks(story, resource=[NOTES, EVIL])


@spec("RFC 8707 §2", "B-15")
def test_two_pages_do_not_add_up_to_one_that_nobody_saw() -> None:
    story = begin()
    story.decide(resource=GOOD, scope="notes:write")
    story.decide(resource=NOTES, scope="notes:read")
    assert not asks(story, resource=GOOD, scope="notes:write")
    assert not asks(story, resource=NOTES, scope="notes:read")
    assert asks(story, resource=NOTES, scope="notes:write")
    assert asks(story, resource=[GOOD, NOTES], scope="notes:read")


@spec("RFC 8707 §2", "B-15")
def test_what_is_unticked_at_one_api_is_asked_about_at_every_one() -> None:
    story = begin()
    story.decide(scope="notes:read notes:write")
    story.decide(
        scope="notes:read notes:write", scopes=["notes:read"], resource=NOTES, prompt="consent"
    )
    assert asks(story, scope="notes:write")
    assert asks(story, scope="notes:write", resource=NOTES)
    assert not asks(story, scope="notes:read", resource=NOTES)


@spec("RFC 8707 §2", "B-14")
def test_an_api_that_is_new_is_marked_as_new() -> None:
    story = begin()
    story.decide(resource=GOOD)
    page = text_of(story.ask(resource=[GOOD, EVIL]))
    assert f"{EVIL} New" in page
    assert f"{GOOD} New" not in page
    assert "everywhere on this site. New" in text_of(story.ask())


@spec("RFC 8707 §2", "B-15")
def test_a_row_takes_up_no_more_than_is_allowed() -> None:
    story = begin()
    for number in range(12):
        story.decide(resource=f"https://{number}.example/{'x' * 1900}")
    consent = Consent.objects.get()
    assert len(json.dumps(consent.pages)) <= MOST_KEPT + 100
    assert not asks(story, resource=f"https://11.example/{'x' * 1900}")
    assert asks(story, resource=f"https://0.example/{'x' * 1900}")
    long = [f"https://{number}.example/{'y' * 1900}" for number in range(10)]
    assert "code" in answered(story.decide(resource=long))
    assert asks(story, resource=long)


# Binding a grant later ----------------------------------------------------------------------------------


@spec("RFC 8707 §2", "RFC 8707 §2.2")
def test_a_grant_without_a_resource_is_bound_to_none_elsewhere() -> None:
    story = begin()
    code = story.code()
    assert error_of(story.redeem(code, resource=EVIL)) == (400, "invalid_target")
    tokens = story.redeem(code).json()
    for resource in (EVIL, [NOTES, EVIL], "urn:evil:api"):
        refused = story.refresh(tokens["refresh_token"], resource=resource)
        assert error_of(refused) == (400, "invalid_target")
    narrowed = story.refresh(tokens["refresh_token"], resource=NOTES).json()
    assert story.introspect(narrowed["access_token"])["aud"] == NOTES


@spec("RFC 8707 §2.2")
def test_an_administrator_binds_an_old_grant_to_no_api_that_its_page_did_not_show() -> None:
    story = begin()
    tokens = story.tokens()
    story.registered.policy.allowed_resources = [GOOD]
    story.registered.policy.save()
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "invalid_target")
    assert GOOD in text_of(story.ask())


# The place it leads to, and the name --------------------------------------------------------------------


@spec("RFC 9700 §4.1", "B-15")
@pytest.mark.parametrize(
    "redirect_uri",
    [
        ELSEWHERE,
        "https://client.example:8443/callback",
        "https://client.example.evil.example/callback",
        "http://client.example/callback",
    ],
)
def test_a_client_that_leads_elsewhere_is_asked_about_again(redirect_uri: str) -> None:
    story = begin()
    story.decide()
    application = stored(story)
    # The plain ORM, as a project's own code does it: no path has to remember to forget.
    application.redirect_uris = f"{CALLBACK} {redirect_uri}"
    application.save()
    assert not asks(story)
    assert asks(story, redirect_uri=redirect_uri)
    story.decide(redirect_uri=redirect_uri)
    assert not asks(story, redirect_uri=redirect_uri)
    assert not asks(story)


@spec("B-14")
def test_the_new_place_is_marked_as_new() -> None:
    story = begin(redirect_uris=(CALLBACK, ELSEWHERE))
    story.decide()
    page = text_of(story.ask(redirect_uri=ELSEWHERE))
    assert "evil.example next. New" in page
    assert "has another name" not in page


@spec("B-15")
def test_another_path_on_the_same_host_is_the_same_place() -> None:
    story = begin(redirect_uris=(CALLBACK, "https://client.example:443/another"))
    story.decide()
    assert not asks(story, redirect_uri="https://client.example:443/another")


@spec("B-14", "B-15")
def test_a_client_with_another_name_is_asked_about_again() -> None:
    story = begin()
    story.decide()
    application = stored(story)
    application.name = "Your bank"
    application.save()
    page = text_of(story.ask())
    assert "This app has another name than when you allowed it." in page
    story.decide()
    assert not asks(story)


@spec("RFC 7591 §2.2", "B-15")
def test_a_name_in_another_language_is_a_name_as_well() -> None:
    story = begin()
    story.decide()
    story.registered.policy.translations = {"client_name": {"de": "Deine Bank"}}
    story.registered.policy.save()
    assert asks(story)


@spec("B-15")
def test_a_client_of_the_same_name_and_place_is_not_asked_about() -> None:
    story = begin()
    story.decide()
    application = stored(story)
    application.post_logout_redirect_uris = "https://client.example/bye"
    application.save()
    story.registered.policy.logo_uri = "https://client.example/logo.png"
    story.registered.policy.save()
    forget_clients()
    assert not asks(story)


@spec("RFC 8628 §5.4", "B-15")
def test_a_consent_on_a_device_is_none_for_a_browser_that_is_sent_somewhere() -> None:
    story = begin(flows=["authorization-code-pkce", "device-code"])
    codes = story.device_codes().json()
    story.decide_on_device(codes["user_code"])
    assert Consent.objects.get().scopes == set(story.registered.scopes)
    assert asks(story)


# Claims that are asked for by name ----------------------------------------------------------------------


@pytest.fixture
def app(settings: Any) -> Story:
    """A relying party at a site that has the scopes of OpenID Connect."""
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    return relying_party()


def claims(*names: str) -> str:
    return json.dumps({"userinfo": dict.fromkeys(names)})


@spec("OpenID Connect Core §5.5", "B-15")
def test_a_claim_that_is_asked_for_by_name_is_remembered_by_name(app: Story) -> None:
    asked = {"scope": "openid", "claims": claims("given_name")}
    app.decide(scopes=["openid", "profile"], **asked)
    assert not asks(app, **asked)
    assert not asks(app, scope="openid")
    assert asks(app, scope="openid", claims=claims("given_name", "birthdate"))
    assert asks(app, scope="openid profile")


@spec("OpenID Connect Core §5.5", "B-15")
def test_a_scope_covers_the_claims_it_stands_for(app: Story) -> None:
    app.decide(scope="openid profile")
    assert not asks(app, scope="openid", claims=claims("given_name", "birthdate"))
    assert asks(app, scope="openid", claims=claims("email"))


@spec("OpenID Connect Core §5.5", "B-14")
def test_the_page_names_the_claims_that_are_asked_for_by_name(app: Story) -> None:
    asked = {"scope": "openid", "claims": claims("given_name")}
    assert "(only: given_name)" in rows_of(app.ask(**asked))["profile"]
    app.decide(scopes=["openid", "profile"], **asked)
    more = rows_of(app.ask(scope="openid profile"))["profile"]
    assert "New" in more
    assert "only:" not in more


@spec("OpenID Connect Core §5.5", "B-15")
def test_a_claim_whose_line_was_unticked_is_asked_about_again(app: Story) -> None:
    asked = {"scope": "openid", "claims": claims("given_name")}
    app.decide(scopes=["openid"], **asked)
    assert asks(app, **asked)
    assert not asks(app, scope="openid")


@spec("OpenID Connect Core §5.5")
def test_a_claim_nobody_knows_is_nothing_to_ask_about(app: Story) -> None:
    app.decide(scope="openid")
    assert not asks(app, scope="openid", claims=claims("shoe_size"))
