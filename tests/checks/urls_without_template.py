"""The URLs of Django's sign-in, in a project that has no template for it."""

from django.urls import include, path

urlpatterns = [
    path("", include("django_oauthflows.urls")),
    path("accounts/", include("django.contrib.auth.urls")),
]
