"""The addresses of a site whose 404s clients can read."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from tests.urls import urlpatterns as _ours

handler404 = "django_oauthflows.handlers.page_not_found"


def gone(request: HttpRequest) -> HttpResponse:
    raise Http404


urlpatterns = [
    *_ours,
    path("gone/", gone),
    path("o/of-the-project/", lambda _: HttpResponse("here")),
]
