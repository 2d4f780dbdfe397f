"""What this server can do, for clients to read: metadata generated from what is really enabled."""

from typing import Any

from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.clients.dynamic.offered import flows_offered, is_on
from django_oauthflows.clients.legacy import legacy_flows_in_use
from django_oauthflows.conf import conf
from django_oauthflows.flows import catalogue
from django_oauthflows.identity.claims import names_of
from django_oauthflows.identity.signing import signing_algorithms
from django_oauthflows.issuer import issuer_of, url_of
from django_oauthflows.keys.algorithms import (
    ALGORITHMS,
    CONTENT_ENCRYPTION,
    HMACS,
    KEY_ENCRYPTION,
)
from django_oauthflows.keys.foreign import ASYMMETRIC, SYMMETRIC
from django_oauthflows.protocol import request_objects
from django_oauthflows.protocol.openid_parameters import known_prompts
from django_oauthflows.protocol.resource_documents import protected_resources
from django_oauthflows.rules.authorization import RESPONSE_MODES
from django_oauthflows.rules.introspection import SCOPE
from django_oauthflows.rules.pkce import S256
from django_oauthflows.rules.requests import AuthMethod

#: How a client that can authenticate may do it, and with which signatures.
_METHODS = [
    AuthMethod.BASIC.value,
    AuthMethod.POST.value,
    AuthMethod.PRIVATE_KEY_JWT.value,
    AuthMethod.SECRET_JWT.value,
]
_ALGORITHMS = [*ASYMMETRIC, *SYMMETRIC]


def server_metadata(request: HttpRequest) -> dict[str, Any]:
    """The authorization server's metadata (RFC 8414 §2)."""
    in_use = legacy_flows_in_use() | _registrable()
    flows = [flow for flow in catalogue.FLOWS if flow.slug not in catalogue.LEGACY - in_use]
    response_types = [
        name
        for name in dict.fromkeys(name for flow in flows for name in flow.response_types)
        if "id_token" not in name.split() or dot.is_openid_provider()
    ]
    return {
        "issuer": issuer_of(request),
        "authorization_endpoint": url_of(request, "authorize"),
        "token_endpoint": url_of(request, "token"),
        "revocation_endpoint": url_of(request, "revoke"),
        "introspection_endpoint": url_of(request, "introspect"),
        "jwks_uri": url_of(request, "jwks"),
        "device_authorization_endpoint": url_of(request, "device-authorization"),
        "response_types_supported": response_types,
        "response_modes_supported": list(RESPONSE_MODES),
        # RFC 7591 §2 counts `implicit` among the grant types, though no token endpoint is ever sent it.
        "grant_types_supported": list(
            dict.fromkeys(flow.grant_type or flow.slug for flow in flows)
        ),
        "scopes_supported": sorted(dot.requestable_scopes()),
        "code_challenge_methods_supported": [S256],
        "token_endpoint_auth_methods_supported": [*_METHODS, AuthMethod.NONE.value],
        "token_endpoint_auth_signing_alg_values_supported": _ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": [*_METHODS, AuthMethod.NONE.value],
        "revocation_endpoint_auth_signing_alg_values_supported": _ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": [*_METHODS, *_introspects_by_token()],
        "introspection_endpoint_auth_signing_alg_values_supported": _ALGORITHMS,
        "introspection_signing_alg_values_supported": [conf.SIGNING_ALGORITHM],
        "authorization_response_iss_parameter_supported": True,
        **_of_requests(),
        "protected_resources": protected_resources(request),
        **({"registration_endpoint": url_of(request, "register-client")} if is_on() else {}),
        "client_id_metadata_document_supported": dot.takes_client_documents(),
    }


def _introspects_by_token() -> list[str]:
    """The access token type that opens introspection (RFC 8414 §2), where clients can have its scope."""
    return ["Bearer"] if SCOPE in dot.all_scopes() else []


def _registrable() -> frozenset[str]:
    """The legacy flows that clients may register themselves for, though none has yet."""
    slugs = {flow.slug for flow in flows_offered(conf.REGISTRATION_PROFILE)} if is_on() else set()
    return frozenset(slugs & catalogue.LEGACY)


def openid_configuration(request: HttpRequest) -> dict[str, Any]:
    """The same for OpenID Connect, with what only relying parties read (OpenID Connect Discovery 1.0 §3)."""
    return {
        **server_metadata(request),
        "userinfo_endpoint": url_of(request, "userinfo"),
        **(
            {}
            if dot.is_switched_off("OIDC_RP_INITIATED_LOGOUT_ENABLED")
            else {"end_session_endpoint": url_of(request, "logout")}
        ),
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": signing_algorithms(),
        "id_token_encryption_alg_values_supported": list(KEY_ENCRYPTION),
        "id_token_encryption_enc_values_supported": list(CONTENT_ENCRYPTION),
        "userinfo_signing_alg_values_supported": [*ALGORITHMS, *HMACS],
        "userinfo_encryption_alg_values_supported": list(KEY_ENCRYPTION),
        "userinfo_encryption_enc_values_supported": list(CONTENT_ENCRYPTION),
        "claim_types_supported": ["normal"],
        "claims_supported": sorted(
            {"sub", "iss", "auth_time", "acr", "amr", *_claims_offered(request)}
        ),
    }


def _claims_offered(request: HttpRequest) -> frozenset[str]:
    """The claims of the scopes this server has, and those that the project's own validator names."""
    return names_of(dot.open_scopes()) | dot.claims_supported(request)


def _of_requests() -> dict[str, Any]:
    """What an authorization request may ask for (OpenID Connect Discovery 1.0 §3)."""
    return {
        "request_parameter_supported": True,
        "request_uri_parameter_supported": True,
        "require_request_uri_registration": True,
        "request_object_signing_alg_values_supported": list(request_objects.ALGORITHMS),
        "claims_parameter_supported": True,
        "prompt_values_supported": sorted(known_prompts()),
        **({"acr_values_supported": acr} if (acr := _contexts()) else {}),
    }


def _contexts() -> list[str]:
    return list(dict.fromkeys((*conf.ACR_LADDER, *conf.ACR_VALUES_SUPPORTED)))
