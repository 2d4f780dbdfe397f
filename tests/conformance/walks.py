"""How the conformance suite walks: one kind of request, by one response type, answered in one mode."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.identity.stories import WITHOUT_PKCE, claims_of, half_hash, userinfo
from tests.stories import Story

#: The response types of the Basic, Implicit and Hybrid profiles.
BASIC = ("code",)
IMPLICIT = ("id_token", "id_token token")
HYBRID = ("code id_token", "code token", "code id_token token")
#: The usual mode, and that of the form post profiles.
MODES = ("default", "form_post")


@dataclass(frozen=True, kw_only=True)
class Walk:
    """A relying party of every response type, and the one it uses here."""

    story: Story
    response_type: str
    mode: str

    @property
    def has_code(self) -> bool:
        return "code" in self.response_type.split()

    @property
    def has_access_token(self) -> bool:
        """Is there an access token at any point, be it for the code?"""
        return self.response_type != "id_token"

    def request(self, **changes: Any) -> dict[str, Any]:
        return {
            "response_type": self.response_type,
            "scope": "openid",
            "nonce": "a-nonce",
            **({"response_mode": "form_post"} if self.mode == "form_post" else {}),
            **WITHOUT_PKCE,
            **changes,
        }

    def ask(self, **changes: Any) -> Any:
        """The answer to a request, whatever it is."""
        return self.story.ask(**self.request(**changes))

    def agree(self, **changes: Any) -> dict[str, str]:
        """What the client is sent once the person agreed."""
        return self.sent(self.story.decide(**self.request(**changes)))

    def sent(self, response: Any) -> dict[str, str]:
        """The parameters of an answer, which stand in no other place than the mode says."""
        if self.mode == "form_post":
            page = response.content.decode()
            assert response.status_code == 200, response
            fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
            return {name: unescape(value) for name, value in fields}
        parts = urlsplit(response["Location"])
        used, unused = parts.query, parts.fragment
        if self.response_type != "code":
            used, unused = unused, used
        assert unused == ""
        return dict(parse_qsl(used))

    def finish(self, answer: Mapping[str, str], **redeeming: Any) -> dict[str, str]:
        """All tokens of an answer, those of its code among them; each ID token is verified."""
        assert "error" not in answer, answer
        if "id_token" in answer:
            self._verify(answer)
        tokens = dict(answer)
        if self.has_code:
            response = self.story.redeem(answer["code"], code_verifier=None, **redeeming)
            assert response.status_code == 200, response.content
            tokens |= response.json()
            self._verify({"code": answer["code"], **response.json()}, is_in_front=False)
        return tokens

    def _verify(self, answer: Mapping[str, str], *, is_in_front: bool = True) -> None:
        """OpenID Connect Core §3.1.3.7, §3.2.2.11, §3.3.2.12."""
        claims = claims_of(self.story, answer["id_token"])
        assert claims["iss"] == "http://testserver/o"
        assert claims["aud"] == self.story.registered.client_id
        assert claims["sub"] == str(self.story.person.pk)
        assert claims["iat"] < claims["exp"]
        if "access_token" in answer:
            assert claims["at_hash"] == half_hash(answer["access_token"])
        if is_in_front and "code" in answer:
            assert claims["c_hash"] == half_hash(answer["code"])

    def claims(self, answer: Mapping[str, str]) -> dict[str, Any]:
        """Those of the ID token, of the last one where there are two."""
        return claims_of(self.story, self.finish(answer)["id_token"])

    def told(self, answer: Mapping[str, str]) -> dict[str, Any]:
        """What is told of the person: by userinfo, or in the ID token where there is nothing to ask with."""
        tokens = self.finish(answer)
        if not self.has_access_token:
            return claims_of(self.story, tokens["id_token"])
        members: dict[str, Any] = userinfo(self.story, tokens["access_token"]).json()
        return members
