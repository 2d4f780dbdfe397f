"""Requests that the client signed: what the object says counts, and nothing unsigned changes it."""

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, Key, OctKey, RSAKey

from django_oauthflows.audit.models import AuditEvent
from django_oauthflows.clients import secrets
from django_oauthflows.protocol.models import KeptRequest
from django_oauthflows.rules.pkce import s256
from django_oauthflows.testing.client import VERIFIER, answered
from django_oauthflows.tokens.models import Authorization
from tests.clients.published import Page, Site, site
from tests.marks import conformance, spec
from tests.stories import Story, begin

pytestmark = pytest.mark.django_db

BY_VALUE, BY_REFERENCE, JAR = "OpenID Connect Core §6.1", "OpenID Connect Core §6.2", "RFC 9101 §6"
ISSUER = "http://testserver/o"
EC, OTHER_EC, RSA = (
    ECKey.generate_key("P-256", {"kid": "ours"}),
    ECKey.generate_key("P-256", {"kid": "ours"}),
    RSAKey.generate_key(2048, {"kid": "rsa"}),
)


def signer(**columns: Any) -> Story:
    """A client with published keys that signs its requests; nobody is asked for anything."""
    story = begin(skips_consent=True)
    policy = story.registered.policy
    policy.jwks = {"keys": [key.as_dict(private=False) for key in (EC, RSA)]}
    for name, value in columns.items():
        setattr(policy, name, value)
    policy.save()
    return story


def segment(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def said(story: Story, **changes: Any) -> dict[str, Any]:
    """What an object says: who made it for whom, and a state of its own."""
    members = {
        "iss": story.registered.client_id,
        "aud": ISSUER,
        "client_id": story.registered.client_id,
        "response_type": "code",
        "state": "a-signed-state",
        "exp": int(timezone.now().timestamp()) + 300,
        **changes,
    }
    return {name: value for name, value in members.items() if value is not ...}


def signed(
    story: Story, *, alg: str = "ES256", key: Key = EC, header: Any = None, **changes: Any
) -> str:
    """A request object; `...` leaves a member out."""
    protected = {"alg": alg, "kid": key.kid, **(header or {})}
    protected = {name: value for name, value in protected.items() if value is not None}
    payload = json.dumps(said(story, **changes)).encode()
    return jws.serialize_compact(protected, payload, key, algorithms=[alg])


def unsigned(story: Story, **changes: Any) -> str:
    return f"{segment({'alg': 'none'})}.{segment(said(story, **changes))}."


def refusal_of(response: Any) -> tuple[str, str]:
    """Code and rule of a refusal."""
    error = answered(response)["error"]
    return error, AuditEvent.objects.latest("pk").rule


# By value -----------------------------------------------------------------------------------------------


@spec(BY_VALUE, JAR, "B-28")
@pytest.mark.parametrize(("alg", "key"), [("ES256", EC), ("RS256", RSA), ("PS256", RSA)])
def test_what_the_object_says_counts(alg: str, key: Key) -> None:
    story = signer()
    value = signed(story, alg=alg, key=key, scope="notes:read")
    answer = answered(story.ask(request=value, scope="notes:write", state="unsigned"))
    assert answer["state"] == "a-signed-state"
    assert story.redeem(answer["code"]).json()["scope"] == "notes:read"


@spec(BY_VALUE, "B-28")
def test_members_of_every_form_are_read_as_in_a_link() -> None:
    story = signer()
    claims = {"id_token": {"auth_time": {"essential": True}}}
    value = signed(
        story,
        claims=claims,
        max_age=1000,
        nonce="a-signed-nonce",
        resource=["https://one.example/", "https://two.example/"],
        jti="x",
        unheard_of=[1, {"a": None}],
    )
    assert "code" in answered(story.ask(request=value, nonce="another"))
    grant = Authorization.objects.get()
    assert grant.claims == {**claims, "userinfo": {}, "locales": []}
    assert grant.nonce == "a-signed-nonce"
    assert grant.resource == ["https://one.example/", "https://two.example/"]


@spec(BY_VALUE, "B-28")
def test_what_the_object_is_silent_on_is_taken_from_beside_it() -> None:
    story = signer()
    value = signed(story, state=..., client_id=..., response_type=..., iss=..., aud=..., exp=...)
    assert answered(story.ask(request=value))["state"] == "a-state"


@conformance("oidcc-ensure-request-object-with-redirect-uri")
@spec(BY_VALUE, "B-8", "B-28")
def test_the_redirect_uri_of_the_object_is_the_one_that_counts() -> None:
    good, other = "https://client.example/callback", "https://client.example/signed"
    story = begin(skips_consent=True, redirect_uris=(good, other))
    story.registered.policy.jwks = {"keys": [EC.as_dict(private=False)]}
    story.registered.policy.save()
    response = story.ask(request=signed(story, redirect_uri=other))
    assert response["Location"].startswith(other)
    response = story.ask(
        request=signed(story, redirect_uri=other), redirect_uri="https://evil.example/"
    )
    assert response["Location"].startswith(other)
    response = story.ask(request=signed(story, redirect_uri="https://evil.example/"))
    assert response.status_code == 400


@spec(BY_VALUE, "B-28")
def test_a_shared_secret_signs_where_its_owner_kept_it_readable() -> None:
    story = signer(request_object_signing_alg="HS256")
    secret = secrets.generate_readable()
    key = OctKey.import_key(secret)
    value = signed(story, alg="HS256", key=key, header={"kid": None})
    assert refusal_of(story.ask(request=value))[0] == "invalid_request_object"
    secrets.add(story.registered.application, label="requests", secret=secret, is_readable=True)
    assert "code" in answered(story.ask(request=value))


@spec("OpenID Connect Dynamic Client Registration §2", "RFC 8725 §3.1", "B-28")
def test_the_algorithm_is_the_registered_one() -> None:
    story = signer(request_object_signing_alg="RS256")
    assert "code" in answered(story.ask(request=signed(story, alg="RS256", key=RSA)))
    for value in (signed(story), signed(story, alg="PS256", key=RSA), unsigned(story)):
        assert "error" in answered(story.ask(request=value))


@spec("RFC 8725 §2.1", "B-28", "B-3")
def test_a_public_key_is_no_shared_secret() -> None:
    story = signer()
    content = f"{segment({'alg': 'HS256', 'kid': 'ours'})}.{segment(said(story))}"
    code = hmac.new(EC.as_pem(private=False), content.encode(), sha256).digest()
    value = f"{content}.{segment(code)}"
    assert refusal_of(story.ask(request=value))[0] == "invalid_request_object"


@conformance("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported")
@spec(BY_VALUE, "B-28")
def test_an_unsigned_object_is_read_for_clients_that_registered_it_and_refused_for_others() -> None:
    chosen = signer(request_object_signing_alg="none")
    assert answered(chosen.ask(request=unsigned(chosen)))["state"] == "a-signed-state"
    old = signer(profile="legacy")
    assert answered(old.ask(request=unsigned(old)))["state"] == "a-signed-state"
    story = signer()
    assert refusal_of(story.ask(request=unsigned(story))) == (
        "request_not_supported",
        "request_object_must_be_signed",
    )
    signed_all_the_same = signed(chosen)
    assert "error" in answered(chosen.ask(request=signed_all_the_same))


@pytest.mark.parametrize("profile", ["standard", "legacy"])
@pytest.mark.parametrize("alg", ["RS256", "ES256", "HS256"])
@spec("RFC 9101 §10.5", "B-28", "B-3")
def test_a_client_that_is_bound_to_a_signature_sends_an_invalid_object_without(
    alg: str, profile: str
) -> None:
    story = signer(request_object_signing_alg=alg, profile=profile)
    refused = ("invalid_request_object", "request_object_must_be_signed")
    assert refusal_of(story.ask(request=unsigned(story))) == refused
    assert refusal_of(story.ask(request=unsigned(story) + "AAAA")) == refused
    assert answered(story.ask(request=unsigned(story)))["state"] == "a-state"


@spec("RFC 8725 §3.1", "B-28")
def test_none_with_a_signature_is_nothing() -> None:
    story = signer(request_object_signing_alg="none")
    assert "error" in answered(story.ask(request=unsigned(story) + "AAAA"))


REFUSED: dict[str, dict[str, Any]] = {
    "another client made it": {"iss": "another-client"},
    "another client is named": {"client_id": "another-client"},
    "it is for another server": {"aud": "https://elsewhere.example"},
    "it is for other servers": {"aud": ["https://elsewhere.example"]},
    "its audience is nothing": {"aud": None},
    "it is a client assertion": {"sub": "SELF"},
    "it holds an object": {"request": "x"},
    "it holds a reference": {"request_uri": "https://client.example/"},
    "it has expired": {"exp": 1},
    "it is not valid yet": {"nbf": 9_999_999_999},
    "its end is no time": {"exp": "soon"},
    "its beginning is no time": {"nbf": True},
    "another response type": {"response_type": "token"},
    "its scope is a list": {"scope": ["notes:read"]},
    "its scope is null": {"scope": None},
    "its max_age is a truth": {"max_age": True},
    "a text that is none": {"state": "\ud800"},
    "its resource is no text": {"resource": [{}, 1.5]},
}


@spec(BY_VALUE, JAR, "RFC 9101 §10.8", "B-28", "B-3", "B-4")
@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_an_object_for_somebody_else_or_of_another_form_is_refused(changes: Any) -> None:
    story = signer()
    mine = {name: story.registered.client_id if v == "SELF" else v for name, v in changes.items()}
    value = signed(story, **mine)
    answer = answered(story.ask(request=value))
    assert answer["error"] == "invalid_request_object"
    assert answer["state"] == "a-state"
    assert value not in str(AuditEvent.objects.values().latest("pk"))
    assert not Authorization.objects.exists()


#: What every request of OAuth's holds, and its link need not.
WHOLE = {
    "redirect_uri": "https://client.example/callback",
    "scope": "notes:read",
    "code_challenge": s256(VERIFIER),
    "code_challenge_method": "S256",
}
TYPED = {"typ": "oauth-authz-req+jwt"}
#: What a link must not add to an object that says all: a value of it, and what the grant would show.
BESIDE: dict[str, tuple[str, Callable[[Authorization], bool]]] = {
    "resource": ("https://evil.example/", lambda grant: grant.resource == []),
    "claims": ('{"userinfo": {"email": null}}', lambda grant: grant.claims is None),
    "claims_locales": ("de", lambda grant: grant.claims is None),
    "scope": ("notes:read notes:write", lambda grant: grant.scope == "notes:read"),
    "nonce": ("of-the-link", lambda grant: grant.nonce == ""),
    "max_age": ("0", lambda grant: True),
    "prompt": ("consent", lambda grant: True),
    "acr_values": ("urn:x", lambda grant: True),
    "id_token_hint": ("wrong", lambda grant: True),
    "registration": ("{}", lambda grant: True),
    "response_type": ("token", lambda grant: True),
    "redirect_uri": ("https://evil.example/", lambda grant: True),
    "unheard_of": ("x", lambda grant: True),
}


@pytest.mark.parametrize("name", BESIDE)
@pytest.mark.parametrize("typ", ["oauth-authz-req+jwt", "application/OAUTH-AUTHZ-REQ+jwt"])
@spec("RFC 9101 §6.3", "B-28")
def test_of_an_oauth_request_object_nothing_beside_it_counts(typ: str, name: str) -> None:
    sent, is_ignored = BESIDE[name]
    story = signer()
    value = signed(story, header={"typ": typ}, **WHOLE)
    response = story.ask(request=value, **{name: sent})
    assert response["Location"].startswith("https://client.example/callback?")
    answer = answered(response)
    assert (answer.keys(), answer["state"]) == ({"code", "state", "iss"}, "a-signed-state")
    assert is_ignored(Authorization.objects.get())
    assert story.redeem(answer["code"]).status_code == 200


@spec("RFC 9101 §6.3", "B-28")
def test_the_response_mode_and_the_state_beside_an_oauth_request_object_are_ignored() -> None:
    story = signer()
    value = signed(story, header=TYPED, state=..., **WHOLE)
    answer = answered(story.ask(request=value, response_mode="fragment", state="of-the-link"))
    assert answer.keys() == {"code", "iss"}
    chosen = signed(story, header=TYPED, response_mode="fragment", **WHOLE)
    answer = answered(story.ask(request=chosen, response_mode="query"), mode="fragment")
    assert answer["state"] == "a-signed-state"


@pytest.mark.parametrize(
    ("left_out", "error"),
    [
        ("response_type", "invalid_request"),
        ("code_challenge", "invalid_request"),
    ],
)
@spec("RFC 9101 §6.3", "B-28", "B-3")
def test_what_an_oauth_request_object_lacks_is_lacking(left_out: str, error: str) -> None:
    story = signer()
    members = {**WHOLE, "code_challenge_method": ..., left_out: ...}
    answer = answered(story.ask(request=signed(story, header=TYPED, **members)))
    assert answer["error"] == error
    assert not Authorization.objects.exists()


@spec("RFC 9101 §6.3", "RFC 6749 §3.1.2.3", "B-8")
def test_a_redirect_uri_beside_an_oauth_request_object_is_not_taken() -> None:
    addresses = ("https://client.example/callback", "https://client.example/another")
    story = begin(skips_consent=True, redirect_uris=addresses)
    story.registered.policy.jwks = {"keys": [EC.as_dict(private=False)]}
    story.registered.policy.save()
    value = signed(story, header=TYPED, **{**WHOLE, "redirect_uri": ...})
    assert story.ask(request=value).status_code == 400
    assert refusal_rule() == "redirect_uri_must_be_sent"


def refusal_rule() -> str:
    """The rule of the last refusal."""
    return AuditEvent.objects.latest("pk").rule


@spec("RFC 9101 §6.3", BY_REFERENCE, "B-28")
def test_of_one_that_was_fetched_or_posted_nothing_beside_it_counts_either(served: Site) -> None:
    story = signer(request_uris=[served.url])
    value = signed(story, header=TYPED, **WHOLE)
    publish(served, value)
    sent = story.ask(request_uri=served.url, resource="https://evil.example/")
    assert "code" in answered(story.browser.get(sent["Location"]))
    url = story.authorization_url(request=value, resource="https://evil.example/")
    path, _, body = url.partition("?")
    form = "application/x-www-form-urlencoded"
    posted = story.browser.post(path, body, content_type=form)
    assert "code" in answered(story.browser.get(posted["Location"]))
    assert [grant.resource for grant in Authorization.objects.all()] == [[], []]


@spec(BY_VALUE, "B-28")
def test_an_object_that_does_not_say_so_is_one_of_openid_connect() -> None:
    """Its link holds what it is silent on."""
    for header in ({}, {"typ": "JWT"}):
        story = signer()
        value = signed(story, header=header)
        answer = answered(story.ask(request=value, resource="https://api.example/"))
        grant = Authorization.objects.get(application=story.registered.application)
        assert grant.resource == ["https://api.example/"]
        assert answer["state"] == "a-signed-state"


@spec("RFC 8725 §3.11", "RFC 9101 §10.8", "B-28")
@pytest.mark.parametrize(
    ("typ", "is_read"),
    [
        (None, True),
        ("JWT", True),
        ("oauth-authz-req+jwt", True),
        ("application/oauth-authz-req+jwt", True),
        ("at+jwt", False),
        ("dpop+jwt", False),
    ],
)
def test_an_object_is_a_request_by_its_type(typ: Any, is_read: bool) -> None:
    story = signer()
    value = signed(story, header={"typ": typ}, **WHOLE)
    assert ("code" in answered(story.ask(request=value))) == is_read


@spec(BY_VALUE, "B-28")
def test_another_key_or_a_changed_object_is_refused() -> None:
    story = signer()
    header, payload, signature = signed(story).split(".")
    forged = segment({**said(story), "scope": "notes:write"})
    for value in (
        signed(story, key=OTHER_EC),
        signed(story, header={"kid": "unknown"}),
        f"{header}.{forged}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}.{signature}.x.y",
    ):
        assert answered(story.ask(request=value))["error"] == "invalid_request_object"
    keyless = begin()
    assert answered(keyless.ask(request=signed(keyless)))["error"] == "invalid_request_object"


TWICE = b'{"state": "a", "state": "b"}'
DEEP = b'{"claims":' + b"[" * 5000 + b"]" * 5000 + b"}"


@spec(BY_VALUE, "B-1")
@pytest.mark.parametrize(
    "value",
    [
        "x",
        "..",
        "a.b.c",
        "é.é.é",
        f"{segment({'alg': 'none'})}.{segment(b'[]')}.",
        f"{segment({'alg': 'none'})}.{segment(DEEP)}.",
        f"{segment({'alg': 1})}.{segment({})}.",
        f"{segment([])}.{segment({})}.",
        f"{segment({'alg': 'none', 'crit': ['x']})}.{segment({})}.",
        f"{segment({'alg': 'none'})}.{segment({'state': 'a' * 5000})}.",
        f"{segment({'alg': 'none'})}.{segment(TWICE)}.",
    ],
)
def test_a_hostile_object_is_refused(value: str) -> None:
    story = signer(request_object_signing_alg="none")
    answer = answered(story.ask(request=value))
    assert answer["error"] in ("invalid_request_object", "invalid_request")


NAMES = ("state", "scope", "nonce", "claims", "max_age", "resource", "redirect_uri", "prompt")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@spec(BY_VALUE, "B-1")
@examples(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(members=st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4))
def test_no_object_makes_the_endpoint_fail(db: None, members: dict[str, Any]) -> None:
    story = signer(request_object_signing_alg="none")
    response = story.ask(request=unsigned(story, **members))
    assert response.status_code in (200, 302, 400)


@spec("OpenID Connect Core §6", "B-28")
def test_both_ways_at_once_are_refused() -> None:
    story = signer()
    both = story.ask(request=signed(story), request_uri="https://client.example/request")
    assert refusal_of(both)[1] == "request_and_request_uri_must_not_be_combined"


@spec(BY_VALUE, "B-16")
def test_the_person_is_asked_as_on_any_request() -> None:
    story = signer()
    story.registered.policy.skips_consent = False
    story.registered.policy.save()
    value = signed(story, scope="notes:read")
    assert story.ask(request=value).status_code == 200
    assert story.decide(request=value, scopes=["notes:read", "notes:write"]).status_code == 400
    answer = answered(story.decide(request=value, scopes=["notes:read"]))
    assert story.redeem(answer["code"]).json()["scope"] == "notes:read"


# By reference -------------------------------------------------------------------------------------------


@pytest.fixture
def served() -> Iterator[Site]:
    with site() as running:
        yield running


def publish(served: Site, value: str) -> None:
    served.page = Page(body=value.encode(), headers={"Content-Type": "application/jwt"})


@spec(BY_REFERENCE, "B-28")
def test_a_published_object_is_fetched_once_and_answered(served: Site) -> None:
    story = signer(request_uris=[served.url])
    publish(served, signed(story))
    kept = story.ask(request_uri=served.url)
    assert kept.status_code == 302
    publish(served, signed(story, state="changed-meanwhile"))
    assert answered(story.browser.get(kept["Location"]))["state"] == "a-signed-state"
    assert len(served.asked) == 1


@conformance(
    "oidcc-request-uri-unsigned",
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported",
)
@spec(BY_REFERENCE, "B-28")
def test_an_unsigned_published_object_is_read_for_clients_that_registered_it(served: Site) -> None:
    story = signer(request_uris=[served.url], request_object_signing_alg="none")
    publish(served, unsigned(story))
    kept = story.ask(request_uri=served.url)
    assert answered(story.browser.get(kept["Location"]))["state"] == "a-signed-state"
    strict = signer(request_uris=[served.url])
    publish(served, unsigned(strict))
    assert answered(strict.ask(request_uri=served.url))["error"] == "request_not_supported"
    strict.registered.policy.request_object_signing_alg = "RS256"
    strict.registered.policy.save()
    assert answered(strict.ask(request_uri=served.url))["error"] == "invalid_request_object"


@conformance("oidcc-request-uri-signed-rs256")
@spec(BY_REFERENCE, "B-28")
def test_a_published_object_is_signed_as_the_client_is_registered(served: Site) -> None:
    story = signer(request_uris=[served.url], request_object_signing_alg="RS256")
    publish(served, signed(story, alg="RS256", key=RSA))
    kept = story.ask(request_uri=served.url)
    assert answered(story.browser.get(kept["Location"]))["state"] == "a-signed-state"
    publish(served, signed(story))
    assert answered(story.ask(request_uri=served.url))["error"] == "invalid_request_object"


@spec(BY_REFERENCE, "B-28", "B-3")
def test_no_other_address_is_asked(served: Site) -> None:
    story = signer(request_uris=[served.url])
    for uri in (f"{served.url}x", served.url[:-1], "http://127.0.0.1/", "urn:x", "\u2100//["):
        assert refusal_of(story.ask(request_uri=uri)) == (
            "invalid_request_uri",
            "request_uri_must_be_registered",
        )
    assert served.asked == []


@spec(BY_REFERENCE, "B-28")
@pytest.mark.parametrize("is_registered_with_it", [True, False])
def test_a_fragment_may_be_of_anything(served: Site, is_registered_with_it: bool) -> None:
    """Nothing is kept of what was fetched, so there is nothing it could tell apart (§6.2)."""
    uri = f"{served.url}#{urlsafe_b64encode(sha256(b'something else').digest()).decode()}"
    story = signer(request_uris=[uri if is_registered_with_it else served.url])
    publish(served, signed(story))

    kept = story.ask(request_uri=uri)

    assert "code" in answered(story.browser.get(kept["Location"]))


@spec(BY_REFERENCE, "B-28", "B-1")
@pytest.mark.parametrize(
    "page", [Page(status=404), Page(status=302), Page(body=b"\xff"), Page(body=b"a" * 20_000)]
)
def test_what_cannot_be_fetched_is_refused(served: Site, page: Page) -> None:
    story = signer(request_uris=[served.url])
    served.page = page
    assert refusal_of(story.ask(request_uri=served.url)) == (
        "invalid_request_uri",
        "request_uri_must_be_fetched",
    )
    assert not KeptRequest.objects.exists()


@spec(BY_REFERENCE, "B-28")
def test_addresses_inside_the_network_are_not_asked(served: Site) -> None:
    story = signer(request_uris=[served.url])
    publish(served, signed(story))
    with override_settings(OAUTHFLOWS={}):
        assert refusal_of(story.ask(request_uri=served.url))[0] == "invalid_request_uri"
    assert served.asked == []


@spec(BY_VALUE, BY_REFERENCE, "B-28")
def test_an_object_may_be_posted(served: Site) -> None:
    story = signer(request_uris=[served.url])
    publish(served, signed(story))
    for how in ({"request": signed(story)}, {"request_uri": served.url}):
        sent = {"client_id": story.registered.client_id, "response_type": "code", **how}
        sent["redirect_uri"] = story.registered.redirect_uris[0]
        sent["code_challenge"] = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        sent["code_challenge_method"] = "S256"
        sent["scope"] = "notes:read"
        response = story.browser.post(
            reverse("oauthflows:authorize"),
            urlencode(sent),
            content_type="application/x-www-form-urlencoded",
        )
        while response["Location"].startswith("/o/authorize/"):
            response = story.browser.get(response["Location"])
        assert answered(response)["state"] == "a-signed-state"


@spec(BY_VALUE)
def test_clocks_may_differ_a_little() -> None:
    story = signer()
    lately = timezone.now() - timedelta(seconds=30)
    value = signed(story, exp=int(lately.timestamp()), nbf=int(timezone.now().timestamp()) + 30)
    assert "code" in answered(story.ask(request=value))
