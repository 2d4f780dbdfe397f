"""The addresses of the management API. A project includes them where it likes, or not at all:

path("api/oauthflows/", include("django_oauthflows.api.urls"))
"""

from django.urls import path

from django_oauthflows.api.audit import AuditExport, AuditLog, OneEvent
from django_oauthflows.api.authorizations import (
    Authorizations,
    OneAuthorization,
    RevokeAuthorization,
)
from django_oauthflows.api.client_keys import KeysOfClient
from django_oauthflows.api.clients import Client, Clients, DisableClient, EnableClient
from django_oauthflows.api.consents import Consents, OneConsent
from django_oauthflows.api.keys import RotateSigningKeys, SigningKeys
from django_oauthflows.api.review import Fix, ReviewOfClient
from django_oauthflows.api.secrets import RetireSecret, RotateSecret, Secrets
from django_oauthflows.api.self_service import (
    OwnApp,
    OwnApps,
    OwnBrowser,
    OwnBrowsers,
    OwnSignIn,
    OwnSignIns,
)

app_name = "oauthflows-api"

_CLIENT = "clients/<str:key>/"
_SECRET = f"{_CLIENT}secrets/<int:secret>/"

urlpatterns = [
    path("clients/", Clients.as_view(), name="clients"),
    path(_CLIENT, Client.as_view(), name="client"),
    path(f"{_CLIENT}enable/", EnableClient.as_view(), name="enable-client"),
    path(f"{_CLIENT}disable/", DisableClient.as_view(), name="disable-client"),
    path(f"{_CLIENT}keys/", KeysOfClient.as_view(), name="client-keys"),
    path(f"{_CLIENT}secrets/", Secrets.as_view(), name="secrets"),
    path(f"{_SECRET}rotate/", RotateSecret.as_view(), name="rotate-secret"),
    path(f"{_SECRET}retire/", RetireSecret.as_view(), name="retire-secret"),
    path(f"{_CLIENT}review/", ReviewOfClient.as_view(), name="review"),
    path(f"{_CLIENT}review/<slug:name>/", Fix.as_view(), name="fix"),
    path("consents/", Consents.as_view(), name="consents"),
    path("consents/<int:key>/", OneConsent.as_view(), name="consent"),
    path("authorizations/", Authorizations.as_view(), name="authorizations"),
    path("authorizations/<uuid:key>/", OneAuthorization.as_view(), name="authorization"),
    path(
        "authorizations/<uuid:key>/revoke/",
        RevokeAuthorization.as_view(),
        name="revoke-authorization",
    ),
    path("audit/", AuditLog.as_view(), name="audit"),
    path("audit/export/", AuditExport.as_view(), name="audit-export"),
    path("audit/<slug:reference>/", OneEvent.as_view(), name="audit-event"),
    path("keys/", SigningKeys.as_view(), name="keys"),
    path("keys/rotate/", RotateSigningKeys.as_view(), name="rotate-keys"),
    path("me/apps/", OwnApps.as_view(), name="own-apps"),
    path("me/apps/<str:key>/", OwnApp.as_view(), name="own-app"),
    path("me/sign-ins/", OwnSignIns.as_view(), name="own-sign-ins"),
    path("me/sign-ins/<uuid:key>/", OwnSignIn.as_view(), name="own-sign-in"),
    path("me/browsers/", OwnBrowsers.as_view(), name="own-browsers"),
    path("me/browsers/<int:key>/", OwnBrowser.as_view(), name="own-browser"),
]
