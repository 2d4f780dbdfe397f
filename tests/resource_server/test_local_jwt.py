"""An API that verifies JWT access tokens by itself: what it takes, and all that it refuses."""

import hmac
import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone
from joserfc import jws
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import ECKey, RSAKey

from django_oauthflows.conf import conf
from django_oauthflows.keys import jwt, ring
from django_oauthflows.keys.rotation import rotate
from django_oauthflows.resource_server import PersonPrincipal
from tests.flows.test_jwt_access_tokens import jwt_story, service
from tests.marks import spec
from tests.resource_server.test_authentication import challenge_of
from tests.stories import begin

pytestmark = pytest.mark.django_db


def claims(**changes: Any) -> dict[str, Any]:
    """What a good access token of this site says; None leaves a claim out."""
    now = int(timezone.now().timestamp())
    merged = {
        "iss": "http://testserver/o",
        "sub": "7",
        "aud": "http://testserver",
        "client_id": "a-client",
        "iat": now,
        "exp": now + 60,
        "jti": "an-id",
        "scope": "notes:read",
        **changes,
    }
    return {name: value for name, value in merged.items() if value is not None}


def signed(typ: str = "at+jwt", **changes: Any) -> str:
    return jwt.sign(claims(**changes), typ=typ)


def b64(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw_signed(header: bytes | dict[str, Any], payload: bytes | dict[str, Any]) -> str:
    """Signed with our own key, whatever the header and the payload are."""
    signing_input = f"{b64(header)}.{b64(payload)}"
    known = ring.signing_key()
    algorithm = jws.JWSRegistry.algorithms[known.algorithm]
    return f"{signing_input}.{b64(algorithm.sign(signing_input.encode(), known.key))}"


def own_header(**changes: Any) -> dict[str, Any]:
    known = ring.signing_key()
    return {"typ": "at+jwt", "alg": known.algorithm, "kid": known.kid, **changes}


def assert_refused(token: str, paths: tuple[str, ...] = ("/api/local/", "/api/notes/")) -> None:
    """401 with a challenge, wherever it is shown."""
    story = begin()
    for path in paths:
        response = story.call(token, path)
        assert response.status_code == 401, (path, response.content)
        assert challenge_of(response)["error"] == "invalid_token"


@spec("RFC 9068 §4", "B-23")
def test_a_token_stands_for_its_person_client_and_scopes() -> None:
    story = jwt_story()
    token = story.tokens(scope="notes:read")["access_token"]
    for path in ("/api/local/", "/api/local/own/"):
        assert story.call(token, path).json() == {
            "person": story.person.pk,
            "client_id": story.registered.client_id,
            "scope": "notes:read",
        }


@spec("RFC 9068 §2.2", "B-23")
def test_a_services_token_stands_for_nobody() -> None:
    story = service()
    token = story.token(grant_type="client_credentials", scope="notes:read").json()["access_token"]
    assert story.call(token, "/api/local/").json()["person"] is None
    assert story.call(token, "/api/local/own/").status_code == 403


@spec("RFC 6750 §3.1", "B-26")
def test_too_little_scope_is_named() -> None:
    story = jwt_story()
    response = story.call(story.tokens(scope="profile")["access_token"], "/api/local/")
    assert response.status_code == 403
    assert challenge_of(response)["scope"] == "notes:read"


@spec("RFC 6750 §3", "B-26")
def test_no_token_is_a_plain_challenge() -> None:
    response = begin().back_channel.get("/api/local/")
    assert response.status_code == 401
    assert "error" not in challenge_of(response)


@spec("B-21", "B-23")
def test_the_trade_is_as_it_is_told() -> None:
    """Revoked: refused at once where it is looked up, and taken until it expires where it is not."""
    story = jwt_story()
    token = story.tokens()["access_token"]
    story.post("revoke", token=token)
    assert story.call(token, "/api/notes/").status_code == 401
    assert story.call(token, "/api/local/").status_code == 200


def test_a_good_token_made_by_hand_is_good() -> None:
    """What the refusals below are measured against."""
    story = begin()
    for token in (signed(), raw_signed(own_header(), claims())):
        assert story.call(token, "/api/local/").status_code == 200


# Refused --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token",
    [
        "eyA.b.c",
        "a.b.c",
        "..",
        ".",
        "eyJhbGciOiJub25lIn0..",
        "a" * 43,
        "a." * 20_000,
        f"{b64(b'[' * 300)}.a.a",
        f"{b64(b'{' * 10_000)}.a.a",
        f"{b64([])}.{b64({})}.a",
        f"{b64({'alg': 'ES256'})}.{b64({})}.a",
        f"{b64({'alg': 'ES256', 'kid': ['x']})}.{b64({})}.a",
        f"{b64({'alg': ['ES256'], 'kid': 'x'})}.{b64({})}.a",
        f"{b64(bytes([0xFF, 0xFE]))}.a.a",
        "e30.e30.e30",
    ],
)
@spec("RFC 6750 §3.1", "B-23")
def test_garbage_is_refused(token: str) -> None:
    assert_refused(token)


@pytest.mark.parametrize("typ", ["JWT", "", "id+jwt", "token-introspection+jwt", "logout+jwt"])
@spec("RFC 9068 §4", "RFC 8725 §3.11", "B-23")
def test_an_id_token_or_any_other_jwt_of_ours_is_refused(typ: str) -> None:
    assert_refused(signed(typ=typ))


@spec("RFC 9068 §4", "B-23")
def test_a_jwt_without_a_type_is_refused() -> None:
    header = own_header()
    del header["typ"]
    assert_refused(raw_signed(header, claims()))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "http://testserver/other"},
        {"iss": None},
        {"aud": "https://another.example"},
        {"aud": "http://testserver.another.example"},
        {"aud": []},
        {"aud": None},
        {"aud": 7},
        {"exp": 1},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": None},
        {"iat": 9_999_999_999},
        {"nbf": 9_999_999_999},
        {"sub": None},
        {"client_id": None},
        {"jti": None},
        {"scope": ["notes:read"]},
    ],
    ids=str,
)
@spec("RFC 9068 §4", "RFC 9068 §2.2", "B-23", "B-27")
def test_a_token_that_claims_anything_else_is_refused(changes: dict[str, Any]) -> None:
    assert_refused(signed(**changes))


@spec("RFC 9068 §4", "RFC 8725 §3.2", "B-23")
def test_an_unsigned_token_is_refused() -> None:
    for algorithm in ("none", "None", "NONE"):
        header = own_header(alg=algorithm)
        for signature in ("", b64(b"x")):
            assert_refused(f"{b64(header)}.{b64(claims())}.{signature}")


@spec("RFC 8725 §3.1", "B-23")
def test_the_public_key_is_no_shared_secret() -> None:
    """The classic: an HMAC keyed with the published key, in each form it is published in."""
    known = ring.signing_key()
    public = known.key.as_dict(private=False)
    pem = known.key.as_pem(private=False)
    for secret in (pem, json.dumps(public).encode(), public["x"].encode()):
        signing_input = f"{b64(own_header(alg='HS256'))}.{b64(claims())}"
        mac = hmac.digest(secret, signing_input.encode(), "sha256")
        assert_refused(f"{signing_input}.{b64(mac)}")


@spec("RFC 9068 §4", "B-23")
def test_another_servers_key_is_refused() -> None:
    theirs = ECKey.generate_key("P-256")
    unknown = {"typ": "at+jwt", "alg": "ES256", "kid": theirs.thumbprint()}
    assert_refused(joserfc_jwt.encode(unknown, claims(), theirs))
    assert_refused(joserfc_jwt.encode(own_header(), claims(), theirs))


@spec("RFC 8725 §3.1", "B-23")
def test_the_key_decides_on_the_algorithm() -> None:
    theirs = RSAKey.generate_key(2048)
    assert_refused(joserfc_jwt.encode(own_header(alg="RS256"), claims(), theirs))


@spec("RFC 7515 §4.1.3", "RFC 8725 §3.10", "B-23")
def test_a_key_the_token_brings_along_is_not_used() -> None:
    theirs = ECKey.generate_key("P-256")
    header = own_header(jwk=theirs.as_dict(private=False), jku="https://evil.example/jwks")
    assert_refused(joserfc_jwt.encode(header, claims(), theirs))


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"]},
        {"crit": ["b64"], "b64": True},
        {"crit": ["invented"], "invented": 1},
        {"crit": []},
        {"b64": True},
    ],
    ids=str,
)
@spec("RFC 7515 §4.1.11", "RFC 7797 §7", "B-23")
def test_an_extension_that_is_not_understood_is_refused(header: dict[str, Any]) -> None:
    assert_refused(raw_signed(own_header(**header), claims()))


@spec("RFC 7515 §4", "RFC 7519 §4", "B-23")
def test_a_member_that_comes_twice_is_refused() -> None:
    payload = json.dumps(claims(scope="notes:write"))
    twice = payload[:-1] + ', "scope": "notes:read"}'
    assert_refused(raw_signed(own_header(), twice.encode()))
    header = json.dumps(own_header())
    assert_refused(raw_signed((header[:-1] + ', "typ": "at+jwt"}').encode(), claims()))


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"null", b"{", b'{"exp": NaN}', b'{"exp": Infinity}', b"[" * 9000, b"\xff"],
    ids=repr,
)
@spec("RFC 7519 §7.2", "B-23")
def test_a_signed_payload_that_is_no_object_is_refused(payload: bytes) -> None:
    assert_refused(raw_signed(own_header(), payload))


@pytest.mark.parametrize("part", [0, 1, 2])
@spec("RFC 9068 §4", "B-23")
def test_a_changed_token_is_refused(part: int) -> None:
    parts = signed().split(".")
    changed = "A" if parts[part][10] != "A" else "B"
    parts[part] = parts[part][:10] + changed + parts[part][11:]
    assert_refused(".".join(parts))


@spec("RFC 9068 §4", "B-23")
def test_an_opaque_token_is_refused_where_nobody_looks_it_up() -> None:
    story = begin()
    token = story.tokens()["access_token"]
    assert story.call(token, "/api/notes/").status_code == 200
    assert_refused(token, ("/api/local/",))


# Whom it is meant for ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "audience",
    [
        "http://testserver",
        "http://testserver/api",
        "http://testserver/api/local/",
        ["https://another.example", "http://testserver/api"],
    ],
    ids=str,
)
@spec("RFC 9068 §4", "RFC 8707 §2", "B-27")
def test_a_token_for_this_api_or_what_it_belongs_to_is_taken(audience: Any) -> None:
    assert begin().call(signed(aud=audience), "/api/local/").status_code == 200


@spec("RFC 8707 §2", "B-27")
def test_a_token_for_the_api_next_door_is_refused() -> None:
    story = jwt_story()
    token = story.tokens(resource="http://testserver/api/other")["access_token"]
    assert_refused(token, ("/api/local/", "/api/notes/"))


# Keys --------------------------------------------------------------------------------------------------


@spec("B-30")
def test_rotation_fails_no_verification() -> None:
    story = jwt_story()
    before = story.tokens()["access_token"]
    rotate(at_once=True)
    after = story.tokens()["access_token"]
    assert jwt.open_jwt(before).header["kid"] != jwt.open_jwt(after).header["kid"]
    for token in (before, after):
        assert story.call(token, "/api/local/").status_code == 200


@spec("B-30")
def test_a_key_that_is_gone_is_trusted_no_more() -> None:
    token = signed(exp=9_999_999_999)
    now = timezone.now()
    rotate(at_once=True, now=now)
    rotate(now=now + timedelta(seconds=conf.KEY_RETIRED_SECONDS))
    assert_refused(token)


@spec("RFC 9068 §4", "B-23", "B-30")
def test_an_api_of_its_own_trusts_the_keys_it_was_given(
    django_assert_num_queries: Any,
) -> None:
    theirs = ECKey.generate_key("P-256")
    published = {**theirs.as_dict(private=False), "kid": theirs.thumbprint()}
    apart = {
        "ISSUER": "https://id.example/o",
        "RESOURCE": "https://api.example",
        "JWKS": {"keys": [published, {"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}]},
    }
    header = {"typ": "at+jwt", "alg": "ES256", "kid": theirs.thumbprint()}
    good = claims(iss="https://id.example/o", aud="https://api.example")
    story = begin()
    ours = signed(iss="https://id.example/o", aud="https://api.example")
    with override_settings(OAUTHFLOWS=apart), django_assert_num_queries(0):
        token = joserfc_jwt.encode(header, good, theirs)
        assert story.call(token, "/api/local/").status_code == 200
        assert story.call(ours, "/api/local/").status_code == 401


@pytest.mark.parametrize(("subject", "key"), [("7", 7), ("someone", "someone")])
def test_a_principal_has_the_key_of_its_person(subject: str, key: Any) -> None:
    person = PersonPrincipal.of(subject)
    assert (person.pk, person.id) == (key, key)
    assert person.is_authenticated
    powers = (person.is_staff, person.is_superuser, person.has_perm("x.y"))
    assert not any((*powers, person.has_perms(["x.y"]), person.has_module_perms("x")))
    assert not person.is_anonymous
    assert str(person) == f"person {subject}"
    assert person.get_username() == f"person:{subject}"
