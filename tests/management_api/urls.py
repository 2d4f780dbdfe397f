"""The suite's URLs, and the management API."""

from django.urls import include, path

from tests.urls import urlpatterns as _urlpatterns

urlpatterns = [
    *_urlpatterns,
    path("api/oauthflows/", include("django_oauthflows.api.urls")),
]
