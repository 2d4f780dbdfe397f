"""The frozen values a rule may look at. No model, no HTTP: plain facts.

Times are aware datetimes, lifetimes seconds, scopes sorted tuples or frozensets of scope tokens
(RFC 6749 §3.3).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django_oauthflows.offline_access import OFFLINE_ACCESS
from django_oauthflows.rules.parties import NO_EXCHANGE, Exchanging
from django_oauthflows.rules.words import words_of

#: A flow, and the weaker one whose clients may use it as well: whoever sends a challenge does more than they
#: have to (OAuth 2.1 §4.1.1).
_WEAKER = {"authorization-code-pkce": "authorization-code"}

#: The `registration_source` of a client that an administrator registered.
BY_HAND = "manual"


class AuthMethod(StrEnum):
    """How a client proves who it is at the token endpoint (RFC 7591 §2, `token_endpoint_auth_method`)."""

    ANY_SECRET = ""
    BASIC = "client_secret_basic"
    POST = "client_secret_post"
    SECRET_JWT = "client_secret_jwt"
    PRIVATE_KEY_JWT = "private_key_jwt"
    NONE = "none"


class DeviceStatus(StrEnum):
    """What became of a device's request so far, in the words of DOT's column."""

    PENDING = "authorization-pending"
    APPROVED = "authorized"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretFacts:
    """One client secret as it is known to the server: by its checksum, and `sealed` where its owner chose so.

    A sealed secret can be read again, for what HMAC needs the secret itself for (OpenID Connect Core §10.1).
    """

    key: int
    digest: str = field(repr=False)
    sealed: str = field(default="", repr=False)
    expires: datetime | None = None
    last_used: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIDFacts:
    """What a client is registered with as an OpenID Connect relying party.

    The names are those of OpenID Connect Dynamic Client Registration 1.0 §2; an empty algorithm is the
    server's default, or no encryption. `default_max_age` is seconds. `allowed_claims` are those it may be
    told of people; `None` is no limit beyond its scopes. With `claims_in_id_token` those of its scopes are in
    the ID tokens of the token endpoint, too. `visible_groups` are the groups it is told of; empty is none.
    `frontchannel_logout_session_required` is `None` where the client said nothing.
    """

    application_type: str = "web"
    subject_type: str = "public"
    sector_identifier_uri: str = ""
    id_token_signed_response_alg: str = ""
    id_token_encrypted_response_alg: str = ""
    id_token_encrypted_response_enc: str = ""
    userinfo_signed_response_alg: str = ""
    userinfo_encrypted_response_alg: str = ""
    userinfo_encrypted_response_enc: str = ""
    request_object_signing_alg: str = ""
    request_object_encryption_alg: str = ""
    request_object_encryption_enc: str = ""
    request_uris: tuple[str, ...] = ()
    default_max_age: int | None = None
    require_auth_time: bool = False
    default_acr_values: tuple[str, ...] = ()
    initiate_login_uri: str = ""
    allowed_claims: tuple[str, ...] | None = None
    claims_in_id_token: bool = False
    visible_groups: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str = ""
    frontchannel_logout_session_required: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFacts:
    """What the server knows of a client while it answers one request.

    `flows` are slugs of the catalogue; `scopes` is everything its owner signed up for. `dot_secret` is a
    secret still stored the way django-oauth-toolkit stores it, empty once the client has its own
    `ClientSecret` rows; `plain_dot_secret` is one that its owner had it keep readable. `resources` are those
    it serves, `allowed_resources` those its tokens may be for; empty is no limit. `exchange_targets` are
    those it may exchange other tokens for (RFC 8693); empty is none. `needs_offline_access` holds where only
    a grant with that scope has a refresh token. `jwks` and `jwks_uri` are its public
    keys (RFC 7591 §2), and `translations` its name and addresses by member, then language (§2.2).
    With `must_push_requests` it may only refer to requests that it pushed before (RFC 9126 §6).
    Where `authentication_is_optional`, `left_out_its_proof` holds for a request that came without, for which
    it is no confidential client.
    """

    key: int
    client_id: str
    name: str
    is_confidential: bool
    is_enabled: bool
    has_policy: bool
    preset: str
    profile: str
    flows: frozenset[str]
    scopes: frozenset[str]
    default_scopes: frozenset[str] = frozenset()
    required_scopes: frozenset[str] = frozenset()
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    authentication_method: AuthMethod = AuthMethod.ANY_SECRET
    authentication_is_optional: bool = False
    left_out_its_proof: bool = False
    secrets: tuple[SecretFacts, ...] = field(default=(), repr=False)
    dot_secret: str = field(default="", repr=False)
    plain_dot_secret: str = field(default="", repr=False)
    skips_consent: bool = False
    needs_all_scopes: bool = False
    needs_offline_access: bool = False
    may_omit_pkce_and_nonce: bool = False
    may_introspect_all: bool = False
    resources: frozenset[str] = frozenset()
    exchange_targets: frozenset[str] = frozenset()
    may_impersonate: bool = False
    jwks: Mapping[str, Any] | None = field(default=None, repr=False)
    jwks_uri: str = ""
    token_endpoint_auth_signing_alg: str = ""
    openid: OpenIDFacts = OpenIDFacts()
    token_format: str = "opaque"
    access_token_signing_alg: str = ""
    allowed_resources: frozenset[str] = frozenset()
    access_token_lifetime: int | None = None
    refresh_token_idle_lifetime: int | None = None
    refresh_token_absolute_lifetime: int | None = None
    is_verified: bool = False
    registration_source: str = BY_HAND
    owner_name: str = ""
    client_uri: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    asks_its_own_model: bool = False
    must_push_requests: bool = False

    def may_use(self, flow: str) -> bool:
        """Return whether the client may use a flow, or the weaker form of it."""
        return flow in self.flows or _WEAKER.get(flow) in self.flows

    @property
    def introspects_as_before(self) -> bool:
        """Return whether django-oauth-toolkit's rules of introspection go on for it.

        They do for a confidential client that somebody of this site registered, until it has a policy.
        """
        return self.is_confidential and not self.has_policy and self.registration_source == BY_HAND

    def without_proof(self) -> "ClientFacts":
        """The client as it is for a request that nobody proved to come from it."""
        if not self.authentication_is_optional:
            return self
        return replace(
            self,
            is_confidential=False,
            authentication_method=AuthMethod.NONE,
            left_out_its_proof=True,
        )

    @property
    def may_refresh(self) -> bool:
        """Has it the refresh token flow?"""
        return "refresh-token" in self.flows

    @property
    def allowed_scopes(self) -> frozenset[str]:
        """Its own scopes, and `offline_access` where it can use that (OpenID Connect Core §11)."""
        offline = frozenset({OFFLINE_ACCESS})
        return self.scopes | offline if self.may_refresh else self.scopes - offline

    @property
    def fixed_scopes(self) -> frozenset[str]:
        """Those a person cannot untick: its required ones, `openid`, and whatever makes no difference."""
        offline = frozenset() if self.needs_offline_access else frozenset({OFFLINE_ACCESS})
        return self.required_scopes | offline | {"openid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedClaim:
    """One claim that is asked for by name, and the scope it belongs to (OpenID Connect Core §5.5, §5.4)."""

    scope: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A request to `/authorize` whose client and redirect URI are already known to be genuine.

    `issuer` is who the server says it is, `own_resource` the API of its own site, and `userinfo_url` its
    userinfo endpoint.
    `scopes_asked` is `None` where it names no scope; `scopes_dropped` are those it named that no part of the
    server knows, and they are in neither of the others.
    `resource` is what goes, `resource_was_sent` tells whether the client named one, or could mean just one.
    `max_age_sent` and `claims_sent` are those parameters as they came, `max_age` (seconds) and `claims` what
    goes: the client's default, and the request of claims as `Authorization` keeps it. `named_claims` are
    the claims asked for by name that belong to none of the request's own scopes. `acr_values` are the
    authentication contexts it would like, best first, `acr_required` those of which one has to be reached.
    `subjects` are whom it expects, as it knows them: by an ID token it sent, and by the claim `sub`.
    `known_prompts` are the values of `prompt` this site can do something about.
    """

    client: ClientFacts
    response_type: str
    response_mode: str
    redirect_uri: str
    redirect_uri_was_sent: bool
    state: str
    scopes_asked: frozenset[str] | None
    scopes: frozenset[str]
    nonce: str
    code_challenge: str
    code_challenge_method: str
    prompt: frozenset[str]
    resource: tuple[str, ...]
    scopes_dropped: frozenset[str] = frozenset()
    resource_was_sent: bool = False
    known_prompts: frozenset[str] = frozenset({"none", "login", "consent", "select_account"})
    max_age_sent: str = ""
    max_age: int | None = None
    claims_sent: str = ""
    claims: Mapping[str, Any] | None = None
    named_claims: frozenset[NamedClaim] = frozenset()
    acr_values: tuple[str, ...] = ()
    acr_required: tuple[str, ...] = ()
    subjects: frozenset[str] = frozenset()
    login_hint: str = ""
    ui_locales: tuple[str, ...] = ()
    other: frozenset[str] = frozenset()
    issuer: str = ""
    own_resource: str = ""
    userinfo_url: str = ""

    @property
    def claim_scopes(self) -> frozenset[str]:
        """The scopes that claims asked for by name belong to, beyond the request's own."""
        return frozenset(claim.scope for claim in self.named_claims)

    @property
    def needs(self) -> frozenset[str]:
        """The scopes a person is asked for: its own, and those that its named claims belong to."""
        return self.scopes | self.claim_scopes

    @property
    def response_types(self) -> frozenset[str]:
        """The words of the response type: `code`, `token`, `id_token`."""
        return frozenset(words_of(self.response_type))


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a client holds and presents at the token endpoint: a code or a refresh token, and its parent.

    `scopes` is what the person granted. `code_proof` stands for the redirect URI and the challenge of a code
    whose own row is gone. `spent_at` is when it was redeemed or rotated; `ends_at` is the
    absolute end of the whole authorization. `was_proven` holds where its client authenticated when it got its
    first tokens. `client_key` is `None` for a client other than the one that asks,
    where that is all that is known. `may_be_replayed` holds for a rotated refresh token that comes
    again within the grace window, as it does when the answer to the first request was lost on its way.
    """

    key: int
    flow: str
    client_key: int | None
    user_key: Any
    user_is_active: bool
    client_is_enabled: bool
    scopes: frozenset[str]
    resource: tuple[str, ...]
    expires: datetime | None
    spent_at: datetime | None
    may_be_replayed: bool = False
    redirect_uri: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    code_proof: str = ""
    was_proven: bool = False
    authorization: UUID | None = None
    authorization_revoked: bool = False
    ends_at: datetime | None = None
    device_status: DeviceStatus | None = None
    is_polled_too_soon: bool = False
    auth_time: datetime | None = None
    acr: str = ""
    amr: tuple[str, ...] = ()
    nonce: str = ""
    sid: str = ""
    claims: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """A JWT by which somebody says who they are, or whom they act for (RFC 7523 §3).

    `is_genuine` holds where a key of `issuer` signed it. `subject` is whom it has to be about; empty is
    anybody. `audiences` are the names of this server, `typ` is what the header says, whatever that is, and
    `own_type` the one it may have beside no particular one: an assertion for one purpose is none for another.
    `came_to_named_host` holds where the project named this server, and not the request alone.
    `now` is seconds since the epoch, `longest_life` the seconds it may live from then on.
    """

    is_genuine: bool
    now: float
    longest_life: float
    issuer: str
    subject: str
    audiences: frozenset[str]
    own_type: str
    came_to_named_host: bool = True
    typ: Any = ""
    claims: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """A request to `/token` by an authenticated client, with what it presented already looked up.

    The scopes are as in `AuthorizationRequest`; `sent` are the names of its parameters, `resource_was_sent`
    tells whether it named a resource itself, `exchange` what a token exchange says beyond the others.
    `issuer` is who the server says it is, `own_resource` the API of its own site, and `userinfo_url` its
    userinfo endpoint. `network` is where it came from, for the record.
    """

    client: ClientFacts
    grant_type: str
    flow: str
    now: datetime
    scopes_asked: frozenset[str] | None
    scopes: frozenset[str]
    resource: tuple[str, ...]
    scopes_dropped: frozenset[str] = frozenset()
    resource_was_sent: bool = False
    redirect_uri: str = ""
    code_verifier: str = ""
    held: Held | None = None
    assertion: Assertion | None = None
    sent: frozenset[str] = frozenset()
    exchange: Exchanging = NO_EXCHANGE
    issuer: str = ""
    own_resource: str = ""
    userinfo_url: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUse:
    """An access token at the moment somebody shows it: to an API, or to be introspected."""

    exists: bool
    now: datetime
    expires: datetime | None = None
    client_is_enabled: bool = True
    person_is_active: bool = True
    is_meant_for_this_resource: bool = True
