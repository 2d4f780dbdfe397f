"""The client registration endpoint (RFC 7591 §3) and a client's own configuration endpoint (RFC 7592 §2)."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from django_oauthflows.protocol import registration
from django_oauthflows.protocol.registration_answers import registration_endpoint


@registration_endpoint("POST")
def register_client(request: HttpRequest) -> HttpResponse:
    """A client registers itself."""
    return JsonResponse(registration.register(request), status=201)


@registration_endpoint("GET", "PUT", "DELETE")
def client_configuration(request: HttpRequest, client_id: str) -> HttpResponse:
    """A client reads, replaces or deletes its registration."""
    if request.method == "DELETE":
        registration.delete(request, client_id)
        return HttpResponse(status=204)
    answer = registration.update if request.method == "PUT" else registration.read
    return JsonResponse(answer(request, client_id))
