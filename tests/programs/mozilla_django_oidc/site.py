"""Django with mozilla-django-oidc, as its documentation has it; RS256 is what it has to be told."""

import os
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import include, path

from tests.programs.django_site import home, site
from tests.programs.pages import button

ISSUER = os.environ["ISSUER"]


def sign_out_url(request: HttpRequest) -> str:
    """Where signing out here leads to, to sign out there."""
    hint, back = request.session["oidc_id_token"], f"{os.environ['ORIGIN']}/"
    return f"{ISSUER}/logout/?" + urlencode(
        {"id_token_hint": hint, "post_logout_redirect_uri": back}
    )


application = site(
    apps=["mozilla_django_oidc"],
    middleware=["mozilla_django_oidc.middleware.SessionRefresh"],
    AUTHENTICATION_BACKENDS=["tests.programs.mozilla_django_oidc.people.People"],
    OIDC_RP_CLIENT_ID=os.environ["CLIENT_ID"],
    OIDC_RP_CLIENT_SECRET=os.environ["CLIENT_SECRET"],
    OIDC_RP_SCOPES="openid email profile",
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_OP_AUTHORIZATION_ENDPOINT=f"{ISSUER}/authorize/",
    OIDC_OP_TOKEN_ENDPOINT=f"{ISSUER}/token/",
    OIDC_OP_USER_ENDPOINT=f"{ISSUER}/userinfo/",
    OIDC_OP_JWKS_ENDPOINT=f"{ISSUER}/.well-known/jwks.json",
    OIDC_STORE_ID_TOKEN=True,
    OIDC_OP_LOGOUT_URL_METHOD="tests.programs.mozilla_django_oidc.site.sign_out_url",
)
urlpatterns = [
    path("", home),
    path("out", button("Sign out", "/oidc/logout/")),
    path("oidc/", include("mozilla_django_oidc.urls")),
]
