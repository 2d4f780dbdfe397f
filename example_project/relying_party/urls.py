"""The site's addresses."""

from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from example_project.relying_party import sites, views

urlpatterns = [
    path(sites.HOME.removeprefix("/"), views.home, name="home"),
    path(
        sites.BACKCHANNEL_LOGOUT.removeprefix("/"),
        views.backchannel_logout,
        name="backchannel-logout",
    ),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("oidc/", include("mozilla_django_oidc.urls")),
    path("favicon.ico", RedirectView.as_view(url=static("playground/favicon.svg"))),
]
