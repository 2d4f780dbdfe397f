"""The modules of the Basic, Implicit and Hybrid profiles, each in its usual mode and in that of form post."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from django_oauthflows.core import clock
from django_oauthflows.keys import algorithms, sealing
from django_oauthflows.keys.models import SigningKey, State
from tests.conformance.walks import BASIC, HYBRID, IMPLICIT, MODES, Walk
from tests.identity.conftest import provider  # noqa: F401 - a fixture that is used by being here
from tests.identity.known_people import OF_SCOPES, know_ada
from tests.identity.stories import change, claims_of, header_of, of_every_type, published, userinfo
from tests.marks import conformance
from tests.signing_in import grow_old, page_of, sign_in
from tests.stories import error_of

pytestmark = pytest.mark.django_db

with_a_code = pytest.mark.parametrize("response_type", [*BASIC, *HYBRID])
with_an_id_token_in_front = pytest.mark.parametrize(
    "response_type", [kind for kind in (*IMPLICIT, *HYBRID) if "id_token" in kind]
)
LOGIN = "/accounts/login/"
TOLD_BY = {**OF_SCOPES, "email": {"email", "email_verified"}}


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[*BASIC, *IMPLICIT, *HYBRID])
def response_type(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def rsa_key() -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Made once: it takes longer than all the rest of a test."""
    return algorithms.generate("RS256")


@pytest.fixture
def walk(rsa_key: Any, response_type: str, mode: str, settings: Any) -> Walk:
    # All that the scope email stands for is told, as the suite expects (oidcc-scope-email).
    settings.OAUTHFLOWS = {**getattr(settings, "OAUTHFLOWS", {}), "EMAIL_VERIFIED": True}
    kid, public, private = rsa_key
    SigningKey.objects.create(
        kid=kid,
        algorithm="RS256",
        state=State.SIGNING,
        public=public,
        sealed=sealing.seal(private, kid=kid),
        signing_since=timezone.now(),
    )
    # The suite warns of claims that it finds in an ID token beside userinfo (oidcc-scope-email).
    story = of_every_type(claims_in_id_token=False)
    return Walk(story=story, response_type=response_type, mode=mode)


@conformance("oidcc-server")
def test_a_person_is_signed_in(walk: Walk) -> None:
    answer = walk.agree()
    named = {"code", "id_token"} & set(walk.response_type.split())
    assert answer.keys() >= named | {"state", "iss"}
    assert (answer["state"], answer["iss"]) == ("a-state", "http://testserver/o")
    assert walk.claims(answer)["nonce"] == "a-nonce"


@conformance("oidcc-idtoken-signature")
def test_the_id_token_names_a_published_key(walk: Walk) -> None:
    header = header_of(walk.finish(walk.agree())["id_token"])
    assert header["alg"] == "RS256"
    assert published(walk.story).get_key(header["kid"]) is not None


@conformance("oidcc-idtoken-unsigned")
@pytest.mark.parametrize("response_type", BASIC)
def test_an_unsigned_id_token_is_for_who_registered_for_it(walk: Walk) -> None:
    change(walk.story, id_token_signed_response_alg="none")
    response = walk.story.redeem(walk.agree()["code"], code_verifier=None)
    assert header_of(response.json()["id_token"]) == {"alg": "none"}


@conformance("oidcc-response-type-missing")
def test_a_request_without_a_response_type_is_refused(walk: Walk) -> None:
    request = walk.request(response_type=None)
    code = Walk(story=walk.story, response_type="code", mode=walk.mode)
    answer = code.sent(walk.story.ask(**request))
    assert answer["error"] in ("invalid_request", "unsupported_response_type")


@conformance("oidcc-userinfo-get", "oidcc-userinfo-post-header", "oidcc-userinfo-post-body")
@pytest.mark.parametrize("response_type", [*BASIC, "id_token token", *HYBRID])
def test_userinfo_is_asked_in_three_ways(walk: Walk) -> None:
    token = walk.finish(walk.agree())["access_token"]
    form = "application/x-www-form-urlencoded"
    answers = [
        userinfo(walk.story, token),
        userinfo(walk.story, token, method="post"),
        walk.story.back_channel.post("/o/userinfo/", f"access_token={token}", content_type=form),
    ]
    assert [answer.json() for answer in answers] == [{"sub": str(walk.story.person.pk)}] * 3


@conformance("oidcc-ensure-request-without-nonce-succeeds-for-code-flow")
@pytest.mark.parametrize("response_type", ["code", "code token"])
def test_without_an_id_token_in_front_no_nonce_is_needed(walk: Walk) -> None:
    assert "nonce" not in walk.claims(walk.agree(nonce=None))


@conformance("oidcc-ensure-request-without-nonce-fails")
@with_an_id_token_in_front
def test_with_an_id_token_in_front_a_nonce_is_needed(walk: Walk) -> None:
    assert walk.sent(walk.ask(nonce=None))["error"] == "invalid_request"


@conformance(
    "oidcc-scope-profile",
    "oidcc-scope-email",
    "oidcc-scope-address",
    "oidcc-scope-phone",
    "oidcc-scope-all",
)
@pytest.mark.parametrize("scope", [*TOLD_BY, " ".join(TOLD_BY)])
def test_a_scope_tells_its_claims_and_no_others(walk: Walk, scope: str, settings: Any) -> None:
    settings.OAUTHFLOWS = {**settings.OAUTHFLOWS, "CLAIMS": "tests.identity.known_people.CLAIMS"}
    know_ada()
    told = walk.told(walk.agree(scope=f"openid {scope}"))
    expected = set.union(*(TOLD_BY[name] for name in scope.split()))
    assert told.keys() & set.union(*TOLD_BY.values()) == expected


@conformance("oidcc-alternate-happy-flow")
def test_the_order_of_scopes_and_of_parameters_does_not_matter(walk: Walk) -> None:
    request = dict(reversed(walk.request(scope="email openid").items()))
    answer = walk.sent(walk.story.decide(**request))
    assert walk.told(answer)["email"] == "ada@example.com"


@conformance(
    "oidcc-display-page",
    "oidcc-display-popup",
    "oidcc-login-hint",
    "oidcc-ui-locales",
    "oidcc-claims-locales",
    "oidcc-ensure-request-with-unknown-parameter-succeeds",
)
@pytest.mark.parametrize(
    "wish",
    [
        {"display": "page"},
        {"display": "popup"},
        {"login_hint": "bob@example.com"},
        {"ui_locales": "se"},
        {"claims_locales": "se"},
        {"extra": "foobar"},
    ],
    ids=lambda wish: next(iter(wish)),
)
def test_a_wish_stands_in_nobodys_way(walk: Walk, wish: dict[str, str]) -> None:
    assert walk.claims(walk.agree(**wish))["sub"] == str(walk.story.person.pk)


@conformance("oidcc-ensure-request-with-acr-values-succeeds")
def test_a_context_that_is_wished_for_is_answered(walk: Walk) -> None:
    assert walk.claims(walk.agree(acr_values="1 2"))["acr"] == "0"


@conformance("oidcc-prompt-login")
def test_prompt_login_signs_in_again(walk: Walk) -> None:
    walk.agree()
    grow_old(walk.story, 60)
    before = walk.claims(walk.sent(walk.ask(prompt="none")))
    sent_away = walk.ask(prompt="login")
    assert page_of(sent_away) == LOGIN
    after = walk.claims(walk.sent(sign_in(walk.story, sent_away)))
    assert after["sub"] == before["sub"]
    assert after["auth_time"] >= before["auth_time"] + 60


@conformance("oidcc-prompt-none-not-logged-in")
def test_prompt_none_shows_no_sign_in_page(walk: Walk) -> None:
    walk.story.browser = Client()
    assert walk.sent(walk.ask(prompt="none"))["error"] == "login_required"


@conformance("oidcc-prompt-none-logged-in")
def test_prompt_none_is_answered_from_the_sign_in_there_is(walk: Walk) -> None:
    first = walk.claims(walk.agree())
    second = walk.claims(walk.sent(walk.ask(prompt="none")))
    assert [first[name] for name in ("sub", "auth_time", "sid")] == [
        second[name] for name in ("sub", "auth_time", "sid")
    ]


@conformance("oidcc-max-age-1")
def test_max_age_is_kept_to(walk: Walk) -> None:
    walk.agree()
    grow_old(walk.story, 2)
    sent_away = walk.ask(max_age=1)
    assert page_of(sent_away) == LOGIN
    claims = walk.claims(walk.sent(sign_in(walk.story, sent_away)))
    assert claims["iat"] - claims["auth_time"] <= 1


@conformance("oidcc-max-age-10000")
def test_who_signed_in_lately_is_not_asked_again(walk: Walk) -> None:
    first = walk.claims(walk.agree(max_age=15000))
    second = walk.claims(walk.sent(walk.ask(max_age=10000)))
    assert first["auth_time"] == second["auth_time"]


@conformance("oidcc-id-token-hint")
def test_an_id_token_of_before_names_the_person(walk: Walk) -> None:
    hint = walk.finish(walk.agree())["id_token"]
    answer = walk.sent(walk.ask(prompt="none", id_token_hint=hint))
    assert walk.claims(answer)["sub"] == str(walk.story.person.pk)


@conformance("oidcc-ensure-registered-redirect-uri")
def test_an_address_nobody_registered_is_a_page(walk: Walk) -> None:
    response = walk.ask(redirect_uri="https://client.example/another")
    assert response.status_code == 400
    assert "Location" not in response


@conformance(
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
    "oidcc-ensure-request-object-with-redirect-uri",
)
def test_an_unsigned_request_object_counts_for_who_registered_it(walk: Walk) -> None:
    change(walk.story, request_object_signing_alg="none")
    inside = {"state": "the-objects-state", "redirect_uri": "https://client.example/callback"}
    answer = walk.agree(request=unsigned(walk, **inside))
    assert answer["state"] == "the-objects-state"
    assert walk.claims(answer)["sub"] == str(walk.story.person.pk)
    elsewhere = unsigned(walk, redirect_uri="https://client.example/another")
    assert walk.ask(request=elsewhere).status_code == 400
    refused = walk.sent(walk.ask(request_uri="https://client.example/request"))
    assert refused["error"] in ("invalid_request_uri", "request_uri_not_supported")


def unsigned(walk: Walk, **members: Any) -> str:
    said = {
        "iss": walk.story.registered.client_id,
        "aud": "http://testserver/o",
        "response_type": walk.response_type,
        "client_id": walk.story.registered.client_id,
        **members,
    }
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, said))
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


@conformance("oidcc-claims-essential")
def test_an_essential_claim_is_told(walk: Walk) -> None:
    place = "userinfo" if walk.has_access_token else "id_token"
    claims = json.dumps({place: {"name": {"essential": True}}})
    answer = walk.agree(claims=claims, scopes=["openid", "profile"])
    assert walk.told(answer)["name"] == "Ada Lovelace"


@conformance("oidcc-codereuse", "oidcc-codereuse-30seconds")
@with_a_code
@pytest.mark.parametrize("seconds", [0, 30])
def test_a_code_that_comes_twice_ends_what_it_earned(walk: Walk, seconds: int) -> None:
    answer = walk.agree()
    token = walk.finish(answer)["access_token"]
    with clock.ahead(timedelta(seconds=seconds)):
        assert userinfo(walk.story, token).status_code == 200
        again = walk.story.redeem(answer["code"], code_verifier=None)
        assert error_of(again) == (400, "invalid_grant")
        assert userinfo(walk.story, token).status_code == 401


@conformance("oidcc-server-client-secret-post")
@with_a_code
def test_the_secret_may_come_in_the_body(walk: Walk) -> None:
    assert _in_the_body(walk).status_code == 200


def _in_the_body(walk: Walk) -> Any:
    registered = walk.story.registered
    return walk.story.post(
        "token",
        headers={"Accept": "application/json"},
        grant_type="authorization_code",
        code=walk.agree()["code"],
        redirect_uri=registered.redirect_uris[0],
        client_id=registered.client_id,
        client_secret=registered.client_secret,
    )


@conformance("oidcc-refresh-token")
@with_a_code
def test_a_refresh_tells_of_the_same_sign_in(walk: Walk) -> None:
    tokens = walk.finish(walk.agree(scope="openid offline_access", prompt="consent"))
    first = claims_of(walk.story, tokens["id_token"])
    again = walk.story.refresh(tokens["refresh_token"]).json()
    second = claims_of(walk.story, again["id_token"])
    for name in ("iss", "sub", "aud", "auth_time"):
        assert first[name] == second[name]
    assert userinfo(walk.story, again["access_token"]).status_code == 200


@conformance("oidcc-ensure-request-with-valid-pkce-succeeds")
@pytest.mark.parametrize("response_type", ["code", "code id_token"])
def test_pkce_is_welcome(walk: Walk) -> None:
    request = walk.request()
    for name in ("code_challenge", "code_challenge_method"):
        del request[name]
    answer = walk.sent(walk.story.decide(**request))
    assert walk.story.redeem(answer["code"]).status_code == 200


@conformance("oidcc-ensure-post-request-succeeds")
@pytest.mark.parametrize("response_type", BASIC)
def test_a_request_may_come_by_post(walk: Walk) -> None:
    walk.agree()
    query = walk.story.authorization_url(**walk.request()).partition("?")[2]
    form = "application/x-www-form-urlencoded"
    kept = walk.story.browser.post("/o/authorize/", query, content_type=form)
    answer = walk.sent(walk.story.browser.get(kept["Location"]))
    assert walk.claims(answer)["sub"] == str(walk.story.person.pk)
