"""A sign-in page: `path("accounts/", include("django_oauthflows.login_urls"))`."""

from django.urls import path

from django_oauthflows.endpoints.login import login

urlpatterns = [path("login/", login, name="login")]
