"""PROTECTING AN API: authentication, permissions and challenges for Django REST framework views.

Needs the tokens' table and nothing of the authorization server's pipelines or pages.
"""

from django_oauthflows.resource_server.authentication import OAuth2TokenAuthentication
from django_oauthflows.resource_server.local_jwt import LocalJWTAuthentication
from django_oauthflows.resource_server.permissions import ActsForPerson, HasScopes
from django_oauthflows.resource_server.principals import ClientPrincipal, PersonPrincipal

__all__ = [
    "ActsForPerson",
    "ClientPrincipal",
    "HasScopes",
    "LocalJWTAuthentication",
    "OAuth2TokenAuthentication",
    "PersonPrincipal",
]
