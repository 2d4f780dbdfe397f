"""A client that walks the flows through Django's test client, over the real endpoints."""

import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from django.test import Client, RequestFactory
from django.urls import reverse

from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.issuer import issuer_of
from django_oauthflows.rules.pkce import s256
from django_oauthflows.rules.requests import AuthMethod
from django_oauthflows.testing.assertions import (
    CLIENT_ASSERTION_TYPE,
    JWT_BEARER,
    signed_assertion,
)

#: A request to this site as Django's test client makes it, to learn the site's own name.
_ANY_REQUEST = RequestFactory().get("/")
#: Headers that hold no credentials, and say so by being there.
_NO_CREDENTIALS = {"X-Test": "no credentials"}
_AUTHENTICATING = {"client_assertion", "client_assertion_type", "client_secret"}

#: A verifier of legal length and alphabet (RFC 7636 §4.1); a test has no use for randomness here.
VERIFIER = "a-verifier-of-legal-length-made-of-unreserved-characters"


@dataclass(kw_only=True)
class FlowClient:
    """One client and one person's browser.

    `registered` is who the client is; `browser` is the person's, signed in by `browser.force_login`.
    `resource`, where it is set, is the API that each request for a token names (RFC 8707 §2).
    """

    registered: RegisteredClient
    browser: Client = field(default_factory=Client)
    back_channel: Client = field(default_factory=Client)
    resource: str | None = None
    _open: dict[str, str] = field(default_factory=dict, init=False, repr=False)

    @property
    def basic(self) -> dict[str, str]:
        """The Authorization header of HTTP Basic (RFC 6749 §2.3.1), as `headers`."""
        pair = (
            f"{quote_plus(self.registered.client_id)}:{quote_plus(self.registered.client_secret)}"
        )
        return {"Authorization": "Basic " + b64encode(pair.encode()).decode()}

    def authorization_url(self, **changes: Any) -> str:
        """The URL of an authorization request with PKCE; `changes` replace or, with None, leave out."""
        parameters = {
            "response_type": "code",
            "client_id": self.registered.client_id,
            "redirect_uri": self.registered.redirect_uris[0],
            "scope": " ".join(self.registered.scopes),
            "state": "a-state",
            "code_challenge": s256(VERIFIER),
            "code_challenge_method": "S256",
            "resource": self.resource,
            **changes,
        }
        sent = {name: value for name, value in parameters.items() if value is not None}
        return f"{reverse('oauthflows:authorize')}?{urlencode(sent, doseq=True)}"

    def ask(self, **changes: Any) -> Any:
        """Open the authorization endpoint in the person's browser."""
        url = self.authorization_url(**changes)
        return self._opened(url, self.browser.get(url))

    def decide(self, decision: str = "allow", *, scopes: Any = None, **changes: Any) -> Any:
        """Press a button of the consent page, with `scopes` ticked: all that were asked for, by default.

        It is the page as `ask` opened it last; without one, the page is opened first.
        """
        asked = changes.get("scope", " ".join(self.registered.scopes)) or ""
        ticked = asked.split() if scopes is None else list(scopes)
        everything = {"everything": "on"} if scopes is None else {}
        url = self.authorization_url(**changes)
        return self.press(url, decision=decision, scopes=ticked, **everything)

    def press(self, url: str, *, shown: str = "", **fields: Any) -> Any:
        """Send the form of the consent page at a URL; `shown` is what that page says that it shows."""
        shown = shown or self._open.pop(url, "")
        answer = self._sent(url, shown=shown, **fields)
        if not shown and (shown := shown_on(answer)):
            answer = self._sent(url, shown=shown, **fields)
        return self._opened(url, answer)

    def _sent(self, url: str, **fields: Any) -> Any:
        body = urlencode(fields, doseq=True)
        return self.browser.post(url, body, content_type="application/x-www-form-urlencoded")

    def _opened(self, url: str, answer: Any) -> Any:
        if shown := shown_on(answer):
            self._open[url] = shown
        return answer

    def code(self, **changes: Any) -> str:
        """A code the person agreed to."""
        answer = answered(self.decide(**changes))
        return answer["code"]

    def token(self, **parameters: Any) -> Any:
        """Post to the token endpoint, authenticated as the client's kind does."""
        return self.post("token", **{"resource": self.resource, **parameters})

    def post(
        self, endpoint: str, *, headers: dict[str, str] | None = None, **parameters: Any
    ) -> Any:
        """Post a form to an endpoint, authenticated as the kind of client does it."""
        if headers is None:
            headers = self.basic if self.registered.client_secret else {}
        if self.signs and not headers and not _AUTHENTICATING & parameters.keys():
            parameters = {**self.client_assertion(), **parameters}
        elif not headers:
            parameters = {"client_id": self.registered.client_id, **parameters}
        body = urlencode(
            {name: value for name, value in parameters.items() if value is not None}, doseq=True
        )
        return self.back_channel.post(
            reverse(f"oauthflows:{endpoint}"),
            body,
            content_type="application/x-www-form-urlencoded",
            headers=headers,
        )

    @property
    def signs(self) -> bool:
        """Does the client authenticate with a key of its own?"""
        policy = self.registered.policy
        return bool(policy and policy.authentication_method == AuthMethod.PRIVATE_KEY_JWT)

    def assertion(self, **changes: Any) -> str:
        """An assertion of the client's about itself, for this server (RFC 7523 §3)."""
        who = self.registered.client_id
        if "audience" not in changes:
            changes["audience"] = issuer_of(_ANY_REQUEST)
        return signed_assertion(who, **changes)

    def client_assertion(self, **changes: Any) -> dict[str, str]:
        """The parameters of a client that authenticates by an assertion (RFC 7523 §2.2)."""
        return {
            "client_assertion_type": CLIENT_ASSERTION_TYPE,
            "client_assertion": self.assertion(**changes),
        }

    def bear(self, assertion: str | None = None, **parameters: Any) -> Any:
        """Ask for a token by an assertion alone (RFC 7523 §2.1)."""
        sent = self.assertion() if assertion is None else assertion
        asked = {"grant_type": JWT_BEARER, "assertion": sent, "client_id": None, **parameters}
        return self.token(headers=_NO_CREDENTIALS, **asked)

    def redeem(self, code: str, **changes: Any) -> Any:
        """Exchange a code (RFC 6749 §4.1.3)."""
        parameters = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.registered.redirect_uris[0],
            "code_verifier": VERIFIER,
            **changes,
        }
        return self.token(**parameters)

    def device_codes(self, **parameters: Any) -> Any:
        """Ask for a device's codes (RFC 8628 §3.1)."""
        scope = " ".join(self.registered.scopes)
        return self.post("device-authorization", **{"scope": scope, **parameters})

    def enter(self, user_code: str) -> Any:
        """Type a user code on the device page."""
        return self._press("device", user_code=user_code)

    def decide_on_device(
        self, user_code: str, decision: str = "allow", *, scopes: Any = None
    ) -> Any:
        """Walk the device pages from the code to the decision; the redirect to the last page."""
        ticked = self.registered.scopes if scopes is None else scopes
        everything = {"everything": "on"} if scopes is None else {}
        self.enter(user_code)
        self._press("device-confirm", decision="continue")
        return self.press_on_device(decision, scopes=ticked, **everything)

    def press_on_device(self, decision: str = "allow", *, scopes: Any, **fields: Any) -> Any:
        """Press a button of the consent page of the device whose code was entered and confirmed."""
        url = reverse("oauthflows:device-consent")
        return self.press(url, decision=decision, scopes=list(scopes), **fields)

    def poll(self, device_code: str, **changes: Any) -> Any:
        """Ask the token endpoint what became of a device code (RFC 8628 §3.4)."""
        grant_type = "urn:ietf:params:oauth:grant-type:device_code"
        return self.token(**{"grant_type": grant_type, "device_code": device_code, **changes})

    def _press(self, page: str, **fields: Any) -> Any:
        return self.browser.post(reverse(f"oauthflows:{page}"), fields)

    def refresh(self, refresh_token: str, **changes: Any) -> Any:
        """Exchange a refresh token (RFC 6749 §6)."""
        return self.token(grant_type="refresh_token", refresh_token=refresh_token, **changes)

    def exchange(self, subject_token: str, /, **changes: Any) -> Any:
        """Exchange somebody's access token for one that is meant for another API (RFC 8693 §2.1)."""
        parameters = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": subject_token,
            "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
            **changes,
        }
        return self.token(**parameters)

    def tokens(self, **changes: Any) -> dict[str, Any]:
        """Tokens by the authorization code flow, from consent to exchange."""
        response = self.redeem(self.code(**changes))
        assert response.status_code == 200, response.content  # noqa: S101 - a test's own tool
        members: dict[str, Any] = response.json()
        return members


def shown_on(response: Any) -> str:
    """The checksum that a consent page says of what it shows; nothing for any other page."""
    page = "" if response.streaming else response.content.decode(errors="replace")
    found = re.search(r'name="shown" value="([0-9a-f]{64})"', page)
    return found[1] if found else ""


def answered(response: Any, *, mode: str = "query") -> dict[str, str]:
    """The parameters an authorization request was answered with, in one part of the redirect."""
    return dict(parse_qsl(getattr(urlsplit(response["Location"]), mode), keep_blank_values=True))
