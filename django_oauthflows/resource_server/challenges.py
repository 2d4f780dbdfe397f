"""How an API says no (RFC 6750 §3): every refusal of a token leaves with a challenge the client can read."""

from collections.abc import Collection
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import NoReverseMatch
from django.utils.encoding import escape_uri_path
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from django_oauthflows.audit.references import told
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.issuer import origin_of, url_of
from django_oauthflows.resource_server import refusals

REALM = "api"


class TokenRefused(AuthenticationFailed):
    """A token was shown and is not good: 401, never an anonymous request."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence, code=str(refusal.code))
        self.refusal = refusal


class InsufficientScope(PermissionDenied):
    """The token is good and not enough (RFC 6750 §3.1)."""

    def __init__(self, request: Any, scopes: Collection[str]) -> None:
        needed = " ".join(sorted(scopes))
        super().__init__(
            f"The access token needs the scope: {needed}.", code=str(Code.INSUFFICIENT_SCOPE)
        )
        self._request, self._needed = request, needed

    @cached_property
    def auth_header(self) -> str:
        """The challenge, as DRF reads it where it answers with this exception.

        Recorded then and not before: for OPTIONS and its browsable pages DRF also asks what would be refused.
        """
        request, refusal = self._request, refusals.too_little_scope()
        reference = refusals.record_for_token(
            request,
            refusal,
            scope_needed=self._needed[:500],
            scope_held=request.auth.scope[:500],
        )
        taker = request.successful_authenticator
        resource = str(getattr(taker, "resource", ""))
        return challenge_for(request, refusal, self._needed.split(), reference, resource=resource)


class NotPermitted(PermissionDenied):
    """The token is good, and no scope would help: recorded as `InsufficientScope` is."""

    def __init__(self, request: Any, detail: Any = None, code: str | None = None) -> None:
        super().__init__(detail, code)
        self._request = request

    @property
    def _refusal(self) -> Refusal:
        return refusals.not_permitted()

    @cached_property
    def auth_header(self) -> str:
        """None: there is nothing to ask for that would be enough."""
        refusals.record_for_token(self._request, self._refusal)
        return ""


class UserNeeded(NotPermitted):
    """The token is a service's own, and the view is for users (RFC 6749 §4.4)."""

    def __init__(self, request: Any) -> None:
        super().__init__(request, self._refusal.sentence)

    @property
    def _refusal(self) -> Refusal:
        return refusals.user_needed()


def challenge(request: HttpRequest, *, resource: str = "", **members: str) -> str:
    """A `WWW-Authenticate` value that leads to the resource's metadata (RFC 9728 §5.1).

    `resource` is the identifier that the view declares; without one, it is known by the URL of the request.
    """
    parts = {"realm": REALM, **members, **_metadata(request, resource)}
    return "Bearer " + ", ".join(
        f'{name}="{_quoted(value)}"' for name, value in parts.items() if value
    )


def challenge_for(
    request: Any,
    refusal: Refusal | None,
    scopes: Collection[str],
    reference: str = "",
    *,
    resource: str = "",
) -> str:
    """The challenge for a refused token, or without an error for a request that had none.

    `scopes` are those the view needs, so that a client can ask for the right ones at once. Where
    `REFERENCE_IN` says, it names the refusal's `reference`.
    """
    scope = " ".join(sorted(scopes))
    if refusal is None:
        return challenge(request, resource=resource, scope=scope)
    members = told(request, refusal.sentence, reference)
    return challenge(request, resource=resource, error=str(refusal.code), **members, scope=scope)


def _metadata(request: HttpRequest, resource: str) -> dict[str, str]:
    view = (getattr(request, "parser_context", None) or {}).get("view")
    if own := getattr(view, "resource_metadata_url", None):
        return {"resource_metadata": own()}
    try:
        document = url_of(request, "resource-metadata")
    except NoReverseMatch:
        # An API that only checks tokens need not serve the document.
        return {}
    return {"resource_metadata": document + _path_of_resource(request, resource)}


def _path_of_resource(request: HttpRequest, resource: str) -> str:
    """The path behind the well-known one (RFC 9728 §3.1).

    That of the view's own resource where it is on this host and has no query, else that of the request.
    """
    origin, parts = origin_of(request), urlsplit(resource)
    if resource and not parts.query and f"{parts.scheme}://{parts.netloc}" == origin:
        return parts.path if parts.path != "/" else ""
    return escape_uri_path(request.path) if request.path != "/" else ""


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
