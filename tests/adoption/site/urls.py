"""URLs of the site: its own authorization page first, below another prefix than the usual one."""

from django.contrib import admin
from django.urls import include, path

from tests.adoption.site.views import SiteAuthorizationView, profile

urlpatterns = [
    path("oauth2/authorize/", SiteAuthorizationView.as_view()),
    path("oauth2/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("profile/", profile),
    path("admin/", admin.site.urls),
]
