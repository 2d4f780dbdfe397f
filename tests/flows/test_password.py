"""The password grant: for the legacy profile alone, limited, and silent about which of the two was wrong."""

import logging
from collections.abc import Iterator
from time import thread_time
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest
from django.test import Client, override_settings
from oauth2_provider.models import get_access_token_model, get_refresh_token_model

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients.facts import forget_clients
from django_oauthflows.flows.base import Standing
from django_oauthflows.flows.catalogue import FLOWS
from django_oauthflows.testing.factories import PASSWORD, ClientFactory, PersonFactory
from django_oauthflows.tokens import families
from django_oauthflows.tokens.models import Authorization
from tests.marks import spec
from tests.races.together import assert_nothing_is_alive, assert_nothing_is_orphaned
from tests.stories import Story, begin, dot_application, dot_tokens, error_of

pytestmark = pytest.mark.django_db


def legacy(**client: Any) -> Story:
    return begin(**{"preset": "legacy-app", "redirect_uris": (), **client})


@pytest.fixture
def asked_backends() -> Iterator[list[str]]:
    """The names Django's backends are asked about."""
    RecordingBackend.asked = []
    with override_settings(AUTHENTICATION_BACKENDS=[f"{__name__}.RecordingBackend"]):
        yield RecordingBackend.asked


def sign_in(story: Story, **changes: Any) -> Any:
    parameters = {
        "username": story.person.username,
        "password": PASSWORD,
        "scope": "notes:read",
        **changes,
    }
    return story.token(grant_type="password", **parameters)


def limited(**settings: int) -> Any:
    return override_settings(
        OAUTHFLOWS={
            f"PASSWORD_GUESSES_{name.upper()}": at_most for name, at_most in settings.items()
        }
    )


@spec("RFC 6749 §4.3.3")
def test_name_and_password_earn_tokens_that_act_for_the_person() -> None:
    story = legacy()
    response = sign_in(story)
    tokens = response.json()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    members = {"access_token", "token_type", "expires_in", "scope", "refresh_token"}
    assert set(tokens) == members
    assert tokens["scope"] == "notes:read"
    assert story.call(tokens["access_token"]).json()["person"] == story.person.username
    assert Authorization.objects.get().flow == "password"
    assert_nothing_is_orphaned()


@spec("RFC 6749 §6", "B-18")
def test_the_refresh_token_rotates_as_any_other() -> None:
    story = legacy()
    tokens = sign_in(story).json()
    second = story.refresh(tokens["refresh_token"])
    assert second.status_code == 200
    assert story.call(second.json()["access_token"]).status_code == 200


@spec("RFC 6749 §4.3.3")
def test_a_client_that_may_not_refresh_gets_no_refresh_token() -> None:
    story = legacy()
    story.registered.policy.flows = ["password"]
    story.registered.policy.save()
    tokens = sign_in(story).json()
    assert "refresh_token" not in tokens
    assert not get_refresh_token_model().objects.exists()
    assert Authorization.objects.get().expires == get_access_token_model().objects.get().expires
    families.revoke(Authorization.objects.get(), reason="revoked_by_administrator")
    assert story.call(tokens["access_token"]).status_code == 401
    assert_nothing_is_alive()


@spec("RFC 7009 §2.1", "B-21")
def test_its_tokens_end_together() -> None:
    story = legacy()
    tokens = sign_in(story).json()
    assert story.post("revoke", token=tokens["refresh_token"]).status_code == 200
    assert_nothing_is_alive()


@spec("B-20")
def test_a_changed_password_ends_them() -> None:
    story = legacy()
    sign_in(story)
    story.person.set_password("a new one")
    story.person.save()
    assert_nothing_is_alive()


@spec("RFC 6749 §4.3.2")
def test_unknown_inactive_and_wrong_get_the_same_words() -> None:
    story = legacy()
    inactive = PersonFactory(is_active=False)
    answers = [
        sign_in(story, password="wrong"),
        sign_in(story, username="nobody"),
        sign_in(story, username=inactive.username),
        sign_in(story, username=inactive.username, password="wrong"),
    ]
    said = {
        (*error_of(answer), answer.json()["error_description"].partition(" (reference")[0])
        for answer in answers
    }
    assert said == {(400, "invalid_grant", "The username or the password is wrong.")}
    assert not get_access_token_model().objects.exists()


@spec("RFC 6749 §4.3.2", "B-6")
def test_unknown_inactive_and_wrong_take_the_same_time() -> None:
    """With a hash that takes as long as a real one, beside which nothing else counts.

    In seconds of this thread's own work, which a busy machine does not lengthen.
    """
    story = legacy()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]):
        known, inactive = PersonFactory(), PersonFactory(is_active=False)
        attempts = {
            "wrong": {"username": known.username, "password": "wrong"},
            "inactive": {"username": inactive.username},
            "unknown": {"username": "nobody"},
        }
        seconds: dict[str, list[float]] = {name: [] for name in attempts}
        for _ in range(3):
            for name, changes in attempts.items():
                started = thread_time()
                assert sign_in(story, **changes).status_code == 400
                seconds[name].append(thread_time() - started)
    fastest = {name: min(values) for name, values in seconds.items()}
    assert max(fastest.values()) < 1.5 * min(fastest.values()), fastest


@spec("B-20")
@override_settings(
    AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.AllowAllUsersModelBackend"]
)
def test_an_inactive_person_is_refused_whatever_the_backend_says() -> None:
    story = legacy()
    story.person.is_active = False
    story.person.save()
    assert error_of(sign_in(story)) == (400, "invalid_grant")


@spec("B-10")
@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_the_standard_profile_forbids_it_before_the_password_is_looked_at(
    password: str, asked_backends: list[str]
) -> None:
    story = legacy(profile="standard")
    assert error_of(sign_in(story, password=password)) == (400, "unauthorized_client")
    refused = AuditEvent.objects.get(event="request.refused")
    assert refused.rule == "flow_must_be_allowed_by_profile"
    assert asked_backends == []


@spec("B-10")
@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"scope": "unheard-of"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"resource": "notes"}, "invalid_target"),
        ({"username": None}, "invalid_request"),
        ({"password": None}, "invalid_request"),
        ({"password": ""}, "invalid_request"),
        ({"username": "a\x00b"}, "invalid_request"),
    ],
)
def test_a_request_that_is_wrong_otherwise_never_reaches_the_password(
    changes: dict[str, Any], refused: str, asked_backends: list[str]
) -> None:
    assert error_of(sign_in(legacy(), **changes)) == (400, refused)
    assert asked_backends == []


@spec("RFC 6749 §4.3.2", "B-5")
def test_a_confidential_client_must_authenticate_first(asked_backends: list[str]) -> None:
    story = legacy()
    other = begin(preset="single-page-app")
    anonymous = sign_in(story, headers={"Accept": "*/*"}, client_id=story.registered.client_id)
    assert error_of(anonymous) == (401, "invalid_client")
    assert error_of(sign_in(other)) == (400, "unauthorized_client")
    assert asked_backends == []
    sign_in(story)
    assert asked_backends == [story.person.username]


@spec("B-4", "RFC 6749 §2.3.1")
def test_the_password_stands_in_no_row_and_no_url() -> None:
    story = legacy()
    sign_in(story, password="a very wrong one")
    refused = AuditEvent.objects.get(rule="password_must_be_right")
    assert "a very wrong one" not in str(refused.__dict__)
    assert story.person.username not in str(refused.detail)
    in_url = story.back_channel.post(
        "/o/token/?password=x",
        "grant_type=password",
        content_type="application/x-www-form-urlencoded",
    )
    assert error_of(in_url) == (400, "invalid_request")


@spec("RFC 6749 §4.3.2", "B-32")
def test_guesses_at_one_account_are_limited_whoever_makes_them() -> None:
    story = legacy()
    other = begin(preset="legacy-app", redirect_uris=(), person=story.person)
    with limited(per_account=2):
        for guesser in (story, other):
            assert error_of(sign_in(guesser, password="wrong")) == (400, "invalid_grant")
        shouted = story.person.username.upper()
        for name in (story.person.username, shouted):
            refused = sign_in(other, username=name)
            assert error_of(refused) == (429, "invalid_grant")
            assert 1 <= int(refused["Retry-After"]) <= 900
        assert sign_in(story, username=PersonFactory().username).status_code == 200


@spec("B-32")
def test_nobody_can_tell_a_known_account_from_an_unknown_one_by_its_limit() -> None:
    story = legacy()
    with limited(per_account=1):
        for name in (story.person.username, "nobody"):
            sign_in(story, username=name, password="wrong")
            assert sign_in(story, username=name, password="wrong").status_code == 429


@spec("B-32")
def test_guesses_by_one_client_are_limited() -> None:
    story, other = legacy(), legacy()
    with limited(per_client=1):
        assert sign_in(story, username="nobody").status_code == 400
        assert sign_in(story).status_code == 429
        assert sign_in(other).status_code == 200


@spec("B-32")
def test_guesses_from_one_network_are_limited() -> None:
    story = legacy()
    with limited(per_network=1):
        assert sign_in(story, username="nobody").status_code == 400
        assert sign_in(legacy()).status_code == 429
        story.back_channel.defaults["REMOTE_ADDR"] = "192.0.2.7"
        assert sign_in(story).status_code == 200


@spec("B-32")
def test_people_who_know_their_password_are_not_counted() -> None:
    story = legacy()
    with limited(per_account=1, per_client=1, per_network=1):
        assert [sign_in(story).status_code for _ in range(3)] == [200, 200, 200]


@spec("B-32")
def test_a_refused_grant_is_not_counted_against_the_account() -> None:
    story, stranger = legacy(), begin()
    with limited(per_account=1):
        for _ in range(3):
            sign_in(stranger, password="wrong")
        assert sign_in(story).status_code == 200


@pytest.mark.parametrize(
    "backend",
    ["django.core.cache.backends.dummy.DummyCache", "tests.flows.test_password.DeadCache"],
)
@spec("B-32")
def test_without_a_working_cache_every_guess_is_refused_loudly(backend: str, caplog: Any) -> None:
    story = legacy()
    with override_settings(CACHES={"default": {"BACKEND": backend}}):
        refused = sign_in(story)
    assert error_of(refused) == (503, "temporarily_unavailable")
    assert any(
        record.name == "django_oauthflows.limits" and record.levelno == logging.ERROR
        for record in caplog.records
    )


@pytest.mark.parametrize(("has_one", "status"), [(True, 400), (False, 200)])
@spec("RFC 9700 §2.4")
def test_a_project_can_ask_for_a_second_factor(has_one: bool, status: int) -> None:
    check = f"tests.flows.test_password.{'with' if has_one else 'without'}_second_factor"
    story = legacy()
    with override_settings(OAUTHFLOWS={"PASSWORD_MFA_CHECK": check}):
        right, wrong = sign_in(story), sign_in(story, password="wrong")
    assert right.status_code == status
    assert not has_one or error_of(right) == (400, "mfa_required")
    assert error_of(wrong) == (400, "invalid_grant")
    assert get_access_token_model().objects.exists() is not has_one


@spec("RFC 9700 §2.4", "B-20")
def test_a_client_that_left_the_profile_refreshes_nothing() -> None:
    story = legacy()
    tokens = sign_in(story).json()
    story.registered.policy.profile = "standard"
    story.registered.policy.save()
    assert error_of(story.refresh(tokens["refresh_token"])) == (400, "unauthorized_client")


@spec("RFC 9700 §2.4")
def test_an_application_without_a_policy_needs_its_projects_word() -> None:
    story = begin(registered=dot_application(authorization_grant_type="password"))
    for said in ({}, {"PKCE_REQUIRED": False}, {"COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": False}):
        forget_clients()
        with override_settings(OAUTH2_PROVIDER={**settings.OAUTH2_PROVIDER, **said}):
            assert error_of(sign_in(story)) == (400, "unauthorized_client")
    forget_clients()
    opened = {**settings.OAUTH2_PROVIDER, "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": False}
    with override_settings(OAUTH2_PROVIDER=opened):
        assert sign_in(story).status_code == 200


@spec("RFC 6749 §6")
def test_what_django_oauth_toolkit_gave_such_an_application_goes_on_being_refreshed() -> None:
    story = begin(registered=dot_application(authorization_grant_type="password"))
    _, refresh_token = dot_tokens(story)
    tokens = story.refresh(refresh_token)
    assert tokens.status_code == 200
    assert story.refresh(tokens.json()["refresh_token"]).status_code == 200


@spec("RFC 9700 §2.4")
def test_each_token_leaves_a_warning_in_the_log(caplog: Any) -> None:
    sign_in(legacy())
    warned = [record for record in caplog.records if record.name == "django_oauthflows.tokens"]
    assert [record.levelname for record in warned] == ["WARNING"]


@spec("RFC 8414 §2")
def test_the_metadata_offers_legacy_flows_only_while_a_client_may_use_them() -> None:
    assert offered() == ({"code"}, set())
    ClientFactory(preset="legacy-app", profile="standard")
    assert offered() == ({"code"}, set())
    policy = ClientFactory(preset="legacy-app").policy
    assert offered() == ({"code"}, {"password"})
    policy.flows = ["implicit", "hybrid"]
    policy.save()
    assert offered() == ({"code", "token", "code token"}, {"implicit"})
    policy.is_enabled = False
    policy.save()
    assert offered() == ({"code"}, set())


def offered() -> tuple[set[str], set[str]]:
    """Response types, and the grant types that are not recommended."""
    members = Client().get("/.well-known/oauth-authorization-server/o").json()
    grants = set(members["grant_types_supported"])
    recommended = {flow.grant_type for flow in FLOWS if flow.standing is Standing.RECOMMENDED}
    assert grants >= recommended
    return (
        set(members["response_types_supported"]),
        grants - recommended,
    )


def with_second_factor(request: HttpRequest, person: Any) -> bool:
    return True


def without_second_factor(request: HttpRequest, person: Any) -> bool:
    return False


class DeadCache(LocMemCache):
    """A cache whose server is gone."""

    def add(self, *args: Any, **kwargs: Any) -> bool:
        raise ConnectionError

    def incr(self, *args: Any, **kwargs: Any) -> int:
        raise ConnectionError


class RecordingBackend(ModelBackend):
    """Django's own backend, which notes whom it was asked about."""

    asked: list[str]

    def authenticate(self, request: Any, username: Any = None, **kwargs: Any) -> Any:
        self.asked.append(username)
        return super().authenticate(request, username=username, **kwargs)
