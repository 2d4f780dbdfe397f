"""A site with the app's URLs at its root, the admin, a sign-in page and a small API."""

from django.contrib import admin
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from tests import api

urlpatterns = [
    path("", include("django_oauthflows.urls")),
    path("admin/", admin.site.urls),
    path("accounts/login/", LoginView.as_view(template_name="admin/login.html"), name="login"),
    path("accounts/logout/", LogoutView.as_view(), name="logout"),
    path("api/notes/", api.Notes.as_view(), name="notes"),
    path("api/own/", api.Own.as_view(), name="own"),
    path("api/open/", api.Open.as_view(), name="open"),
    path("api/local/", api.Local.as_view(), name="local"),
    path("api/local/own/", api.LocalOwn.as_view(), name="local-own"),
    path("api/stock/", api.Stock.as_view(), name="stock"),
]
