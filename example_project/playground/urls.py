"""The demo's front page, the client's pages, and a page for each flow."""

from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from example_project.playground import flow_pages, views
from example_project.playground.overview import overview

app_name = "playground"

urlpatterns = [
    path("", overview, name="overview"),
    path("favicon.ico", RedirectView.as_view(url=static("playground/favicon.svg"), permanent=True)),
    path("playground/flows/", flow_pages.FlowsView.as_view(), name="flows"),
    path("playground/flows/<slug:slug>/", flow_pages.FlowView.as_view(), name="flow"),
    path("playground/flows/<slug:slug>/try/", flow_pages.TryView.as_view(), name="try-flow"),
    path(
        "playground/flows/<slug:slug>/answer/", flow_pages.AnswerView.as_view(), name="flow-answer"
    ),
    path("client/", views.HomeView.as_view(), name="client"),
    path("client/sign-in/", views.SignInView.as_view(), name="sign-in"),
    path("client/callback/", views.CallbackView.as_view(), name="callback"),
    path("client/notes/", views.AddNoteView.as_view(), name="add-note"),
    path("client/refresh/", views.RefreshView.as_view(), name="refresh"),
    path("client/sign-out/", views.SignOutView.as_view(), name="sign-out"),
]
