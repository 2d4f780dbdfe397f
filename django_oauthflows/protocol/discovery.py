"""What this server can do, for clients to read: metadata generated from what is really enabled."""

from typing import Any

from django.http import HttpRequest

from django_oauthflows import dot
from django_oauthflows.conf import conf
from django_oauthflows.flows import catalogue
from django_oauthflows.issuer import issuer_of, resource_of, url_of
from django_oauthflows.rules.authorization import RESPONSE_MODES
from django_oauthflows.rules.pkce import S256
from django_oauthflows.rules.requests import AuthMethod

_SECRET_METHODS = [AuthMethod.BASIC.value, AuthMethod.POST.value]


def server_metadata(request: HttpRequest) -> dict[str, Any]:
    """The authorization server's metadata (RFC 8414 §2)."""
    return {
        "issuer": issuer_of(request),
        "authorization_endpoint": url_of(request, "authorize"),
        "token_endpoint": url_of(request, "token"),
        "revocation_endpoint": url_of(request, "revoke"),
        "introspection_endpoint": url_of(request, "introspect"),
        "jwks_uri": url_of(request, "jwks"),
        "response_types_supported": list(catalogue.RESPONSE_TYPES),
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": list(catalogue.GRANT_TYPES),
        "scopes_supported": sorted(dot.all_scopes()),
        "code_challenge_methods_supported": [S256],
        "token_endpoint_auth_methods_supported": [*_SECRET_METHODS, AuthMethod.NONE.value],
        "revocation_endpoint_auth_methods_supported": [*_SECRET_METHODS, AuthMethod.NONE.value],
        "introspection_endpoint_auth_methods_supported": _SECRET_METHODS,
        "introspection_signing_alg_values_supported": [conf.SIGNING_ALGORITHM],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "protected_resources": [resource_of(request)],
    }


def resource_metadata(request: HttpRequest, path: str = "") -> dict[str, Any]:
    """The metadata of this site as a protected resource (RFC 9728 §2), or of one path of it."""
    resource = resource_of(request)
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
