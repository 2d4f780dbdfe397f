"""What each client library does, in its own words, behind the same few verbs."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from time import time
from typing import Any, Protocol
from uuid import uuid4

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import AssertionSession, OAuth2Auth, OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url
from joserfc.jwk import ECKey
from jwskate import Jwt
from requests_oauth2client import BearerToken, OAuth2Client, PrivateKeyJwt

from tests.browsing import Person

Members = dict[str, Any]
SCOPE = "notes:read profile"
SERVICE_SCOPE = "notes:read"
#: An API that is called with a person's token, and calls the demo's in its turn.
API = "https://api.example/"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@dataclass(frozen=True, kw_only=True)
class Demo:
    """The running site: clients that act for people, for themselves, and for whoever called them.

    `key` is the account's private one, `environment` that of the site's commands.
    """

    url: str
    issuer: str
    redirect_uri: str
    web: dict[str, str]
    service: dict[str, str]
    device: dict[str, str]
    api: dict[str, str]
    account: dict[str, str]
    key: dict[str, Any] = field(repr=False)
    environment: dict[str, str] = field(repr=False)


class Library(Protocol):
    """Each verb raises what the library raises when it is not content with the answer."""

    def discover(self) -> Members: ...
    def sign_in(self, person: Person) -> Members: ...
    def refresh(self, refresh_token: str) -> Members: ...
    def revoke(self, token: str) -> None: ...
    def introspect(self, token: str) -> Members: ...
    def client_credentials(self) -> Members: ...
    def sign_for_itself(self) -> Members: ...
    def authenticate_by_key(self) -> Members: ...
    def call(self, access_token: str, path: str) -> int: ...


class Authlib:
    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.session = OAuth2Session(
            **demo.web, scope=SCOPE, redirect_uri=demo.redirect_uri, code_challenge_method="S256"
        )

    def discover(self) -> Members:
        url = get_well_known_url(self.demo.issuer, external=True)
        metadata = AuthorizationServerMetadata(requests.get(url, timeout=30).json())
        metadata.validate()
        return metadata

    def sign_in(self, person: Person) -> Members:
        server, verifier = self.discover(), generate_token(48)
        url, _ = self.session.create_authorization_url(
            server["authorization_endpoint"], code_verifier=verifier
        )
        callback = person.allow(url, self.demo.redirect_uri)
        return self.session.fetch_token(
            server["token_endpoint"], authorization_response=callback, code_verifier=verifier
        )

    def refresh(self, refresh_token: str) -> Members:
        url = self.discover()["token_endpoint"]
        return self.session.refresh_token(url, refresh_token=refresh_token)

    def revoke(self, token: str) -> None:
        self.session.revoke_token(self.discover()["revocation_endpoint"], token).raise_for_status()

    def introspect(self, token: str) -> Members:
        url = self.discover()["introspection_endpoint"]
        return self.session.introspect_token(url, token).json()

    def client_credentials(self) -> Members:
        service = OAuth2Session(**self.demo.service, scope=SERVICE_SCOPE)
        return service.fetch_token(
            self.discover()["token_endpoint"], grant_type="client_credentials"
        )

    def sign_for_itself(self) -> Members:
        account = AssertionSession(
            self.discover()["token_endpoint"],
            issuer=self.demo.account["client_id"],
            subject=self.demo.account["client_id"],
            audience=self.demo.issuer,
            scope=SERVICE_SCOPE,
            key=self.demo.key,
            header={"alg": "ES256", "kid": self.demo.key["kid"]},
            expires_in=300,  # an hour unless told otherwise
        )
        account.refresh_token()
        return account.token

    def authenticate_by_key(self) -> Members:
        url = self.discover()["token_endpoint"]
        client_id = self.demo.account["client_id"]
        account = OAuth2Session(
            client_id,
            ECKey.import_key(self.demo.key),
            scope=SERVICE_SCOPE,
            token_endpoint_auth_method="private_key_jwt",
        )
        headers = {"kid": self.demo.key["kid"]}
        by_key = PrivateKeyJWT(url, alg="ES256", headers=headers, claims={"exp": int(time()) + 300})
        account.register_client_auth_method(by_key)
        return account.fetch_token(url, grant_type="client_credentials")

    def call(self, access_token: str, path: str) -> int:
        bearer = OAuth2Auth({"access_token": access_token, "token_type": "Bearer"})
        return requests.get(self.demo.url + path, auth=bearer, timeout=30).status_code


class RequestsOAuth2Client:
    def __init__(self, demo: Demo) -> None:
        self.demo = demo
        self.web = self.known(**demo.web)

    def known(self, **credentials: Any) -> OAuth2Client:
        # Its own function for this address puts the issuer's path in the wrong place.
        origin, path = self.demo.issuer.removesuffix("/o"), "/o"
        return OAuth2Client.from_discovery_endpoint(
            url=f"{origin}/.well-known/oauth-authorization-server{path}",
            issuer=self.demo.issuer,
            redirect_uri=self.demo.redirect_uri,
            testing=True,  # plain http
            **credentials,
        )

    def discover(self) -> Members:
        return {
            "issuer": self.web.issuer,
            "token_endpoint": self.web.token_endpoint,
            "authorization_endpoint": self.web.authorization_endpoint,
            "revocation_endpoint": self.web.revocation_endpoint,
            "introspection_endpoint": self.web.introspection_endpoint,
        }

    def sign_in(self, person: Person, **asked: str) -> Members:
        request = self.web.authorization_request(scope=SCOPE, **asked)
        callback = person.allow(request.uri, self.demo.redirect_uri)
        return self.web.authorization_code(request.validate_callback(callback)).as_dict()

    def refresh(self, refresh_token: str) -> Members:
        return self.web.refresh_token(refresh_token).as_dict()

    def revoke(self, token: str) -> None:
        assert self.web.revoke_token(token) is True

    def introspect(self, token: str) -> Members:
        return self.web.introspect_token(token)

    def device_codes(self) -> Members:
        # Its discovery leaves this endpoint out.
        endpoint = f"{self.demo.issuer}/device-authorization/"
        device = self.known(**self.demo.device, device_authorization_endpoint=endpoint)
        return vars(device.authorize_device(scope=SCOPE))

    def poll(self, codes: Members) -> Members:
        return self.known(**self.demo.device).device_code(codes["device_code"]).as_dict()

    def exchange(self, access_token: str, target: str) -> Members:
        api = self.known(**self.demo.api)
        answer = api.token_exchange(
            subject_token=access_token, subject_token_type="access_token", resource=target
        )
        return {**answer.as_dict()}

    def client_credentials(self) -> Members:
        return self.known(**self.demo.service).client_credentials(scope=SERVICE_SCOPE).as_dict()

    def account(self) -> OAuth2Client:
        by_key = PrivateKeyJwt(self.demo.account["client_id"], self.demo.key)
        return self.known(auth=by_key)

    def sign_for_itself(self) -> Members:
        """It authenticates by its key as well, with another assertion."""
        now, client_id = int(time()), self.demo.account["client_id"]
        claims = {"iss": client_id, "sub": client_id, "aud": self.web.token_endpoint}
        claims |= {"jti": str(uuid4()), "iat": now, "exp": now + 60}
        assertion = Jwt.sign(claims, self.demo.key, alg="ES256")
        return self.account().jwt_bearer(assertion, scope=SERVICE_SCOPE).as_dict()

    def authenticate_by_key(self) -> Members:
        return self.account().client_credentials(scope=SERVICE_SCOPE).as_dict()

    def call(self, access_token: str, path: str) -> int:
        bearer = BearerToken(access_token)
        return requests.get(self.demo.url + path, auth=bearer, timeout=30).status_code


class OpenIDClient:
    """openid-client for Node, in a process of its own."""

    def __init__(self, demo: Demo, folder: Path) -> None:
        self.demo = demo
        told = {
            "issuer": demo.issuer,
            "redirectUri": demo.redirect_uri,
            "clients": {
                "web": demo.web,
                "service": demo.service,
                "device": demo.device,
                "api": demo.api,
            },
            "account": {"client_id": demo.account["client_id"], "key": demo.key},
        }
        self.process = subprocess.Popen(
            ["node", folder / "client.mjs", json.dumps(told)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self.process.communicate(timeout=30)

    def ask(self, action: str, **members: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"do": action, **members}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "openid-client stopped; what it printed is above"
        reply = json.loads(line)
        assert "fault" not in reply, reply["fault"]
        return reply["answer"]

    def discover(self) -> Members:
        return self.ask("discover")

    def sign_in(self, person: Person, **asked: str) -> Members:
        url = self.ask("authorizationUrl", scope=SCOPE, **asked)
        return self.ask("redeem", callback=person.allow(url, self.demo.redirect_uri))

    def refresh(self, refresh_token: str) -> Members:
        return self.ask("refresh", token=refresh_token)

    def revoke(self, token: str) -> None:
        self.ask("revoke", token=token)

    def introspect(self, token: str) -> Members:
        return self.ask("introspect", token=token)

    def device_codes(self) -> Members:
        return self.ask("deviceCodes", scope=SCOPE)

    def poll(self, codes: Members) -> Members:
        """It goes on asking until the person has decided."""
        return self.ask("deviceTokens", codes=codes)

    def exchange(self, access_token: str, target: str) -> Members:
        return self.ask(
            "exchange",
            grantType=TOKEN_EXCHANGE,
            parameters={
                "subject_token": access_token,
                "subject_token_type": ACCESS_TOKEN,
                "resource": target,
            },
        )

    def client_credentials(self) -> Members:
        return self.ask("clientCredentials", scope=SERVICE_SCOPE)

    def sign_for_itself(self) -> Members:
        return self.ask("signForItself", scope=SERVICE_SCOPE)

    def authenticate_by_key(self) -> Members:
        return self.ask("authenticateByKey", scope=SERVICE_SCOPE)

    def call(self, access_token: str, path: str) -> int:
        return self.ask("call", token=access_token, url=self.demo.url + path)
