"""What an OpenAPI document says of a view that takes our tokens: where they come from, and which scopes.

For drf-spectacular. Its document then has a security scheme with this site's own endpoints, and names at each
operation the scopes of its `HasScopes`; nothing has to be written down twice.
"""

from typing import Any
from urllib.parse import urlsplit

from django.urls import NoReverseMatch
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from django_oauthflows import dot
from django_oauthflows.issuer import configured_issuer, path_of
from django_oauthflows.resource_server.authentication import OAuth2TokenAuthentication
from django_oauthflows.resource_server.permissions import needed_scopes_of

#: Not "oauth2": that is drf-spectacular's own name for what takes tokens by DOT's class.
_NAME = "oauthflows"


class OAuth2TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The security scheme of `OAuth2TokenAuthentication`, and of what is made of it."""

    target_class = "django_oauthflows.resource_server.authentication.OAuth2TokenAuthentication"
    match_subclasses = True
    priority = 0

    @property
    def name(self) -> str:  # type: ignore[override]
        """One for each class: what a project made of ours may ask for other tokens."""
        made = self.target if isinstance(self.target, type) else type(self.target)
        return _NAME if made is OAuth2TokenAuthentication else f"{_NAME}-{made.__name__}"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Authorization code for people, client credentials for services; else a plain bearer token."""
        try:
            token_url = _address_of("token")
            flows = {
                "authorizationCode": {"authorizationUrl": _address_of("authorize")},
                "clientCredentials": {},
            }
        except NoReverseMatch:
            # An API that runs apart from its authorization server.
            return {"type": "http", "scheme": "bearer"}
        each = {"tokenUrl": token_url, "scopes": dot.scopes_of_apis()}
        return {"type": "oauth2", "flows": {name: own | each for name, own in flows.items()}}

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        """The scopes of the view for this method, as far as it says so without alternatives."""
        return {self.name: sorted(needed_scopes_of(auto_schema.view, auto_schema.method))}


def _address_of(name: str) -> str:
    """Absolute where the issuer is known, else from the root of the site that serves the document."""
    path = path_of(name)
    parts = urlsplit(configured_issuer())
    return f"{parts.scheme}://{parts.netloc}{path}" if parts.netloc else path
