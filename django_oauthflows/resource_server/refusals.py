"""Every refusal of an API is recorded and has a reference, as those of the server's own endpoints do."""

from typing import Any

from rest_framework.request import Request

from django_oauthflows.audit import recorder
from django_oauthflows.audit.references import REFERENCE_HEADER
from django_oauthflows.errors import Code, Refusal


def record(
    request: Request, refusal: Refusal, token: Any = None, *, is_written: bool = True, **scopes: str
) -> str:
    """Record a refusal at a DRF view; returns its reference, which the response's header has too.

    Of the request its method and route are kept, never its path, which may hold anything; of a good token its
    client and person, and whatever `scopes` say. Where DRF rolls a refused request back (ATOMIC_REQUESTS) the
    row goes with it; the log record and the signal stay.
    """
    application = getattr(token, "application", None)
    reference = recorder.refuse(
        refusal,
        getattr(request, "_request", request),
        endpoint="api",
        application_key=getattr(application, "pk", None),
        client_id=getattr(application, "client_id", "") or getattr(token, "client_id", ""),
        user=getattr(token, "user_id", None),
        detail={**_asked(request), **scopes},
        is_written=is_written,
    )
    view = (request.parser_context or {}).get("view")
    if view is not None and hasattr(view, "headers"):
        # DRF copies these to whatever the view answers, an exception's response too.
        view.headers[REFERENCE_HEADER] = reference
    return reference


def record_for_token(request: Request, refusal: Refusal, **scopes: str) -> str:
    """The same for a good token that is not enough; written unless the class that took it writes none."""
    is_written = bool(getattr(request.successful_authenticator, "writes_refusals", True))
    return record(request, refusal, request.auth, is_written=is_written, **scopes)


def _asked(request: Request) -> dict[str, str]:
    match = getattr(request, "resolver_match", None)
    return {"method": str(request.method)[:20], "route": match.route[:200] if match else ""}


def too_little_scope() -> Refusal:
    """The token is good and not enough (RFC 6750 §3.1)."""
    return Refusal(
        Code.INSUFFICIENT_SCOPE,
        "The access token does not have the scope this needs.",
        rule="scope_must_be_enough_for_view",
        spec="RFC 6750 §3.1",
        status=403,
    )


def not_permitted() -> Refusal:
    """The token is good, and no scope would change the view's mind: it is for people, or for others."""
    return Refusal(
        Code.ACCESS_DENIED,
        "The view's permissions refuse this token, whatever its scope.",
        rule="permissions_must_be_granted",
        spec="RFC 6750 §3.1",
        status=403,
    )


def user_needed() -> Refusal:
    """The token is a service's own, by client credentials, and the view is for users."""
    return Refusal(
        Code.ACCESS_DENIED,
        "The access token is a service's own, and this needs one that a user granted: get it by the "
        "authorization code flow or the device flow.",
        rule="access_token_must_be_granted_by_a_user",
        spec="RFC 6749 §4.4",
        status=403,
    )
