"""An API while the database or the cache is away: 503 with Retry-After (RFC 9110 §15.6.4)."""

from typing import Any

from rest_framework.exceptions import APIException
from rest_framework.request import Request

from django_oauthflows.audit.references import told
from django_oauthflows.core import quiet_log
from django_oauthflows.core.outage import RETRY_AFTER, Outage
from django_oauthflows.errors import refusal_of
from django_oauthflows.resource_server import refusals


class ServiceUnavailable(APIException):
    """The token could not be looked at, which says nothing about it: no 401, so that no client drops it."""

    status_code = 503
    #: DRF writes it into Retry-After.
    wait = RETRY_AFTER

    def __init__(self, members: dict[str, str]) -> None:
        super().__init__(code=members["error"])
        self.detail: Any = members


def unavailable(request: Request, outage: Outage) -> ServiceUnavailable:
    """Return what a view answers with; the refusal is logged and has a reference, but no row."""
    refusal = refusal_of(outage)
    reference = refusals.record(request, refusal, is_written=False)
    quiet_log.mark_as_reported(getattr(request, "_request", request))
    view = (request.parser_context or {}).get("view")
    if view is not None and hasattr(view, "headers"):
        view.headers["Cache-Control"] = "no-store"
    members = {"error": str(refusal.code)}
    members |= told(getattr(request, "_request", request), refusal.sentence, reference)
    return ServiceUnavailable(members)
