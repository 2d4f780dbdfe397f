"""An agent's way from a 401 to a call, step by step, as its program goes it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from django_oauthflows.clients.registration import RegisteredClient
from django_oauthflows.testing.client import answered
from tests.agents.published import RSA, Agent
from tests.clients.dynamic.registering import Registrar
from tests.clients.dynamic.test_documents import Publisher
from tests.resource_server.test_authentication import challenge_of
from tests.stories import Story, begin


@dataclass(kw_only=True)
class Walk:
    """An agent that was told of one server, by its URL, and what it has learnt of it since."""

    agent: Agent
    server: str
    story: Story
    secret: str
    document: dict[str, Any]
    challenge: dict[str, str]
    is_offered_offline_access: bool

    def authorize(self, scope: str) -> str:
        """The code of a request for some scopes, to which the person agrees."""
        asked = {
            "redirect_uri": self.agent.redirect_uri,
            "scope": scope,
            "resource": self.document["resource"] if self.agent.names_resource else None,
            **self.agent.always,
        }
        answer = answered(self.story.decide(**asked))
        assert "code" in answer, answer
        return answer["code"]

    def sign_in(self) -> dict[str, Any]:
        """Tokens for the scopes that its program asks for first."""
        return self._tokens_for(self.first_scopes())

    def step_up(self, challenge: dict[str, str]) -> dict[str, Any]:
        """Tokens for the scopes of a later challenge, by the client that it is already."""
        more = set(challenge["scope"].split())
        return self._tokens_for(self.first_scopes() | more if self.agent.unites_scopes else more)

    def first_scopes(self) -> set[str]:
        return _first_scopes(
            self.agent, self.challenge, self.document, offline=self.is_offered_offline_access
        )

    def _tokens_for(self, scopes: set[str]) -> dict[str, Any]:
        return self.tokens(
            grant_type="authorization_code",
            code=self.authorize(" ".join(sorted(scopes))),
            redirect_uri=self.agent.redirect_uri,
            code_verifier="a-verifier-of-legal-length-made-of-unreserved-characters",
        )

    def tokens(self, *, repeats_resource: bool | None = None, **parameters: Any) -> dict[str, Any]:
        """What the token endpoint answers, to a client that proves itself in its own way."""
        repeats = self.agent.repeats_resource if repeats_resource is None else repeats_resource
        proof: dict[str, Any] = {}
        if self.agent.signs:
            proof = self.story.client_assertion(key=RSA, algorithm="RS256")
        elif self.secret:
            proof = {"client_secret": self.secret}
        named = self.document["resource"] if repeats else None
        answer = self.story.post("token", resource=named, **proof, **parameters)
        assert answer.status_code == 200, answer.content
        tokens: dict[str, Any] = answer.json()
        return tokens

    def refresh(self, token: str, *, repeats_resource: bool) -> dict[str, Any]:
        return self.tokens(
            repeats_resource=repeats_resource, grant_type="refresh_token", refresh_token=token
        )

    def call(self, token: str, path: str, method: str = "get") -> Any:
        return self.story.call(token, path, method)


def begin_at(server: str, agent: Agent) -> Walk:
    """Ask a server, follow its 401 to the authorization server, and make the agent known there."""
    refused = Client().get(server)
    assert refused.status_code == 401
    challenge = challenge_of(refused)
    document = Client().get(urlsplit(challenge["resource_metadata"]).path).json()
    # To the letter (RFC 9728 §3.3).
    assert document["resource"] == f"http://testserver{server}"
    issuer = urlsplit(document["authorization_servers"][0])
    metadata = Client().get(f"/.well-known/oauth-authorization-server{issuer.path}").json()
    assert metadata["issuer"] == document["authorization_servers"][0]
    offline = "offline_access" in metadata["scopes_supported"]
    first = _first_scopes(agent, challenge, document, offline=offline)
    client_id, secret = _made_known(agent, metadata, first)
    registered = RegisteredClient(
        application=None,
        policy=None,  # type: ignore[arg-type]
        client_id=client_id,
        client_secret="",
        redirect_uris=(agent.redirect_uri,),
        scopes=(),
        preset="",
        profile="",
    )
    return Walk(
        agent=agent,
        server=server,
        story=begin(registered=registered),
        secret=secret,
        document=document,
        challenge=challenge,
        is_offered_offline_access=offline,
    )


def _first_scopes(
    agent: Agent, challenge: dict[str, str], document: dict[str, Any], *, offline: bool
) -> set[str]:
    scopes = document["scopes_supported"] if agent.all_scopes else challenge["scope"].split()
    # Understood by the server in any case, once it has that scope.
    is_added = agent.wants_offline_access and offline
    return {*scopes, *(["offline_access"] if is_added else [])}


def _made_known(agent: Agent, metadata: dict[str, Any], scopes: set[str]) -> tuple[str, str]:
    if "client_id" in agent.said:
        assert metadata["client_id_metadata_document_supported"]
        Publisher.documents = {agent.said["client_id"]: agent.said}
        return agent.said["client_id"], ""
    assert metadata["registration_endpoint"]
    named = {"scope": " ".join(sorted(scopes))} if agent.registers_scopes else {}
    told = Registrar().registered(**agent.said, **named)
    return told["client_id"], told.get("client_secret", "")
