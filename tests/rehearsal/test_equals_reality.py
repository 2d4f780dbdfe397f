"""What a rehearsal tells of a token is what the next real request gets, flow by flow of the catalogue."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import time
from typing import Any

import pytest

from django_oauthflows.flows import catalogue
from django_oauthflows.keys import ring
from django_oauthflows.keys.jwt import claims_of
from django_oauthflows.keys.models import SigningKey
from django_oauthflows.testing.client import answered
from django_oauthflows.testing.factories import PASSWORD, PersonFactory
from tests.flows.exchanges import API, NEXT, api
from tests.flows.test_jwt_bearer import PARTNER, about, trusting
from tests.identity.stories import change, header_of
from tests.marks import spec
from tests.rehearsal.rehearsing import last, rehearsed, stable
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

WITH_CODE = "openid profile email notes:read"
CLAIMS = '{"id_token": {"email": null}, "userinfo": {"phone_number": null}}'


def person() -> Any:
    return PersonFactory(first_name="Ada", last_name="Lovelace", email="ada@example.com")


def web_app(*flows: str, profile: str = "standard") -> Story:
    story = begin(preset="web-app", person=person(), profile=profile)
    change(story, flows=[*story.registered.policy.flows, *flows])
    return story


def by_code(story: Story, **asked: Any) -> dict[str, Any]:
    return dict(story.tokens(scope=WITH_CODE, nonce="a-nonce", **asked))


def without_pkce(story: Story) -> dict[str, Any]:
    code = story.code(
        scope=WITH_CODE, nonce="a-nonce", code_challenge=None, code_challenge_method=None
    )
    return dict(story.redeem(code, code_verifier=None).json())


def in_front(story: Story, response_type: str) -> dict[str, Any]:
    return answered(
        story.decide(scope=WITH_CODE, nonce="a-nonce", response_type=response_type), mode="fragment"
    )


def by_both(story: Story) -> dict[str, Any]:
    return dict(story.redeem(in_front(story, "code id_token token")["code"]).json())


def on_device(story: Story) -> dict[str, Any]:
    codes = story.device_codes(scope=WITH_CODE).json()
    story.decide_on_device(codes["user_code"], scopes=WITH_CODE.split())
    return dict(story.poll(codes["device_code"]).json())


def with_password(story: Story) -> dict[str, Any]:
    typed = {"username": story.person.username, "password": PASSWORD}
    return dict(story.token(grant_type="password", scope=WITH_CODE, **typed).json())


def for_itself(story: Story) -> dict[str, Any]:
    return dict(story.token(grant_type="client_credentials", scope="notes:read").json())


@dataclass(frozen=True, kw_only=True)
class Case:
    """A client, what is rehearsed of it, and the same done in earnest."""

    begins: Callable[[], Story]
    walk: Callable[[Story], dict[str, Any]]
    options: dict[str, Any] = field(default_factory=dict)
    before: Callable[[Story], Any] = lambda story: None


def app_and_api() -> Story:
    """The API, and a person whose app holds a token for it."""
    someone = person()
    begin(person=someone).tokens(scope="notes:read profile", resource=API)
    return api(person=someone)


def exchange(story: Story) -> dict[str, Any]:
    token = begin(person=story.person).tokens(scope="notes:read profile", resource=API)
    return dict(story.exchange(token["access_token"], scope="notes:read").json())


CASES = {
    "authorization-code-pkce": Case(begins=web_app, walk=by_code, options={"scope": WITH_CODE}),
    "authorization-code": Case(begins=web_app, walk=without_pkce, options={"scope": WITH_CODE}),
    "client-credentials": Case(
        begins=lambda: begin(preset="service", redirect_uris=()),
        walk=for_itself,
        options={"scope": "notes:read", "person": None},
    ),
    "jwt-bearer": Case(
        begins=lambda: begin(preset="service-account", redirect_uris=()),
        walk=lambda story: dict(story.bear(scope="notes:read").json()),
        options={"scope": "notes:read", "person": None},
    ),
    "device-code": Case(
        begins=lambda: begin(preset="device", redirect_uris=(), person=person()),
        walk=on_device,
        options={"scope": WITH_CODE},
    ),
    "refresh-token": Case(
        begins=web_app,
        before=by_code,
        walk=lambda story: dict(
            story.refresh(by_code(story)["refresh_token"], scope="openid notes:read").json()
        ),
        options={"scope": "openid notes:read"},
    ),
    "token-exchange": Case(begins=app_and_api, walk=exchange, options={"scope": "notes:read"}),
    "implicit": Case(
        begins=lambda: web_app("implicit", profile="legacy"),
        walk=lambda story: in_front(story, "id_token token"),
        options={"scope": WITH_CODE, "response_type": "id_token token"},
    ),
    "hybrid": Case(
        begins=lambda: web_app("hybrid", profile="legacy"),
        walk=by_both,
        options={"scope": WITH_CODE, "response_type": "code id_token token"},
    ),
    "password": Case(
        begins=lambda: begin(preset="legacy-app", person=person()),
        walk=with_password,
        options={"scope": WITH_CODE},
    ),
}


def compare(story: Story, delivery: dict[str, Any], real: dict[str, Any]) -> None:
    """Scopes, lifetimes, token, introspection, ID token and userinfo."""
    assert "access_token" in real, real
    token = real["access_token"]
    assert delivery["scopes"] == real["scope"].split()
    assert abs(delivery["expires_in"] - int(real["expires_in"])) <= 1
    said = claims_of(token)
    assert (delivery["access_jwt"] is not None) == bool(said)
    if said:
        assert stable(delivery["access_jwt"]["claims"]) == stable(said)
        assert delivery["access_jwt"]["header"] == header_of(token)
    if story.registered.application.client_type == "confidential":
        introspected = story.introspect(token)
        assert stable(delivery["introspection"]) == stable(introspected)
        assert abs(introspected["exp"] - time() - delivery["expires_in"]) <= 2
    assert delivery["has_refresh_token"] == bool(real.get("refresh_token"))
    compare_refresh(story, delivery, real.get("refresh_token", ""))
    assert (delivery["id_token"] is not None) == ("id_token" in real)
    if "id_token" in real:
        assert stable(delivery["id_token"]["claims"]) == stable(claims_of(real["id_token"]))
        assert delivery["id_token"]["header"] == header_of(real["id_token"])
    answer = story.call(token, "/o/userinfo/")
    assert delivery["userinfo"] == (answer.json() if answer.status_code == 200 else None)


def compare_refresh(story: Story, delivery: dict[str, Any], token: str) -> None:
    if not token or story.registered.application.client_type != "confidential":
        return
    ends = min(delivery["refresh_idle"], delivery["refresh_absolute"])
    assert abs(story.introspect(token)["exp"] - time() - ends) <= 3


@pytest.mark.parametrize("token_format", ["opaque", "jwt"])
@pytest.mark.parametrize("flow", catalogue.BY_SLUG)
@spec("RFC 9068 §2.2", "RFC 7662 §2.2", "OpenID Connect Core §2")
def test_the_rehearsed_token_is_the_one_that_comes(flow: str, token_format: str) -> None:
    case = CASES[flow]
    story = case.begins()
    change(
        story,
        token_format=token_format,
        access_token_lifetime=123,
        refresh_token_idle_lifetime=456,
        refresh_token_absolute_lifetime=789,
    )
    case.before(story)
    rehearsal = rehearsed(story, flow, **case.options)
    compare(story, last(rehearsal), case.walk(story))


@pytest.mark.parametrize("response_type", ["id_token", "token", "code token", "code id_token"])
@spec("OpenID Connect Core §3.3.2", "OpenID Connect Core §5.4")
def test_what_goes_through_the_browser_is_what_was_rehearsed(response_type: str) -> None:
    story = web_app("implicit", "hybrid", profile="legacy")
    flow = "hybrid" if "code" in response_type else "implicit"
    rehearsal = rehearsed(story, flow, scope=WITH_CODE, response_type=response_type)
    front, real = rehearsal["deliveries"][0], in_front(story, response_type)
    assert front["has_code"] == ("code" in real)
    assert front["has_access_token"] == ("access_token" in real)
    assert (front["id_token"] is not None) == ("id_token" in real)
    if "id_token" in real:
        assert stable(front["id_token"]["claims"]) == stable(claims_of(real["id_token"]))
    if "access_token" in real:
        compare(story, front, real)


@spec("OpenID Connect Core §5.5")
def test_claims_that_are_asked_for_by_name_are_told_where_they_will_be() -> None:
    story = web_app()
    story.person.phone_number = "+44 20 7946 0000"
    rehearsal = rehearsed(story, scope="openid", claims=CLAIMS)
    assert {row["name"] for row in rehearsal["consent"]} == {"openid", "email", "phone"}
    code = answered(
        story.decide(scope="openid", claims=CLAIMS, nonce="n", scopes=["openid", "email", "phone"])
    )["code"]
    real = dict(story.redeem(code).json())
    compare(story, last(rehearsal), real)
    assert last(rehearsal)["id_token"]["claims"]["email"] == "ada@example.com"


@spec("OpenID Connect Core §8.1")
def test_a_pairwise_subject_is_the_one_the_client_will_know() -> None:
    story = web_app()
    change(story, subject_type="pairwise")
    rehearsal = rehearsed(story, scope=WITH_CODE)
    compare(story, last(rehearsal), by_code(story))
    assert last(rehearsal)["userinfo"]["sub"] != str(story.person.pk)


@pytest.mark.parametrize("algorithm", ["ES256", "PS256", "EdDSA", "none"])
@spec("OpenID Connect Core §3.1.3.7")
def test_an_id_token_of_any_algorithm_has_the_header_that_was_rehearsed(algorithm: str) -> None:
    story = web_app(profile="legacy")
    change(story, id_token_signed_response_alg=algorithm)
    if algorithm != "none":
        ring.signing_key(algorithm)
    rehearsal = rehearsed(story, scope=WITH_CODE)
    assert last(rehearsal)["id_token"]["header"]["alg"] == algorithm
    compare(story, last(rehearsal), by_code(story))


@spec("B-14")
def test_what_the_person_leaves_out_is_left_out() -> None:
    story = web_app()
    rehearsal = rehearsed(story, scope=WITH_CODE, left_out="email notes:read")
    code = story.code(scope=WITH_CODE, nonce="n", scopes=["openid", "profile"])
    compare(story, last(rehearsal), dict(story.redeem(code).json()))
    told = {scope["name"]: scope for scope in rehearsal["scopes"]}
    assert told["email"]["why"] == "Optional, and left out by the person."
    assert told["openid"]["why"] == "Required: the person cannot leave it out."
    assert told["phone"]["why"] == "Not asked for."


@spec("RFC 8707 §2.2")
def test_a_token_for_one_resource_is_for_that_one() -> None:
    story = web_app()
    change(story, token_format="jwt")
    rehearsal = rehearsed(story, scope=WITH_CODE, resource=[API, NEXT])
    compare(story, last(rehearsal), by_code(story, resource=[API, NEXT]))
    assert last(rehearsal)["audience"] == [API, NEXT, "http://testserver/o/userinfo/"]


@spec("RFC 6749 §3.3")
def test_a_request_without_a_scope_gets_the_default(settings: Any) -> None:
    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "DEFAULT_SCOPES": ["notes:read"]}
    story = web_app()
    rehearsal = rehearsed(story)
    real = dict(story.redeem(story.code(scope=None, scopes=["notes:read"])).json())
    compare(story, last(rehearsal), real)


@spec("RFC 7523 §3")
def test_an_issuer_that_speaks_of_people_gets_what_was_rehearsed() -> None:
    story = begin(preset="service-account", redirect_uris=(), person=person())
    with trusting(client_id=story.registered.client_id, scopes=["notes:read"]):
        rehearsal = rehearsed(story, "jwt-bearer", scope="notes:read")
        real = story.bear(about(story.person.username), scope="notes:read")
        compare(story, last(rehearsal), dict(real.json()))
    assert PARTNER in {step["why"] for step in rehearsal["steps"]}


def test_a_key_that_is_still_to_be_made_is_not_made() -> None:
    SigningKey.objects.all().delete()
    ring.forget()
    story = web_app()
    rehearsal = rehearsed(story, scope=WITH_CODE)
    assert "kid" not in last(rehearsal)["id_token"]["header"]
    assert not SigningKey.objects.exists()


def test_every_flow_of_the_catalogue_is_compared() -> None:
    assert CASES.keys() == catalogue.BY_SLUG.keys()
