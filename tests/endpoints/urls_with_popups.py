"""A site whose sign-in page may be shown in the pop-up of a client."""

from django.contrib.auth.views import LoginView
from django.urls import path

from django_oauthflows.protocol.popups import allow_popups
from tests.urls import urlpatterns as _ours

_sign_in = allow_popups(LoginView.as_view(template_name="admin/login.html"))

urlpatterns = [path("accounts/login/", _sign_in, name="login"), *_ours]
