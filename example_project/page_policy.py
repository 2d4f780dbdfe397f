"""The Content-Security-Policy of the example's pages (Content Security Policy Level 3).

A page loads what this site serves itself, and runs nothing that stands in the page. The pages of
django_oauthflows bring a policy of their own, which stays. Django 6 has a middleware for this; this one
works on Django 5.2 too.
"""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"


def policy(*, forms_lead_to: Sequence[str] | None = ()) -> str:
    """Return the policy of a page whose forms end on this site or at further origins; `None` is anywhere."""
    directives = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        # Icons of the admin's lists and the code that a device shows.
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    if forms_lead_to is not None:
        directives.append(" ".join(("form-action 'self'", *forms_lead_to)))
    return "; ".join(directives)


class PagePolicyMiddleware:
    """Give each page a policy that has none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and HEADER not in response.headers:
            response.headers[HEADER] = policy(forms_lead_to=settings.FORMS_LEAD_TO)
        return response
