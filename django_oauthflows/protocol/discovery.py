"""What this server can do, for clients to read: metadata generated from what is really enabled."""

from typing import Any

from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.clients.legacy import legacy_flows_in_use
from django_oauthflows.conf import conf
from django_oauthflows.flows import catalogue
from django_oauthflows.identity.claims import names_of
from django_oauthflows.identity.signing import signing_algorithms
from django_oauthflows.issuer import issuer_of, own_resource_of, url_of
from django_oauthflows.keys.algorithms import ALGORITHMS
from django_oauthflows.rules.authorization import RESPONSE_MODES, default_response_mode
from django_oauthflows.rules.pkce import S256
from django_oauthflows.rules.requests import AuthMethod

_SECRET_METHODS = [AuthMethod.BASIC.value, AuthMethod.POST.value]


def server_metadata(request: HttpRequest) -> dict[str, Any]:
    """The authorization server's metadata (RFC 8414 §2)."""
    in_use = legacy_flows_in_use()
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
        "response_modes_supported": list(
            dict.fromkeys((*RESPONSE_MODES, *map(default_response_mode, response_types)))
        ),
        # RFC 7591 §2 counts `implicit` among the grant types, though no token endpoint is ever sent it.
        "grant_types_supported": list(
            dict.fromkeys(flow.grant_type or flow.slug for flow in flows)
        ),
        "scopes_supported": sorted(dot.all_scopes()),
        "code_challenge_methods_supported": [S256],
        "token_endpoint_auth_methods_supported": [*_SECRET_METHODS, AuthMethod.NONE.value],
        "revocation_endpoint_auth_methods_supported": [*_SECRET_METHODS, AuthMethod.NONE.value],
        "introspection_endpoint_auth_methods_supported": _SECRET_METHODS,
        "introspection_signing_alg_values_supported": [conf.SIGNING_ALGORITHM],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "protected_resources": [own_resource_of(request)],
    }


def openid_configuration(request: HttpRequest) -> dict[str, Any]:
    """The same for OpenID Connect, with what only relying parties read (OpenID Connect Discovery 1.0 §3)."""
    return {
        **server_metadata(request),
        "userinfo_endpoint": url_of(request, "userinfo"),
        "end_session_endpoint": url_of(request, "logout"),
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": signing_algorithms(),
        "userinfo_signing_alg_values_supported": sorted(ALGORITHMS),
        "claim_types_supported": ["normal"],
        "claims_supported": sorted({"sub", "iss", "auth_time", "acr", "amr", *_claims_offered()}),
        "claims_parameter_supported": True,
    }


def _claims_offered() -> frozenset[str]:
    """The claims of the scopes this server has."""
    return names_of(dot.all_scopes())


def resource_metadata(request: HttpRequest, path: str = "") -> dict[str, Any]:
    """The metadata of this site as a protected resource (RFC 9728 §2), or of one path of it."""
    resource = own_resource_of(request)
    return {
        "resource": f"{resource.rstrip('/')}/{path.strip('/')}" if path else resource,
        "authorization_servers": [issuer_of(request)],
        "scopes_supported": sorted(dot.all_scopes()),
        "bearer_methods_supported": ["header"],
        **(
            {"resource_name": name}
            if (name := dot.setting("OAUTH2_PROTECTED_RESOURCE_NAME"))
            else {}
        ),
    }
