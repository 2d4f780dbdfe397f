"""A mistake: django-oauth-toolkit's URLs are still there, and come first."""

from django.urls import include, path

urlpatterns = [
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("", include("django_oauthflows.urls")),
    path("accounts/", include("django.contrib.auth.urls")),
]
