"""A mistake: the app's URLs below a prefix of their own."""

from django.urls import include, path

urlpatterns = [path("auth/", include("django_oauthflows.urls"))]
