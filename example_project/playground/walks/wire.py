"""The client's own requests, each written down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import quote_plus, urlsplit

import requests

from example_project.playground.transport import take_the_loopback
from example_project.playground.walks.display import HIDDEN, Exchange, as_json, as_lines, shortened
from example_project.playground.walks.tokens import Untrusted, claims_of, is_jwt

TIMEOUT = 10  # seconds

Members = dict[str, Any]


class Stopped(Exception):
    """The walk ends here, in words for the person who takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who the client is; a public one has no secret, and one that signs has a key (a JWK) instead."""

    client_id: str
    client_secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A JSON answer, and the claims of the JWTs in it by their member's name."""

    status: int
    members: Members = field(repr=False)
    claims: Mapping[str, Members]

    @property
    def is_good(self) -> bool:
        return self.status == HTTPStatus.OK

    @property
    def error(self) -> str:
        return str(self.members.get("error", ""))

    def member(self, name: str) -> str:
        """What a good answer has to hold. Raises `Stopped` where an administrator has taken it away."""
        if name not in self.members:
            raise Stopped(f"The provider's answer has no {name}.")
        return str(self.members[name])


class Wire:
    """The way from one client to the site at `origin`, and what went over it."""

    def __init__(self, *, origin: str, internal_url: str, client: Credentials) -> None:
        self.origin, self.client = origin, client
        self.http = requests.Session()
        take_the_loopback(self.http, origin=origin, internal_url=internal_url)
        self.exchanges: list[Exchange] = []

    @cached_property
    def server(self) -> Members:
        """The provider's metadata (RFC 8414 §3): a client knows its issuer, and nothing else."""
        issuer = f"{self.origin}/o"
        found = self._json(
            self._send("GET", f"{self.origin}/.well-known/oauth-authorization-server/o")
        )
        if found.get("issuer") != issuer:
            raise Stopped("The provider's metadata speaks for another issuer.")
        return found

    @cached_property
    def keys(self) -> Members:
        """The provider's public keys (RFC 7517 §5)."""
        return self._json(self._send("GET", self.endpoint("jwks_uri")))

    def endpoint(self, name: str) -> str:
        """An address of the metadata. Raises `Stopped` where the provider offers no such thing."""
        if name not in self.server:
            raise Stopped(f"The provider's metadata has no {name}.")
        return str(self.server[name])

    def post(
        self,
        title: str,
        endpoint: str,
        parameters: Mapping[str, str],
        *,
        opened: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Ask one of the provider's endpoints as the client; `opened` is what was signed for it."""
        url = self.endpoint(endpoint)
        sent, auth = dict(parameters), None
        if self.client.client_secret:
            # RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
            pair = (self.client.client_id, self.client.client_secret)
            auth = (quote_plus(pair[0]), quote_plus(pair[1]))
        elif not self.client.private_key:
            sent["client_id"] = self.client.client_id
        response = self._send("POST", url, data=sent, auth=auth)
        members = self._json(response)
        refused = response.status_code != HTTPStatus.OK
        claims = {} if refused else self._open(members)
        self.exchanges.append(
            Exchange(
                title=title,
                request=as_lines(f"POST {urlsplit(url).path}", sent.items(), *self._basic),
                answer=f"{_status(response)}\n{as_json(members)}",
                opened={name: as_json(each) for name, each in {**(opened or {}), **claims}.items()},
                is_refused=refused,
            )
        )
        return Answer(status=response.status_code, members=members, claims=claims)

    def tokens(self, title: str, **parameters: str) -> Answer:
        """Ask the token endpoint. Raises `Stopped` where it refuses."""
        answer = self.post(title, "token_endpoint", parameters)
        return accepted(answer)

    def call_api(self, path: str, access_token: str, title: str = "The API is called") -> None:
        """Call the notes API with a token (RFC 6750 §2.1). What it says is for the person to read."""
        bearer = {"Authorization": f"Bearer {access_token}"}
        response = self._send("GET", f"{self.origin}{path}", headers=bearer)
        shown = f"Authorization: Bearer {shortened(access_token)}"
        challenge = response.headers.get("WWW-Authenticate")
        said = [_status(response), *([f"WWW-Authenticate: {challenge}"] if challenge else [])]
        self.exchanges.append(
            Exchange(
                title=title,
                request=as_lines(f"GET {path}", (), shown),
                answer="\n".join([*said, as_json(self._json(response))]),
                is_refused=not response.ok,
            )
        )

    def write_down(self, title: str, **parts: Any) -> None:
        self.exchanges.append(Exchange(title=title, **parts))

    @property
    def _basic(self) -> tuple[str, ...]:
        if not self.client.client_secret:
            return ()
        # It lives for long, so that not even its beginning is shown.
        return (f"Authorization: Basic {self.client.client_id}:{HIDDEN}",)

    def _open(self, members: Members) -> dict[str, Members]:
        named = {name: members.get(name) for name in ("access_token", "id_token")}
        return {name: self.opened(value) for name, value in named.items() if is_jwt(value)}

    def opened(self, token: Any) -> Members:
        """The claims of a JWT of this provider. Raises `Stopped` unless it signed it for this client."""
        try:
            return claims_of(str(token), self.keys, issuer=f"{self.origin}/o")
        except Untrusted as error:
            raise Stopped(str(error)) from error

    def _send(self, method: str, url: str, **options: Any) -> requests.Response:
        try:
            return self.http.request(method, url, timeout=TIMEOUT, allow_redirects=False, **options)
        except requests.RequestException as error:
            raise Stopped("The provider could not be reached.") from error

    def _json(self, response: requests.Response) -> Any:
        try:
            return response.json()
        except ValueError:
            raise Stopped(f"The answer was no JSON: {_status(response)}.") from None


def accepted(answer: Answer) -> Answer:
    """The answer where it is good; raises `Stopped` with the provider's words of any other."""
    if answer.is_good:
        return answer
    raise Stopped(f"{answer.error}: {answer.members.get('error_description', '')}")


def _status(response: requests.Response) -> str:
    return f"{response.status_code} {HTTPStatus(response.status_code).phrase}"
