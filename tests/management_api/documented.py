"""A site of endpoints, the management API and its document."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

urlpatterns = [
    path("", include("django_oauthflows.urls")),
    path("api/oauthflows/", include("django_oauthflows.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]
