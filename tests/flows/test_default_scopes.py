"""A request that names no scope asks for the client's default scopes (RFC 6749 §3.3)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import get_application_model

from django_oauthflows.clients import trust_marks
from django_oauthflows.clients.facts import client_of, forget_clients
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.clients.presets import BY_SLUG, PRESETS
from django_oauthflows.clients.registration import register_client
from django_oauthflows.testing.client import FlowClient, answered
from django_oauthflows.testing.factories import PASSWORD, ClientFactory
from tests.identity.stories import AS_PROVIDER
from tests.management_api.calling import URLS, service
from tests.marks import spec
from tests.stories import begin, dot_application, error_of

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"


def by_code(scope: str | None = None, **client: Any) -> Any:
    story = begin(**client)
    told = answered(story.decide(scope=scope, scopes=["notes:read"]))
    return story.redeem(told["code"]) if "code" in told else told


def by_posted_request(scope: str | None = None, **client: Any) -> Any:
    story = begin(**{"skips_consent": True, **client})
    query = story.authorization_url(scope=scope).partition("?")[2]
    kept = Client().post(reverse("oauthflows:authorize"), query, content_type=FORM)
    told = answered(story.browser.get(kept["Location"]))
    return story.redeem(told["code"]) if "code" in told else told


def by_device(scope: str | None = None, **client: Any) -> Any:
    story = begin(preset="device", redirect_uris=(), **client)
    codes = story.device_codes(scope=scope)
    if codes.status_code != 200:
        return codes
    story.decide_on_device(codes.json()["user_code"], scopes=["notes:read"])
    return story.poll(codes.json()["device_code"])


def by_itself(scope: str | None = None, **client: Any) -> Any:
    story = begin(preset="service", redirect_uris=(), **client)
    return story.token(grant_type="client_credentials", scope=scope)


def by_password(scope: str | None = None, **client: Any) -> Any:
    story = begin(preset="legacy-app", redirect_uris=(), **client)
    who = {"username": story.person.username, "password": PASSWORD}
    return story.token(grant_type="password", scope=scope, **who)


def by_assertion(scope: str | None = None, **client: Any) -> Any:
    story = begin(preset="service-account", redirect_uris=(), **client)
    return story.bear(scope=scope)


EVERYWHERE: list[Callable[..., Any]] = [
    by_code,
    by_posted_request,
    by_device,
    by_itself,
    by_password,
    by_assertion,
]


def error_in(answer: Any) -> str:
    return str(answer["error"] if isinstance(answer, dict) else answer.json()["error"])


def defaults_of(client_id: str) -> frozenset[str]:
    forget_clients()
    client = client_of(client_id)
    assert client is not None
    return client.default_scopes


# At every endpoint ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", EVERYWHERE)
@spec("RFC 6749 §3.3", "B-9")
def test_a_request_without_a_scope_asks_for_what_was_written_for_the_client(
    ask: Callable[..., Any],
) -> None:
    answer = ask(scopes=("notes:read",))
    assert (answer.status_code, answer.json()["scope"]) == (200, "notes:read")
    empty = ask("", scopes=("notes:read", "notes:write"), default_scopes=("notes:read",))
    assert (empty.status_code, empty.json()["scope"]) == (200, "notes:read")


@pytest.mark.parametrize("ask", EVERYWHERE)
@spec("RFC 6749 §3.3", "B-9")
def test_a_client_for_which_none_was_written_gets_none_and_never_all(
    ask: Callable[..., Any],
) -> None:
    assert error_in(ask()) == "invalid_scope"
    assert error_in(ask(scopes=("notes:read",), default_scopes=())) == "invalid_scope"


@pytest.mark.parametrize("ask", EVERYWHERE)
@spec("RFC 6749 §3.3", "B-9")
def test_a_request_of_which_every_scope_was_left_out_did_ask(ask: Callable[..., Any]) -> None:
    assert error_in(ask("unheard-of", scopes=("notes:read",))) == "invalid_scope"
    assert error_in(ask(" ", scopes=("notes:read",))) == "invalid_scope"


@spec("RFC 6749 §3.3", "B-9")
def test_clients_that_exist_keep_the_servers_default(settings: Any) -> None:
    default = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": ["notes:read"]}
    settings.OAUTH2_PROVIDER = default
    of_before = begin(preset="service", redirect_uris=(), scopes=("notes:read", "notes:write"))
    ClientPolicy.objects.update(default_scopes=[])  # as the migration leaves it
    forget_clients()
    stock = begin(registered=dot_application(authorization_grant_type="client-credentials"))
    for story in (of_before, stock):
        assert story.token(grant_type="client_credentials").json()["scope"] == "notes:read"


@spec("RFC 6749 §3.3", "OpenID Connect Core §11")
def test_offline_access_may_be_a_default_scope_where_there_is_a_refresh_token() -> None:
    story = begin(scopes=("notes:read", "offline_access"))
    page = story.ask(scope=None).content.decode()
    assert "Keep its access while you are not using it" in page
    service = begin(preset="service", redirect_uris=(), scopes=("notes:read", "offline_access"))
    assert service.token(grant_type="client_credentials").json()["scope"] == "notes:read"


@spec("RFC 6749 §3.3", "B-9")
def test_a_refresh_and_a_code_go_on_with_what_was_granted() -> None:
    story = begin(scopes=("notes:read", "notes:write"), default_scopes=("notes:write",))
    tokens = story.tokens(scope="notes:read")
    assert tokens["scope"] == "notes:read"
    assert story.refresh(tokens["refresh_token"]).json()["scope"] == "notes:read"


# What is written for a client -----------------------------------------------------------------------------


@pytest.mark.urls(URLS)
@spec("RFC 6749 §3.3", "B-9")
def test_a_scope_of_our_own_api_is_never_a_default_one() -> None:
    made = ClientFactory(scopes=("notes:read", "oauthflows:clients:read"))
    assert made.policy.default_scopes == ["notes:read"]
    for own in ("oauthflows:clients:read", "oauthflows:self:read"):
        with pytest.raises(ValidationError) as refused:
            ClientFactory(scopes=("notes:read", own), default_scopes=(own,))
        assert "default_scopes" in refused.value.message_dict
    # Whoever writes it into the table has not given it either.
    ClientPolicy.objects.update(default_scopes=["oauthflows:clients:read"])
    assert defaults_of(made.client_id) == frozenset()


@spec("RFC 6749 §3.3", "B-9")
def test_the_default_scopes_are_among_the_clients_own() -> None:
    with pytest.raises(ValidationError) as refused:
        ClientFactory(scopes=("notes:read",), default_scopes=("notes:write",))
    assert refused.value.message_dict == {
        "default_scopes": ["Not among the client's scopes: notes:write."]
    }


@spec("RFC 6749 §4.4", "OpenID Connect Core §5.4")
def test_a_kind_that_acts_for_itself_has_no_scope_about_people(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = AS_PROVIDER
    # An API gets no tokens, and so no scopes.
    for kind in (kind for kind in PRESETS if not kind.is_resource_server):
        made = ClientFactory(preset=kind.slug)
        has_one = "openid" in made.scopes
        assert has_one == (kind.slug not in ("service", "service-account"))
        assert made.policy.default_scopes == []
        written = ClientFactory(preset=kind.slug, scopes=("openid", "email", "notes:read"))
        without = BY_SLUG[kind.slug].acts_for_itself
        expected = ["notes:read"] if without else ["email", "notes:read", "openid"]
        assert written.policy.default_scopes == expected
    # An API that is handed people's tokens has to do with people.
    handed = ClientFactory(preset="service", flows=["client-credentials", "token-exchange"])
    assert {"openid", "profile"} <= set(handed.scopes)


@spec("RFC 6749 §3.3")
def test_the_command_writes_them() -> None:
    common = ("oauthflows_register_client", "--preset", "service", "--json")
    call_command(*common, "--name", "Same", "--scope", "notes:read notes:write")
    call_command(
        *(*common, "--name", "Fewer", "--scope", "notes:read notes:write"),
        *("--default-scope", "notes:read"),
    )
    call_command(*common, "--name", "None", "--scope", "notes:read", "--default-scope", "")
    found = {
        str(policy.application): policy.default_scopes
        for policy in ClientPolicy.objects.select_related("application")
    }
    assert found == {
        "Same": ["notes:read", "notes:write"],
        "Fewer": ["notes:read"],
        "None": [],
    }


# What is taken from the client leaves them too ------------------------------------------------------------


def by_saving(made: Any) -> None:
    made.policy.scopes = ["notes:read"]
    made.policy.save(update_fields=["scopes"])


def by_the_marks_of_trust(made: Any) -> None:
    made.policy.scopes = ["notes:read", "oauthflows:clients:read"]
    made.policy.save()
    application = get_application_model().objects.get(pk=made.application.pk)
    trust_marks.take_back(application)


@pytest.mark.parametrize("take", [by_saving, by_the_marks_of_trust])
@spec("RFC 6749 §3.3", "B-9")
def test_what_is_taken_from_the_client_leaves_its_default_scopes(
    take: Callable[[Any], None],
) -> None:
    made = ClientFactory(scopes=("notes:read", "notes:write"))
    take(made)
    policy = ClientPolicy.objects.get()
    assert (policy.scopes, policy.default_scopes) == (["notes:read"], ["notes:read"])
    # It does not come back with the scope.
    policy.scopes = ["notes:read", "notes:write"]
    policy.save()
    assert ClientPolicy.objects.get().default_scopes == ["notes:read"]


def the_only_one_by_saving(made: Any) -> None:
    made.policy.scopes = ["notes:write"]
    made.policy.save(update_fields=["scopes"])


def the_only_one_by_the_marks_of_trust(made: Any) -> None:
    made.policy.scopes = ["notes:write", "oauthflows:clients:read"]
    made.policy.save()
    trust_marks.take_back(get_application_model().objects.get(pk=made.application.pk))


def the_only_one_by_api(made: Any) -> None:
    said = {"policy": {"scopes": ["notes:write"]}}
    assert service().patch("client", str(made.application.pk), **said).status_code == 200


@pytest.mark.urls(URLS)
@pytest.mark.parametrize("servers", [["__all__"], ["notes:write"]])
@pytest.mark.parametrize(
    "take",
    [
        the_only_one_by_saving,
        the_only_one_by_the_marks_of_trust,
        the_only_one_by_api,
    ],
)
@spec("RFC 6749 §3.3", "B-9")
def test_to_take_the_only_default_scope_makes_no_other_scope_one(
    take: Callable[[Any], None], servers: list[str], settings: Any
) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": servers}
    story = begin(
        preset="service",
        redirect_uris=(),
        scopes=("notes:read", "notes:write"),
        default_scopes=("notes:read",),
    )
    take(story.registered)
    forget_clients()
    answer = story.token(grant_type="client_credentials")
    assert error_of(answer) == (400, "invalid_scope")
    named = story.token(grant_type="client_credentials", scope="notes:write")
    assert named.status_code == 200


@spec("RFC 6749 §3.3", "B-9")
def test_what_is_taken_from_the_server_is_given_by_default_no_more(settings: Any) -> None:
    made = ClientFactory(preset="service", redirect_uris=(), scopes=("notes:read", "profile"))
    fewer = {"notes:read": "Read your notes"}
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "SCOPES": fewer}
    assert defaults_of(made.client_id) == {"notes:read"}


@spec("RFC 6749 §3.3")
def test_a_programs_own_registration_says_so_in_python() -> None:
    made = register_client(
        preset="service",
        name="Reports",
        scopes=["notes:read", "notes:write"],
        default_scopes=["notes:write"],
    )
    flow = FlowClient(registered=made)
    assert flow.token(grant_type="client_credentials").json()["scope"] == "notes:write"
    wide = flow.token(grant_type="client_credentials", scope="profile")
    assert error_of(wide) == (400, "invalid_scope")
