"""Django with social-auth-app-django's OpenID Connect backend, as its documentation has it."""

import os
from urllib.parse import urlencode

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import include, path

from tests.programs.django_site import home, site
from tests.programs.pages import button

application = site(
    apps=["social_django"],
    middleware=["social_django.middleware.SocialAuthExceptionMiddleware"],
    AUTHENTICATION_BACKENDS=["social_core.backends.open_id_connect.OpenIdConnectAuth"],
    SOCIAL_AUTH_OIDC_OIDC_ENDPOINT=os.environ["ISSUER"],
    SOCIAL_AUTH_OIDC_KEY=os.environ["CLIENT_ID"],
    SOCIAL_AUTH_OIDC_SECRET=os.environ["CLIENT_SECRET"],
    SOCIAL_AUTH_LOGIN_ERROR_URL="/refused",
)


def refresh(request: HttpRequest) -> HttpResponse:
    from social_django.utils import load_strategy

    account = request.user.social_auth.get(provider="oidc")
    before = account.extra_data["access_token"]
    account.refresh_token(load_strategy(request))
    assert account.extra_data["access_token"] != before
    return JsonResponse({"sub": account.uid})


def sign_out(request: HttpRequest) -> HttpResponse:
    hint = request.user.social_auth.get(provider="oidc").extra_data["id_token"]
    logout(request)
    back = f"{os.environ['ORIGIN']}/"
    query = urlencode({"id_token_hint": hint, "post_logout_redirect_uri": back})
    return redirect(f"{os.environ['ISSUER']}/logout/?{query}")


def refused(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"error": "access_denied"}, status=400)


urlpatterns = [
    path("", home),
    path("in", button("Sign in", "/login/oidc/")),
    path("refresh", refresh),
    path("logout", sign_out),
    path("refused", refused),
    path("", include("social_django.urls", namespace="social")),
]
