"""The example project's addresses."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

urlpatterns = [
    # OAuth: one line, at the root, since metadata documents have fixed places there.
    path("", include("django_oauthflows.urls")),
    path("accounts/", include("example_project.accounts.urls")),
    path("admin/", admin.site.urls),
    # What the admin does, for programs, and the document of both APIs.
    path("api/oauthflows/", include("django_oauthflows.api.urls")),
    path("api/schema/", SpectacularJSONAPIView.as_view(permission_classes=[]), name="schema"),
    path("api/", include("example_project.notes.urls")),
    path("", include("example_project.playground.urls")),
]
