"""What the example project's other sites believe of what a provider says."""

import time
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from django.core.exceptions import SuspiciousOperation
from django.test import RequestFactory

from example_project.relying_party.logout_tokens import EVENT, NotALogoutToken, opened
from example_project.relying_party.people import People
from example_project.relying_party.provider_logout import provider_logout_form
from tests.marks import spec

ISSUER, CLIENT, SECRET = "https://id.example/o", "reading-room", "s" * 43


@pytest.fixture(autouse=True)
def site(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A site whose provider signs with a key they share, so that nothing is fetched."""
    settings.PROVIDER_URL = ISSUER
    settings.OIDC_OP_TOKEN_ENDPOINT = settings.OIDC_OP_USER_ENDPOINT = ISSUER
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = CLIENT, SECRET
    settings.OIDC_RP_SIGN_ALGO = "HS256"
    monkeypatch.setattr(People, "retrieve_matching_jwk", lambda self, token: SECRET)


def signed(**changes: Any) -> str:
    now = int(time.time())
    members = {"iss": ISSUER, "aud": CLIENT, "iat": now, "exp": now + 60, "sub": "1", **changes}
    kept = {name: value for name, value in members.items() if value is not None}
    return jwt.encode(kept, SECRET, algorithm="HS256")


def signed_in_by(token: str) -> dict[str, Any]:
    people = People()
    people.request = SimpleNamespace(session={})
    return people.verify_token(token, nonce="n")


@spec("OpenID Connect Core §3.1.3.7")
@pytest.mark.parametrize("audience", [CLIENT, [CLIENT], ["another", CLIENT]])
def test_an_id_token_for_this_site_signs_somebody_in(audience: Any) -> None:
    assert signed_in_by(signed(aud=audience, nonce="n"))["sub"] == "1"


@spec("OpenID Connect Core §3.1.3.7")
@pytest.mark.parametrize(
    "wrong",
    [{"iss": "https://evil.example"}, {"aud": "tea-house"}, {"aud": None}, {"nonce": "another"}],
)
def test_an_id_token_for_another_site_signs_nobody_in(wrong: dict[str, Any]) -> None:
    with pytest.raises(SuspiciousOperation):
        signed_in_by(signed(**{"nonce": "n", **wrong}))


@spec("OpenID Connect RP-Initiated Logout 1.0 §2")
def test_an_id_token_is_posted_to_sign_out_and_stands_in_no_url() -> None:
    request = RequestFactory().post("/sign-out/")
    request.session = {"oidc_id_token": "a.long.token"}
    assert provider_logout_form(request) == {
        "id_token_hint": "a.long.token",
        "client_id": CLIENT,
        "post_logout_redirect_uri": "http://testserver/",
    }
    request.session = {}
    assert "id_token_hint" not in provider_logout_form(request)


LOGOUT = {"jti": "once", "events": {EVENT: {}}, "sid": "of the provider"}


@spec("OpenID Connect Back-Channel Logout 1.0 §2.6")
def test_a_logout_token_is_believed() -> None:
    assert opened(signed(**LOGOUT))["sid"] == "of the provider"


@spec("OpenID Connect Back-Channel Logout 1.0 §2.6")
@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"},
        {"aud": "tea-house"},
        {"jti": None},
        {"exp": 1},
        {"exp": None},
        {"nonce": "n"},
        {"events": None},
        {"events": {}},
        {"events": {EVENT: None}},
        {"events": EVENT},
        {"sub": None, "sid": None},
    ],
)
def test_any_other_jwt_signs_nobody_out(wrong: dict[str, Any]) -> None:
    with pytest.raises(NotALogoutToken):
        opened(signed(**{**LOGOUT, **wrong}))
