"""Swagger UI by drf-spectacular, before an API that asks about tokens by django-oauth-toolkit.

Its settings are those that registering it printed, and the resource that the API is.
"""

import os
from runpy import run_path

from django.urls import path

from tests.programs.django_site import site

SETTINGS = run_path(os.environ["CONFIGURATION"])["SPECTACULAR_SETTINGS"]
SETTINGS["SWAGGER_UI_OAUTH2_CONFIG"]["additionalQueryStringParams"] = {
    "resource": f"{os.environ['ORIGIN']}/"
}
application = site(
    apps=[
        "django.contrib.staticfiles",
        "rest_framework",
        "oauth2_provider",
        "drf_spectacular",
        "drf_spectacular_sidecar",
    ],
    middleware=["whitenoise.middleware.WhiteNoiseMiddleware"],
    STATIC_URL="static/",
    WHITENOISE_USE_FINDERS=True,
    WHITENOISE_AUTOREFRESH=True,
    OAUTH2_PROVIDER={
        "SCOPES": {"openid": "OpenID", "profile": "Name", "email": "Address"},
        "RESOURCE_SERVER_INTROSPECTION_URL": f"{os.environ['ISSUER']}/introspect/",
        "RESOURCE_SERVER_INTROSPECTION_CREDENTIALS": (
            os.environ["API_ID"],
            os.environ["API_SECRET"],
        ),
    },
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "oauth2_provider.contrib.rest_framework.OAuth2Authentication"
        ],
        "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    },
    SPECTACULAR_SETTINGS=SETTINGS,
)

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView  # noqa: E402

from tests.programs.drf_spectacular.api import MeView  # noqa: E402

urlpatterns = [
    path("api/me/", MeView.as_view()),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/schema/swagger-ui/", SpectacularSwaggerView.as_view(url_name="schema")),
]
