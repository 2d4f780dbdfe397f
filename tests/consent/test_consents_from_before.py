"""Consents from before their pages were remembered: nothing wider comes of them, and few people are asked."""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from oauth2_provider.models import get_application_model

from django_oauthflows.consent.models import Consent
from django_oauthflows.testing.client import answered
from django_oauthflows.tokens.models import Authorization
from tests.consent.test_consent_page import text_of
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

GOOD, NOTES = "https://good.example/", "http://testserver/api/notes/"
CALLBACK, ANOTHER = "https://client.example/callback", "https://another.example/callback"


def agreed_before(*, scope: str = "notes:read", **asked: Any) -> Story:
    """Somebody who agreed when scopes were all that was remembered, at a site that is upgraded now."""
    story = begin(redirect_uris=(CALLBACK, ANOTHER))
    story.tokens(scope=scope, **asked)
    Consent.objects.update(pages=None)
    return story


def upgrade() -> None:
    migration = import_module("django_oauthflows.migrations.0007_consent_pages")
    migration.remember_pages(apps, SimpleNamespace(connection=connection))


def asks(story: Story, **changes: Any) -> bool:
    response = story.ask(**{"scope": "notes:read", **changes})
    assert response.status_code == 200 or "code" in answered(response)
    return bool(response.status_code == 200)


@spec("B-15")
def test_a_plain_request_goes_on_without_a_page() -> None:
    story = agreed_before()
    upgrade()
    assert not asks(story)
    assert not asks(story, redirect_uri=ANOTHER)
    assert not asks(story, resource=NOTES)


@spec("RFC 8707 §2", "B-15")
def test_a_request_for_an_api_elsewhere_is_asked_about() -> None:
    story = agreed_before()
    upgrade()
    assert asks(story, resource=GOOD)
    assert asks(story, scope="notes:read notes:write")


@spec("RFC 8707 §2", "B-15")
def test_a_consent_that_may_have_been_for_one_api_is_none_for_the_site() -> None:
    story = agreed_before(resource=GOOD)
    # What the fault gave away before the upgrade is no proof that anybody saw it.
    story.decide(scope="notes:read")
    Consent.objects.update(pages=None)
    upgrade()
    assert Consent.objects.get().pages is None
    assert asks(story)
    assert asks(story, resource=GOOD)
    assert "New" not in text_of(story.ask(scope="notes:read"))


@spec("B-15")
def test_a_consent_of_which_nothing_is_known_is_asked_about_once_more() -> None:
    story = agreed_before()
    Authorization.objects.all().delete()
    upgrade()
    assert asks(story)
    story.decide(scope="notes:read")
    assert not asks(story)


@spec("RFC 8628 §5.4", "B-15")
def test_a_device_is_no_proof_of_a_place() -> None:
    story = begin(flows=["authorization-code-pkce", "device-code"])
    codes = story.device_codes().json()
    story.decide_on_device(codes["user_code"])
    Consent.objects.update(pages=None)
    upgrade()
    assert asks(story)


@spec("RFC 9700 §4.1", "B-15")
def test_a_client_that_moves_or_is_renamed_after_the_upgrade_is_asked_about() -> None:
    story = agreed_before()
    upgrade()
    application = get_application_model().objects.get(pk=story.registered.application.pk)
    application.redirect_uris = f"{CALLBACK} https://evil.example/callback"
    application.save()
    assert asks(story, redirect_uri="https://evil.example/callback")
    assert not asks(story)
    application.name = "Your bank"
    application.save()
    assert asks(story)


@spec("B-15")
def test_the_names_of_today_are_known_in_every_language() -> None:
    story = agreed_before()
    story.registered.policy.translations = {"client_name": {"de": "Notizen"}}
    story.registered.policy.save()
    upgrade()
    assert not asks(story)


@spec("B-15")
def test_each_person_and_client_is_looked_at_alone() -> None:
    plain, bound = agreed_before(), agreed_before(resource=GOOD)
    other = begin(registered=plain.registered)
    other.tokens(scope="profile", resource=GOOD)
    Consent.objects.update(pages=None)
    upgrade()
    assert not asks(plain)
    assert asks(bound)
    assert asks(other, scope="profile")
