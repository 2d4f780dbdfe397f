"""A swapped application model that overrides what django-oauth-toolkit asks it."""

from typing import Any

import pytest
from oauth2_provider.models import get_application_model

from django_oauthflows.testing.client import answered
from tests.checks.test_checks import found
from tests.stories import begin, dot_application

pytestmark = pytest.mark.django_db

APPLICATION = get_application_model()
CALLBACK = "https://client.example/callback"


def test_an_application_may_have_several_grant_types(monkeypatch: pytest.MonkeyPatch) -> None:
    def allows(self: Any, *grant_types: str) -> bool:
        return not {"authorization-code", "client-credentials"}.isdisjoint(grant_types)

    story = begin(registered=dot_application())
    own = {"grant_type": "client_credentials", "scope": "notes:read"}
    assert story.token(**own).json()["error"] == "unauthorized_client"
    monkeypatch.setattr(APPLICATION, "allows_grant_type", allows)
    story = begin(registered=dot_application())
    assert story.token(**own).status_code == 200
    assert story.tokens()["refresh_token"]


def test_an_application_may_have_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(APPLICATION, "allows_grant_type", lambda self, *kinds: False)
    story = begin(registered=dot_application())
    assert answered(story.ask())["error"] == "unauthorized_client"


def test_what_is_no_longer_recommended_is_not_opened_by_a_method(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(APPLICATION, "allows_grant_type", lambda self, *kinds: True)
    story = begin(registered=dot_application())
    sent = {"username": story.person.username, "password": "x", "scope": "notes:read"}
    refused = story.token(grant_type="password", **sent)
    assert refused.json()["error"] == "unauthorized_client"
    assert answered(story.ask(response_type="token"), mode="fragment")["error"] in (
        "unauthorized_client",
        "unsupported_response_type",
    )


@pytest.mark.parametrize(
    ("method", "says", "is_answered"),
    [
        ("redirect_uri_allowed", lambda self, uri: True, True),
        ("redirect_uri_allowed", lambda self, uri: False, False),
        ("get_allowed_schemes", lambda self: ["https"], True),
        ("get_allowed_schemes", lambda self: ["com.example.app"], False),
    ],
)
def test_an_application_may_refuse_what_it_has_registered(
    monkeypatch: pytest.MonkeyPatch, method: str, says: Any, is_answered: bool
) -> None:
    monkeypatch.setattr(APPLICATION, method, says)
    page = begin(registered=dot_application()).ask()
    assert (page.status_code == 200) is is_answered
    assert is_answered or "Location" not in page.headers


def test_it_opens_no_address_that_is_not_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(APPLICATION, "redirect_uri_allowed", lambda self, uri: True)
    page = begin(registered=dot_application()).ask(redirect_uri="https://evil.example/")
    assert page.status_code == 400
    assert [str(one.id) for one in found()] == ["oauthflows.E180"]


def test_scripts_of_an_origin_that_it_allows_may_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def token_for(origin: str) -> Any:
        story = begin(registered=dot_application(authorization_grant_type="client-credentials"))
        headers = {**story.basic, "Origin": origin}
        own = {"grant_type": "client_credentials", "scope": "notes:read"}
        return story.post("token", headers=headers, **own).headers

    allowed = "Access-Control-Allow-Origin"
    assert allowed not in token_for("https://a.company.example")
    monkeypatch.setattr(
        APPLICATION, "origin_allowed", lambda self, origin: origin.endswith(".company.example")
    )
    assert token_for("https://a.company.example")[allowed] == "https://a.company.example"
    assert allowed not in token_for("https://a.example")


@pytest.mark.parametrize(
    "method", ["clean", "get_absolute_url", "post_logout_redirect_uri_allowed"]
)
def test_a_method_that_nothing_asks_is_named(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    monkeypatch.setattr(APPLICATION, method, lambda self, *words: None)
    (message,) = found()
    assert message.id == "oauthflows.W181"
    assert method in message.msg
