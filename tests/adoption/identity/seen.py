"""What a relying party sees of a site, over the network."""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from jwcrypto.jwk import JWK, JWKSet
from jwcrypto.jws import JWS

from tests.adoption.fill import CHALLENGE, VERIFIER
from tests.adoption.identity.fill import PASSWORD, REDIRECT_URI, SIGNED_OUT
from tests.browsing import Person, forms

#: Scopes a client asks for: all that tell of people, and no more than who it is.
FULL, LEAST = "openid profile email groups", "openid"


@dataclass(frozen=True, kw_only=True)
class Told:
    """One sign-in: the ID token as it came, what it says once verified, and what userinfo answered."""

    id_token: str
    header: dict[str, Any]
    payload: dict[str, Any]
    userinfo_status: int
    userinfo: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Party:
    """A relying party of one site."""

    url: str
    client_id: str
    client_secret: str

    def ada(self) -> Person:
        return Person(username="ada", password=PASSWORD)

    def document(self) -> dict[str, Any]:
        return self._get("/o/.well-known/openid-configuration")

    def published(self) -> list[dict[str, Any]]:
        return list(self._get("/o/.well-known/jwks.json")["keys"])

    def _get(self, path: str, **headers: str) -> dict[str, Any]:
        answer = requests.get(self.url + path, headers=headers, timeout=30)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def authorization_url(self, scope: str, **parameters: str) -> str:
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT_URI,
            "scope": scope,
            "nonce": "the-nonce",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **parameters,
        }
        return f"{self.url}/o/authorize/?{urlencode(asked)}"

    def signs_in(self, scope: str = FULL, ada: Person | None = None) -> Told:
        """Send Ada through the code flow, and verify what comes of it as the document says."""
        url = self.authorization_url(scope)
        callback = (ada or self.ada()).allow(url, REDIRECT_URI)
        answer = self.redeem(parse_qs(urlsplit(callback).query)["code"][0])
        assert answer.status_code == 200, answer.text
        bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        said = requests.get(f"{self.url}/o/userinfo/", headers=bearer, timeout=30)
        header, payload = self.verified(answer.json()["id_token"])
        return Told(
            id_token=answer.json()["id_token"],
            header=header,
            payload=payload,
            userinfo_status=said.status_code,
            userinfo=said.json(),
        )

    def redeem(self, code: str) -> requests.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": REDIRECT_URI,
            "code_verifier": VERIFIER,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }
        return requests.post(f"{self.url}/o/token/", data=form, timeout=30)

    def verified(self, id_token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims, by the published key or the client's own secret."""
        signed = JWS()
        signed.deserialize(id_token)
        header: dict[str, Any] = signed.jose_header
        if header["alg"] == "HS256":
            secret = urlsafe_b64encode(self.client_secret.encode()).rstrip(b"=").decode()
            key = JWK(kty="oct", k=secret)
        else:
            key = JWKSet.from_json(json.dumps({"keys": self.published()})).get_key(header["kid"])
        signed.verify(key)
        return header, json.loads(signed.payload)

    def silent(self, id_token: str, ada: Person) -> dict[str, list[str]]:
        """Ask again without a page, about the person of an ID token: what comes back to the client."""
        url = self.authorization_url(FULL, prompt="none", id_token_hint=id_token)
        answer = ada.open(url, until=REDIRECT_URI)
        return parse_qs(urlsplit(answer.headers["Location"]).query)

    def signed_out(self, id_token: str, ada: Person) -> str:
        """Sign Ada out with an ID token, saying yes where the site asks: where she is sent."""
        sent = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": SIGNED_OUT,
            "state": "a-state",
        }
        page = ada.open(f"{self.url}/o/logout/?{urlencode(sent)}", until=SIGNED_OUT)
        if not page.is_redirect:
            assert page.ok, page.text
            (form,) = [form for form in forms(page) if form.fields]
            yes = [button for button in form.buttons if button == ("decision", "sign-out")]
            page = ada.press(page, form, *yes, until=SIGNED_OUT)
        return str(page.headers["Location"])
