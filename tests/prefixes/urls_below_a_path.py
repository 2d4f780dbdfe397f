"""A site with the app's URLs below a path of their own."""

from django.urls import include, path

from tests.urls import urlpatterns as _urlpatterns

urlpatterns = [path("auth/", include("django_oauthflows.urls")), *_urlpatterns[1:]]
