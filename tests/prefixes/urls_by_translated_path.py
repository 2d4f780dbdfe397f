"""A site with the app's URLs at a path that is translated."""

from django.contrib.auth.views import LoginView
from django.urls import include, path
from django.utils.translation import gettext_lazy

urlpatterns = [
    # Django itself has this word in many languages.
    path(gettext_lazy("users"), include([path("/", include("django_oauthflows.urls"))])),
    path("accounts/login/", LoginView.as_view(), name="login"),
]
