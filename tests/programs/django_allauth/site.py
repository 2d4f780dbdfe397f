"""Django with django-allauth's provider `openid_connect`, as its documentation has it."""

import os

from django.urls import include, path

from tests.programs.django_site import home, site

APP = {
    "provider_id": "provider",
    "name": "The provider",
    "client_id": os.environ["CLIENT_ID"],
    "secret": os.environ["CLIENT_SECRET"],
    "settings": {"server_url": os.environ["ISSUER"]},
}
application = site(
    apps=[
        "allauth",
        "allauth.account",
        "allauth.socialaccount",
        "allauth.socialaccount.providers.openid_connect",
    ],
    middleware=["allauth.account.middleware.AccountMiddleware"],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    SOCIALACCOUNT_PROVIDERS={"openid_connect": {"APPS": [APP]}},
    EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
)
urlpatterns = [path("", home), path("accounts/", include("allauth.urls"))]
