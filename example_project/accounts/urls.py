"""Sign-in and sign-out, at the addresses Django expects them."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from django_oauthflows.protocol.popups import allow_popups
from example_project.accounts.views import SignInView

app_name = "accounts"

urlpatterns = [
    # Clients may show it in a pop-up window (Swagger UI, single-page apps).
    path("login/", allow_popups(SignInView.as_view()), name="sign-in"),
    path("logout/", LogoutView.as_view(next_page="playground:overview"), name="sign-out"),
]
