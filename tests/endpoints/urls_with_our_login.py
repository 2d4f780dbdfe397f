"""A site without a sign-in page at Django's default, and with Django's own view elsewhere."""

from django.urls import include, path

from tests.urls import urlpatterns as of_the_suite

urlpatterns = [
    path("django/", include("django.contrib.auth.urls")),
    *(one for one in of_the_suite if not str(one.pattern).startswith("accounts/")),
]
