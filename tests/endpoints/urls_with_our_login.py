"""A site with the sign-in page of the package, and with Django's own view without a page of the project."""

from django.urls import include, path

from tests.urls import urlpatterns as of_the_suite

urlpatterns = [
    path("accounts/", include("django_oauthflows.login_urls")),
    path("django/", include("django.contrib.auth.urls")),
    *of_the_suite,
]
