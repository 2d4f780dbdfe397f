"""The page of the API: Swagger UI by drf-spectacular, its files served from here, with a client of its own.

Its button opens the authorization endpoint in a pop-up window, with PKCE (RFC 7636).
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from example_project.page_policy import HEADER, policy
from example_project.playground.models import DemoClient

#: The client, by the name that the demo knows it by.
CLIENT = "api-page"
SCOPES = ("notes:read", "notes:write", "profile")
#: A page with another value would lose the window that it opened (HTML Standard §7.1.3).
_KEEPS_OPENER = {"Cross-Origin-Opener-Policy": "unsafe-none"}


class ApiPage(SpectacularSwaggerSplitView):
    """Swagger UI with the id of its client filled in."""

    renderer_classes = (TemplateHTMLRenderer,)
    authentication_classes = ()
    permission_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response: Response = super().get(request, *args, **kwargs)
        client = DemoClient.objects.filter(preset=CLIENT).first()
        redirect_uri = request.build_absolute_uri(reverse("api-page-answer"))
        response.data["settings"] = json.dumps(
            {"deepLinking": True, "oauth2RedirectUrl": redirect_uri}
        )
        response.data["oauth2_config"] = json.dumps(
            {
                "clientId": client.client_id if client else "",
                "scopes": " ".join(SCOPES),
                "usePkceWithAuthorizationCodeGrant": True,
            }
        )
        # Swagger UI puts styles into its own page.
        response[HEADER] = policy().replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
        for name, value in _KEEPS_OPENER.items():
            response[name] = value
        return response


def api_page_answer(request: HttpRequest) -> HttpResponse:
    """Show the page that the pop-up window comes back to: its script hands the answer to the opener."""
    response = render(request, "notes/api_page_answer.html")
    for name, value in _KEEPS_OPENER.items():
        response[name] = value
    return response
