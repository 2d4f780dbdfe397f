"""django-oauth-toolkit's defaults, tightened where the project said nothing; its own words win."""

import pytest
from django.conf import settings
from django.test import override_settings
from oauth2_provider.settings import oauth2_settings

from django_oauthflows.dot import TIGHTENED
from django_oauthflows.testing.client import answered
from tests.marks import spec
from tests.stories import begin, dot_application

pytestmark = pytest.mark.django_db


def saying(**words: object) -> override_settings:
    return override_settings(OAUTH2_PROVIDER={**settings.OAUTH2_PROVIDER, **words})


@pytest.mark.parametrize("name", [name for name in TIGHTENED if not name.endswith("_CLASS")])
def test_a_default_is_tightened_where_the_project_said_nothing(name: str) -> None:
    assert name not in settings.OAUTH2_PROVIDER
    assert getattr(oauth2_settings, name) == TIGHTENED[name]


@pytest.mark.parametrize("name", [name for name in TIGHTENED if name.endswith("_CLASS")])
def test_a_class_is_ours_where_the_project_said_nothing(name: str) -> None:
    chosen = getattr(oauth2_settings, name)
    assert f"{chosen.__module__}.{chosen.__qualname__}" == TIGHTENED[name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEFAULT_SCOPES", ["notes:read"]),
        ("ACCESS_TOKEN_EXPIRE_SECONDS", 60),
        ("REFRESH_TOKEN_EXPIRE_SECONDS", None),
        ("REFRESH_TOKEN_REUSE_PROTECTION", False),
        ("ALLOWED_REDIRECT_URI_SCHEMES", ["https", "http"]),
        ("COMPLIANT_BCP_RFC9700_TOKEN_STORAGE", False),
        ("PKCE_REQUIRED", False),
    ],
)
def test_what_the_project_says_wins(name: str, value: object) -> None:
    with saying(**{name: value}):
        assert getattr(oauth2_settings, name) == value
    assert getattr(oauth2_settings, name) != value


def test_a_reload_leaves_the_defaults_tight() -> None:
    oauth2_settings.reload()
    assert oauth2_settings.ACCESS_TOKEN_EXPIRE_SECONDS == 900
    assert oauth2_settings.DEFAULT_SCOPES == []


@spec("RFC 9700 §4.9.3")
def test_the_lifetime_the_project_chose_is_the_tokens() -> None:
    story = begin()
    assert story.tokens()["expires_in"] == 900
    with saying(ACCESS_TOKEN_EXPIRE_SECONDS=60):
        assert story.tokens()["expires_in"] == 60


@spec("B-9")
def test_the_project_may_insist_on_every_scope_by_default() -> None:
    story = begin(scopes=("notes:read", "profile"), default_scopes=())
    with saying(DEFAULT_SCOPES=["__all__"]):
        tokens = story.tokens(scope=None, scopes=["notes:read", "profile"])
    assert tokens["scope"] == "notes:read profile"


@spec("B-13")
def test_the_project_may_switch_pkce_off_for_its_older_applications() -> None:
    no_pkce = {"code_challenge": None, "code_challenge_method": None}
    with saying(PKCE_REQUIRED=False):
        story = begin(registered=dot_application())
        assert "code" in answered(story.decide(**no_pkce))


@spec("B-8")
def test_the_project_may_allow_plain_http() -> None:
    with saying(ALLOWED_REDIRECT_URI_SCHEMES=["https", "http"]):
        story = begin(redirect_uris=("http://intranet.example/callback",))
        assert story.tokens()["access_token"]
