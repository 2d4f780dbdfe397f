"""A site with Django's own sign-in view, and no page of the project for it."""

from django.urls import include, path

from tests.urls import urlpatterns as of_the_suite

urlpatterns = [
    path("django/", include("django.contrib.auth.urls")),
    *of_the_suite,
]
