"""What the stories of OpenID Connect share: relying parties, and an eye that trusts nothing of ours."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from django.conf import settings
from jwcrypto.jwk import JWKSet
from jwcrypto.jws import JWS

from django_oauthflows.testing.factories import PersonFactory
from tests.stories import Story, begin

#: The site's settings with the scopes of OpenID Connect Core §5.4.
AS_PROVIDER = {
    **settings.OAUTH2_PROVIDER,
    "SCOPES": {
        **settings.OAUTH2_PROVIDER["SCOPES"],
        "openid": "Know who you are",
        "profile": "See your name",
        "email": "See your email address",
        "address": "See your address",
        "phone": "See your phone number",
        "offline_access": "Stay signed in",
    },
}

#: The parts of a request that has no PKCE.
WITHOUT_PKCE = {"code_challenge": None, "code_challenge_method": None}


def relying_party(*, profile: str = "standard", flows: Any = (), **openid: Any) -> Story:
    """A web app that signs people in; `openid` are the columns of its policy."""
    person = PersonFactory(first_name="Ada", last_name="Lovelace", email="ada@example.com")
    story = begin(preset="web-app", profile=profile, person=person)
    change(story, **openid, flows=[*story.registered.policy.flows, *flows])
    return story


def of_every_type(**openid: Any) -> Story:
    """A relying party that may use every response type."""
    return relying_party(profile="legacy", flows=("implicit", "hybrid"), **openid)


def change(story: Story, **columns: Any) -> None:
    """Change what the client is registered with."""
    for name, value in columns.items():
        setattr(story.registered.policy, name, value)
    story.registered.policy.save()


def published(story: Story) -> JWKSet:
    """The provider's keys, as it publishes them."""
    return JWKSet.from_json(story.back_channel.get("/o/.well-known/jwks.json").content)


def header_of(token: str) -> dict[str, Any]:
    """What a JWT says of itself, unverified."""
    encoded = token.partition(".")[0]
    return dict(json.loads(urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))))


def claims_of(
    story: Story, token: str, *, algorithms: tuple[str, ...] = ("RS256",)
) -> dict[str, Any]:
    """The claims of a JWT, verified by the published keys and by a library the package does not sign with."""
    signed = JWS()
    signed.allowed_algs = list(algorithms)
    signed.deserialize(token)
    signed.verify(published(story).get_key(header_of(token)["kid"]))
    return dict(json.loads(signed.payload))


def half_hash(value: str) -> str:
    """OpenID Connect Core §3.1.3.6, for the algorithms that hash with SHA-256."""
    return urlsafe_b64encode(sha256(value.encode()).digest()[:16]).rstrip(b"=").decode()


def userinfo(story: Story, token: str, *, method: str = "get", **parts: Any) -> Any:
    """Ask the userinfo endpoint with the token in the header."""
    send = getattr(story.back_channel, method)
    return send("/o/userinfo/", headers={"Authorization": f"Bearer {token}"}, **parts)
