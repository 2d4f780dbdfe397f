"""A site with one server for agents, which declares its resource."""

from django.urls import path

from django_oauthflows.resource_server import ActsForPerson, HasScopes, OAuth2TokenAuthentication
from tests import api, urls

SITE = "http://testserver"
MAIL = "/mcp/mail"


class Mail(OAuth2TokenAuthentication):
    resource = f"{SITE}{MAIL}"
    must_be_bound = True


class MailServer(api.WhoCalled):
    authentication_classes = (Mail,)
    permission_classes = (ActsForPerson & HasScopes(GET="notes:read", POST="notes:write"),)


urlpatterns = [*urls.urlpatterns, path("mcp/mail", MailServer.as_view())]
