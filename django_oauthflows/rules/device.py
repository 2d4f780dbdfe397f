"""Questions about a device that waits for a person elsewhere to decide (RFC 8628)."""

from django_oauthflows.errors import Code
from django_oauthflows.rules.base import rule
from django_oauthflows.rules.requests import AuthorizationRequest, DeviceStatus, TokenRequest

_UNKNOWN = "The device code is unknown or has been used."


@rule(spec="RFC 8707 §2.2", refuses_with=Code.INVALID_TARGET)
def resource_must_be_named_at_the_token_endpoint(request: AuthorizationRequest) -> str | None:
    """A limit that is silently forgotten while the person decides would be no limit."""
    return "Name the resource in the token request." if request.resource else None


@rule(spec="RFC 8628 §3.5", refuses_with=Code.INVALID_GRANT)
def device_code_must_exist(request: TokenRequest) -> str | None:
    """The same words for a code that never was, was another client's, or is long gone."""
    return None if request.held else _UNKNOWN


@rule(spec="RFC 8628 §3.4", refuses_with=Code.INVALID_GRANT)
def device_code_must_belong_to_client(request: TokenRequest) -> str | None:
    """A stolen device code cannot be redeemed by another client; its rightful holder still can."""
    if request.held and request.held.client_key != request.client.key:
        return _UNKNOWN
    return None


@rule(spec="RFC 8628 §3.5", refuses_with=Code.INVALID_GRANT)
def device_code_must_be_unspent(request: TokenRequest) -> str | None:
    """A device asks no more once it has its tokens: one of two who do stole the code, so the tokens die."""
    if request.held and request.held.spent_at:
        return "The device code was redeemed before; the tokens it earned have been revoked."
    return None


@rule(spec="RFC 8628 §3.5", refuses_with=Code.EXPIRED_TOKEN)
def device_code_must_not_be_expired(request: TokenRequest) -> str | None:
    """Minutes for a person to type a short code, and no more for anybody to guess it."""
    if request.held and request.held.expires and request.held.expires <= request.now:
        return "The device code has expired: start again."
    return None


@rule(spec="RFC 8628 §3.5", refuses_with=Code.ACCESS_DENIED)
def person_must_not_have_denied(request: TokenRequest) -> str | None:
    """The person's no is final for this code."""
    if request.held and request.held.device_status is DeviceStatus.DENIED:
        return "The person denied the request."
    return None


@rule(spec="RFC 8628 §3.5", refuses_with=Code.SLOW_DOWN)
def device_must_wait_between_polls(request: TokenRequest) -> str | None:
    """A device that asks too often waits five seconds longer each time, and the server remembers it."""
    if request.held and request.held.is_polled_too_soon:
        return "The device asks too often: wait five seconds longer between requests."
    return None


@rule(spec="RFC 8628 §3.5", refuses_with=Code.AUTHORIZATION_PENDING)
def person_must_have_decided(request: TokenRequest) -> str | None:
    """No refusal but the ordinary answer to a device that waits."""
    if request.held and request.held.device_status is DeviceStatus.PENDING:
        return "The person has not decided yet."
    return None
