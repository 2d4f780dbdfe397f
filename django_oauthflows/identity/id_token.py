"""ID tokens: who signed in, when and how, said to one client (OpenID Connect Core §2)."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256, sha384, sha512
from typing import Any
from uuid import UUID

from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.identity import claims as known_claims
from django_oauthflows.identity.memberships import cut_for_id_token
from django_oauthflows.identity.signing import id_token, signing_algorithm
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.tokens import lifetimes
from django_oauthflows.tokens.id_token_links import jti_for
from django_oauthflows.tokens.own_claims import own_claims_of_id_token, request_of_claims
from django_oauthflows.tokens.subjects import sid_of, subject_beside

#: The hash of each signature that does not use SHA-256. Ed25519's is SHA-512 (RFC 8032 §5.1).
_HASHES = {"HS384": sha384, "HS512": sha512, "EdDSA": sha512}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """A sign-in a client is to be told of.

    `scopes` are what was granted, `asked` the client's `claims` parameter (§5.5) as it was kept. `nonce` is
    empty in an answer to a refresh (§12.2). `sid` names the session as this server does, `authorization` is
    the grant that the ID token comes of. `own_claims` are those of the project's validator, once asked.
    """

    client: ClientFacts
    person: Any
    issuer: str
    now: datetime
    scopes: frozenset[str]
    auth_time: datetime | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()
    nonce: str = ""
    sid: str = ""
    authorization: UUID | None = None
    asked: Mapping[str, Any] | None = field(default=None, repr=False)
    own_claims: Mapping[str, Any] | None = field(default=None, repr=False)


def id_token_for(
    sign_in: Identified, *, access_token: str = "", code: str = "", tells_scopes: bool
) -> str:
    """The signed (and, for a client registered so, encrypted) ID token of a sign-in.

    `access_token` and `code` are those it travels with, bound to it by their hashes. `tells_scopes` puts the
    claims of the scopes into it: for an answer with no access token to ask userinfo with (§5.4), and from the
    token endpoint for a client that is to have them there (§2).
    """
    members = members_of(sign_in, access_token=access_token, code=code, tells_scopes=tells_scopes)
    return id_token(sign_in.client, members, algorithm=signing_algorithm(sign_in.client))


def members_of(
    sign_in: Identified, *, access_token: str = "", code: str = "", tells_scopes: bool
) -> dict[str, Any]:
    """What the ID token says, before it is signed."""
    client = sign_in.client
    algorithm = signing_algorithm(client)
    own = asked_of_project(sign_in).own_claims or {}
    return {
        **_claims_of_person(sign_in, tells_scopes=tells_scopes),
        **own,
        **_claims_of_sign_in(sign_in),
        "iss": sign_in.issuer,
        "sub": subject_beside(own, client, sign_in.person),
        "aud": client.client_id,
        "azp": client.client_id,
        "iat": int(sign_in.now.timestamp()),
        "exp": int(sign_in.now.timestamp()) + lifetimes.id_token_lifetime(),
        **({"jti": jti_for(sign_in.authorization)} if sign_in.authorization else {}),
        **({"at_hash": half_hash(access_token, algorithm)} if access_token else {}),
        **({"c_hash": half_hash(code, algorithm)} if code else {}),
    }


def asked_of_project(sign_in: Identified, request: HttpRequest | None = None) -> Identified:
    """Return the sign-in with what the project's validator tells of it, which is asked once.

    Before anything is spent on the answer: a hook that fails refuses it. Raises `Refusal`.
    """
    if sign_in.own_claims is not None or not dot.tells_claims():
        return sign_in
    client = sign_in.client
    question = dot.Question(
        client_id=client.client_id,
        application_key=client.key,
        scopes=tuple(sorted(sign_in.scopes)),
        user=sign_in.person,
        request=request,
        claims=request_of_claims(sign_in.asked),
        nonce=sign_in.nonce,
        issuer=sign_in.issuer,
    )
    return replace(sign_in, own_claims=own_claims_of_id_token(question, client))


def half_hash(value: str, algorithm: str) -> str:
    """`at_hash` and `c_hash`: the left half of the hash the signature uses (§3.1.3.6, §3.3.2.11)."""
    whole = _HASHES.get(algorithm, sha256)(value.encode()).digest()
    return urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=").decode("ascii")


def _claims_of_sign_in(sign_in: Identified) -> dict[str, Any]:
    """When and how the person signed in, as far as it is known."""
    members: dict[str, Any] = {
        "nonce": sign_in.nonce,
        "acr": sign_in.acr,
        "amr": list(sign_in.amr),
        "sid": sid_of(sign_in.client, sign_in.sid),
    }
    if sign_in.auth_time is not None:
        members["auth_time"] = int(sign_in.auth_time.timestamp())
    return {name: value for name, value in members.items() if value}


def _claims_of_person(sign_in: Identified, *, tells_scopes: bool) -> dict[str, Any]:
    asked: Mapping[str, Any] = sign_in.asked or {}
    names = frozenset(asked.get("id_token") or ())
    if tells_scopes:
        names |= known_claims.names_of(sign_in.scopes)
    told = known_claims.told(
        sign_in.person,
        names,
        client=sign_in.client,
        scopes=sign_in.scopes,
        asked=asked,
    )
    withheld = dot.withheld_claims(sign_in.scopes)
    return cut_for_id_token({name: told[name] for name in told if name not in withheld})
