"""A page with one button, for what a program takes by POST alone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.html import format_html


def button(label: str, action: str) -> Callable[[HttpRequest], HttpResponse]:
    def page(request: HttpRequest) -> HttpResponse:
        form = '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken"'
        form += ' value="{}"><button>{}</button></form>'
        return HttpResponse(format_html(form, action, get_token(request), label))

    return page
