"""The example project's addresses."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    # OAuth: one line, at the root, since metadata documents have fixed places there.
    path("", include("django_oauthflows.urls")),
    path("accounts/", include("example_project.accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("example_project.notes.urls")),
    path("", include("example_project.playground.urls")),
]
