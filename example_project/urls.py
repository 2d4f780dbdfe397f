"""The example project's addresses."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

from example_project.notes.api_page import ApiPage, api_page_answer
from example_project.notes.mcp_server import server as mcp_server

#: Pages of this project too say so while the database is away, and clients read why nothing is there.
handler400 = "django_oauthflows.handlers.bad_request"
handler404 = "django_oauthflows.handlers.page_not_found"
handler500 = "django_oauthflows.handlers.server_error"

urlpatterns = [
    # OAuth: one line, at the root, since metadata documents have fixed places there.
    path("", include("django_oauthflows.urls")),
    path("accounts/", include("example_project.accounts.urls")),
    path("admin/", admin.site.urls),
    # What the admin does, for programs, and the document of both APIs.
    path("api/oauthflows/", include("django_oauthflows.api.urls")),
    path("api/schema/", SpectacularJSONAPIView.as_view(permission_classes=[]), name="schema"),
    path("api/docs/", ApiPage.as_view(), name="api-page"),
    path("api/docs/answer/", api_page_answer, name="api-page-answer"),
    path("api/", include("example_project.notes.urls")),
    path("mcp/", mcp_server.view()),
    path("", include("example_project.playground.urls")),
]
