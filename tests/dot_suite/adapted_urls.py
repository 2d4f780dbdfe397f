"""URLs of django-oauth-toolkit's own suite after the swap."""

from django.contrib import admin
from django.urls import include, path

admin.autodiscover()

urlpatterns = [
    path("", include("django_oauthflows.urls")),
    path("admin/", admin.site.urls),
]
