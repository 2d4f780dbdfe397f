"""HEAD asks what a GET would answer (RFC 9110 §9.3.2): no endpoint issues, ends or notes anything."""

from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.urls import reverse

from django_oauthflows.testing.client import answered
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.urls import TABLE
from tests.identity.logouts import is_signed_in, signed_in
from tests.identity.stories import AS_PROVIDER
from tests.marks import spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

ARGUMENTS = {
    "connected-app-withdraw": (1,),
    "connected-app-end-sign-in": (uuid4(),),
    "session-end": (1,),
    "client-configuration": ("nobody",),
    "resource-metadata-of-path": ("api/notes/",),
    **dict.fromkeys(
        (
            "server-metadata-of-path",
            "openid-configuration-of-path",
        ),
        ("api/",),
    ),
    "explain": ("ABCDEFGH",),
}
#: What a record is made of, and not what anybody has: refusals are written down whatever asked for them.
RECORDS = {"auditevent", "requestcount", "requestshape"}


def everything() -> dict[str, Any]:
    """Every row of the server's and django-oauth-toolkit's."""
    models = [
        model
        for label in ("oauthflows", "oauth2_provider")
        for model in apps.get_app_config(label).get_models()
        if model._meta.model_name not in RECORDS
    ]
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list())) for model in models
    }


@pytest.mark.parametrize("name", sorted({row.name for row in TABLE if row.name}))
@spec("RFC 9110 §9.3.2", "B-3")
def test_no_endpoint_does_anything_at_a_head(name: str) -> None:
    story = begin(skips_consent=True)
    story.browser.get("/o/.well-known/jwks.json")
    before = everything()
    path = reverse(f"oauthflows:{name}", args=ARGUMENTS.get(name, ()))
    response = story.browser.head(path, {"user_code": "BCDF-GHJK", "client_id": "x"})
    assert response.content == b""
    assert everything() == before
    assert is_signed_in(story)


def first_party() -> Story:
    return begin(skips_consent=True)


def remembered() -> Story:
    story = begin()
    story.code()
    return story


@pytest.mark.parametrize("preset", [first_party, remembered])
@pytest.mark.parametrize("asked", [{}, {"prompt": "none"}, {"response_mode": "form_post"}])
@spec("RFC 9110 §9.3.2", "RFC 6749 §4.1.2", "B-15")
def test_a_head_gets_no_code_where_a_get_would(preset: Any, asked: dict[str, str]) -> None:
    story = preset()
    before = everything()
    url = story.authorization_url(**asked)
    response = story.browser.head(url)
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert "Location" not in response
    assert response.cookies == {}
    assert response.content == b""
    assert everything() == before
    assert story.browser.get(url).status_code in (200, 302)
    assert Authorization.objects.count() == len(before["oauthflows.Authorization"]) + 1


@spec("RFC 9110 §9.3.2", "B-28")
def test_a_head_is_no_visit_to_the_sign_in_page() -> None:
    """Whoever is asked to sign in again has to do so after a request of their own."""
    story = first_party()
    response = story.browser.head(story.authorization_url(prompt="login"))
    assert response.cookies == {}
    assert "code" in answered(story.ask())


@spec("RFC 9110 §9.3.2", "B-31")
def test_a_head_signs_nobody_out(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    story, tokens = signed_in()
    response = story.browser.head("/o/logout/", {"id_token_hint": tokens["id_token"]})
    assert response.status_code == 405
    assert is_signed_in(story)
