"""The demo's front page and the client's pages."""

from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from example_project.playground import views
from example_project.playground.overview import overview

app_name = "playground"

urlpatterns = [
    path("", overview, name="overview"),
    path("favicon.ico", RedirectView.as_view(url=static("playground/favicon.svg"), permanent=True)),
    path("client/", views.HomeView.as_view(), name="client"),
    path("client/sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("client/callback/", views.CallbackView.as_view(), name="callback"),
    path("client/notes/", views.AddNoteView.as_view(), name="add-note"),
    path("client/refresh/", views.RefreshView.as_view(), name="refresh"),
    path("client/sign-out/", views.SignOutView.as_view(), name="sign-out"),
]
