"""What a client says of itself when it registers, frozen, and what the server has to offer it.

The names are those of RFC 7591 §2, OpenID Connect Dynamic Client Registration 1.0 §2 and of the logout
specifications. What was left out has its default here already; `None` is what has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """The members of one registration. `default_max_age` is seconds; `translations` by member, language.

    `token_endpoint_auth_methods_supported` are the methods of a client that has a choice, which it has by a
    metadata document alone.
    """

    redirect_uris: tuple[str, ...] = ()
    response_types: tuple[str, ...] = ("code",)
    grant_types: tuple[str, ...] = ("authorization_code",)
    application_type: str = "web"
    token_endpoint_auth_method: str = "client_secret_basic"
    token_endpoint_auth_methods_supported: tuple[str, ...] = ()
    token_endpoint_auth_signing_alg: str = ""
    client_name: str = ""
    client_uri: str = ""
    logo_uri: str = ""
    policy_uri: str = ""
    tos_uri: str = ""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    contacts: tuple[str, ...] = ()
    scope: frozenset[str] | None = None
    jwks: Mapping[str, Any] | None = field(default=None, repr=False)
    jwks_uri: str = ""
    software_id: str = ""
    software_version: str = ""
    software_statement: str = field(default="", repr=False)
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
    default_max_age: int | None = None
    require_auth_time: bool = False
    default_acr_values: tuple[str, ...] = ()
    initiate_login_uri: str = ""
    request_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str = ""
    frontchannel_logout_session_required: bool | None = None

    @property
    def is_confidential(self) -> bool:
        """Has it anything to authenticate with?"""
        return self.token_endpoint_auth_method != "none"

    @property
    def authentication_is_optional(self) -> bool:
        """Has it something to authenticate with, and may it come without that?"""
        return self.is_confidential and "none" in self.token_endpoint_auth_methods_supported

    @property
    def has_secret(self) -> bool:
        """Does it authenticate with a secret both sides know?"""
        return self.token_endpoint_auth_method.startswith("client_secret_")

    @property
    def takes_tokens_in_the_browser(self) -> bool:
        """Does any of its response types answer with more than a code?"""
        return any(kind != "code" for kind in self.response_types)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What this server offers a client that registers itself.

    `unattended` are the grant types in which no person decides. `scopes` are those it may be given,
    `known_scopes` all that any part of the server knows. `*_algs` are JWS algorithms,
    `encryption_algs` and `encryption_encs` those of JWE (RFC 7518).
    """

    profile: str
    response_types: frozenset[str]
    grant_types: frozenset[str]
    unattended: frozenset[str]
    scopes: frozenset[str]
    authentication_methods: frozenset[str]
    subject_types: frozenset[str]
    assertion_algs: frozenset[str]
    id_token_algs: frozenset[str]
    userinfo_algs: frozenset[str]
    request_object_algs: frozenset[str]
    encryption_algs: frozenset[str]
    encryption_encs: frozenset[str]
    known_scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRequest:
    """A registration, read; with what had to be looked up to judge it.

    `is_introduced` where an initial access token or a trusted software statement stands behind it.
    `wrong_redirect_uris` are those no client may register, `keys_are_usable` whether its key set holds
    public keys this server can use, and `sector_redirect_uris` what its sector's document lists.
    """

    metadata: ClientMetadata
    offered: Offered
    is_introduced: bool = False
    wrong_redirect_uris: tuple[str, ...] = ()
    wrong_return_uris: tuple[str, ...] = ()
    keys_are_usable: bool = True
    sector_redirect_uris: frozenset[str] | None = None
