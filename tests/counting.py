"""For sites that tests look at: what was counted is written down at once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from django_oauthflows.traffic import counting


class WrittenAtOnce:
    """Middleware: a page shows the requests before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        counting.flush()
        return response
