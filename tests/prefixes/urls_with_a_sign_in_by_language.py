"""A site whose sign-in page alone is below a language."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib.auth.views import LoginView
from django.urls import include, path

urlpatterns = [
    path("", include("django_oauthflows.urls")),
    *i18n_patterns(path("accounts/login/", LoginView.as_view(), name="login")),
]
