"""The addresses of a site that answers for its own pages too while the database is away."""

from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.urls import path

from django_oauthflows import dot
from tests.urls import urlpatterns as _ours

handler400 = "django_oauthflows.handlers.bad_request"
handler500 = "django_oauthflows.handlers.server_error"


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(dot.application_model().objects.count()))


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("a mistake of the project")


def remembers(request: HttpRequest) -> HttpResponse:
    request.session["seen"] = True
    return HttpResponse("seen")


def forgets(request: HttpRequest) -> HttpResponse:
    """Another request signs the browser out while this one is answered."""
    request.session["seen"] = False
    Session.objects.all().delete()
    return HttpResponse("forgotten")


urlpatterns = [
    *_ours,
    path("", home),
    path("broken/", broken),
    path("remembers/", remembers),
    path("forgets/", forgets),
]
