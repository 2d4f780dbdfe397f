"""A site whose sign-in page has no template."""

from django.contrib.auth.views import LoginView
from django.urls import include, path

urlpatterns = [
    path("", include("django_oauthflows.urls")),
    path("accounts/login/", LoginView.as_view(template_name="nowhere/login.html"), name="login"),
]
