"""Who calls: the access token in the Authorization header (RFC 6750 §2.1)."""

from typing import Any, ClassVar

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from django_oauthflows.core.outage import Outage, despite_outages
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.resource_server.challenges import TokenRefused, challenge_for
from django_oauthflows.resource_server.outages import unavailable
from django_oauthflows.resource_server.permissions import explain_refusals, needed_scopes
from django_oauthflows.resource_server.principals import ClientPrincipal
from django_oauthflows.resource_server.refusals import record
from django_oauthflows.tokens.validation import validate

_REFUSED = "_oauthflows_refused"


class OAuth2TokenAuthentication(BaseAuthentication):
    """DRF authentication by access token: one statement per request, revocation seen at once.

    `request.user` is the person, or a `ClientPrincipal` for a service's own token; `request.auth` is the
    token's row with `scope`, `application` and `user`. A token that is not good is a 401, never an anonymous
    request. Tokens in the URL or the body are not read (RFC 9700 §4.3.2). List it first, so that DRF
    challenges with it.

    A token that was asked for certain resources works there alone (RFC 8707). An API that has an identifier
    other than its URL says so in a subclass, and one that wants no token that would do elsewhere too:

        class NotesAuthentication(OAuth2TokenAuthentication):
            resource = "https://notes.example.com/"
            must_be_bound = True
    """

    #: Tells this class from others in the lists of a project's views (`protected_views`).
    takes_access_tokens: ClassVar[bool] = True
    #: The identifier of the API (RFC 9728 §1.2). Empty: `OAUTHFLOWS["RESOURCE"]`, or the request's URL.
    resource: ClassVar[str] = ""
    #: Refuse a token that was asked for no resource in particular.
    must_be_bound: ClassVar[bool] = False
    #: Write refusals to the audit log, in bounded number; else they are a log record and a signal alone.
    writes_refusals: ClassVar[bool] = True

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        scheme, _, value = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        _keep_from_caches(request)
        try:
            token = despite_outages(
                lambda: self._validated(
                    _shown(value.strip()), getattr(request, "_request", request)
                )
            )
        except Outage as outage:
            raise unavailable(request, outage) from outage
        except Refusal as refusal:
            reference = record(request, refusal, is_written=self.writes_refusals)
            setattr(request, _REFUSED, (refusal, reference))
            raise TokenRefused(refusal) from None
        principal = self._principal(request, token)
        if isinstance(principal, ClientPrincipal):
            context = getattr(request, "parser_context", None) or {}
            explain_refusals(context.get("view"))
        return principal, token

    def authenticate_header(self, request: Request) -> str:
        refusal, reference = getattr(request, _REFUSED, (None, ""))
        return challenge_for(
            request, refusal, needed_scopes(request), reference, resource=self.resource
        )

    def _validated(self, value: str, request: Any) -> Any:
        """The token behind the value. Raises `Refusal`."""
        return validate(value, request, resource=self.resource, must_be_bound=self.must_be_bound)

    def _principal(self, request: Request, token: Any) -> Any:
        """Who the token stands for."""
        return token.user or ClientPrincipal(client_id=token.application.client_id)


def _keep_from_caches(request: Request) -> None:
    """Keep Django's cache middleware from storing the answer (RFC 9111 §3.5).

    It would answer for a token that has been revoked since. No answer is there yet that a header could be
    written on, so this is told to the middleware by the mark it leaves on the request itself.
    """
    django_request: Any = getattr(request, "_request", request)
    django_request._cache_update_cache = False


def _shown(value: str) -> str:
    """What stands in the header, if it can be a token at all. Raises `Refusal`."""
    if not value or any(character.isspace() for character in value) or not value.isascii():
        raise Refusal(
            Code.INVALID_TOKEN,
            "The Authorization header holds no well-formed token.",
            rule="access_token_must_be_well_formed",
            spec="RFC 6750 §2.1",
            status=401,
        )
    return value
