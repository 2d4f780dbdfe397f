"""Numbers for Prometheus: what was issued, what was refused by which rule, and how long endpoints take.

Needs the extra `metrics`, and one line, as far up as the times are to reach:

    MIDDLEWARE = ["django_oauthflows.metrics.MetricsMiddleware", ...]

The numbers are in prometheus-client's own registry; the project serves that as it serves its other numbers,
where only its own monitoring gets at it. No label names a client or a person.
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from django_oauthflows import signals
from django_oauthflows.audit.events import Event

ISSUED = Counter("oauthflows_tokens_issued", "Answers that held tokens, by flow.", ["flow"])
REFUSED = Counter(
    "oauthflows_requests_refused",
    "Refused requests, by endpoint, rule and error code.",
    ["endpoint", "rule", "code"],
)
EVENTS = Counter("oauthflows_events", "What the audit log recorded, by event.", ["event"])
SECONDS = Histogram(
    "oauthflows_request_seconds",
    "Time an endpoint took, by its name in urls.py and the class of the status.",
    ["endpoint", "status"],
)

_NAMESPACES = {"oauthflows", "oauth2_provider"}


class MetricsMiddleware:
    """Times the requests to this app's endpoints, and begins to count when it is installed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        signals.token_issued.connect(_count_issued, dispatch_uid="oauthflows.metrics.issued")
        signals.audit_recorded.connect(_count_recorded, dispatch_uid="oauthflows.metrics.recorded")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        response = self._get_response(request)
        match = request.resolver_match
        if match is not None and _NAMESPACES & set(match.namespaces):
            labels = (match.url_name or "", f"{response.status_code // 100}xx")
            SECONDS.labels(*labels).observe(perf_counter() - began)
        return response


def _count_issued(*, flow: str, **_: Any) -> None:
    ISSUED.labels(flow).inc()


def _count_recorded(*, event: str, endpoint: str, rule: str, code: str, **_: Any) -> None:
    EVENTS.labels(event).inc()
    if event == Event.REQUEST_REFUSED:
        REFUSED.labels(endpoint, rule, str(code)).inc()
