"""A site with the app's URLs, and its sign-in page, below a language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.views import LoginView
from django.urls import include, path

urlpatterns = i18n_patterns(
    path("", include("django_oauthflows.urls")),
    path("accounts/login/", LoginView.as_view(), name="login"),
)
