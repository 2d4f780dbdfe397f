"""What is said to a provider's endpoints. The only module that knows Authlib."""

import logging
from collections.abc import Callable
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from django_oauthflows.core import clock
from django_oauthflows.outbound.discovery import endpoint, metadata_of
from django_oauthflows.outbound.errors import (
    OutboundError,
    ProviderRefused,
    ProviderUnreachable,
)
from django_oauthflows.outbound.provider import TIMEOUT, Provider
from django_oauthflows.outbound.tokens import Token, read_answer

logger = logging.getLogger(__name__)


def authorization_url(
    provider: Provider, *, redirect_uri: str, scope: str, state: str, verifier: str, **more: str
) -> str:
    """Where to send the person (RFC 6749 §4.1.1, RFC 7636 §4.3)."""
    endpoint_url = endpoint(provider, "authorization_endpoint")
    with _session(provider, code_challenge_method="S256") as session:
        url, _ = session.create_authorization_url(
            endpoint_url,
            state=state,
            code_verifier=verifier,
            redirect_uri=redirect_uri,
            scope=scope or None,
            **more,
        )
    return str(url)


def redeem(provider: Provider, code: str, *, redirect_uri: str, verifier: str, scope: str) -> Token:
    """Turn a code into a token (RFC 6749 §4.1.3)."""
    return _fetch(
        provider,
        assumed_scope=scope,
        grant_type="authorization_code",
        code=code,
        redirect_uri=redirect_uri,
        code_verifier=verifier,
    )


def client_credentials(provider: Provider) -> Token:
    """A token of the client's own (RFC 6749 §4.4.2)."""
    asked = {"scope": provider.scope} if provider.scope else {}
    return _fetch(provider, assumed_scope=provider.scope, grant_type="client_credentials", **asked)


def redeem_device_code(provider: Provider, device_code: str, *, scope: str) -> Token:
    """Ask once whether the person has answered (RFC 8628 §3.4)."""
    grant_type = "urn:ietf:params:oauth:grant-type:device_code"
    return _fetch(provider, assumed_scope=scope, grant_type=grant_type, device_code=device_code)


def refresh(provider: Provider, token: Token) -> Token:
    """Trade the refresh token for new ones (RFC 6749 §6); the scope stays as it was granted."""
    url, now = endpoint(provider, "token_endpoint"), clock.now().timestamp()
    with _session(provider) as session:
        answer = _answered(
            provider,
            lambda: session.refresh_token(
                url, refresh_token=token.refresh_token, timeout=TIMEOUT, allow_redirects=False
            ),
        )
    return read_answer(answer, now=now, scope=token.scope, before=token)


def device_authorization(provider: Provider, scope: str) -> dict[str, Any]:
    """Ask for a pair of codes (RFC 8628 §3.1)."""
    url = endpoint(provider, "device_authorization_endpoint")
    with _session(provider) as session:

        def ask() -> Any:
            response = session.post(
                url,
                data={"scope": scope} if scope else {},
                auth=session.client_auth(session.token_endpoint_auth_method),
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            return session.parse_response_token(response)

        return _answered(provider, ask)


def revoke(provider: Provider, token: Token) -> None:
    """Give the token back (RFC 7009 §2.1): the refresh token, and with it what came of it.

    Nothing is said to a provider that has no revocation endpoint.
    """
    if "revocation_endpoint" not in metadata_of(provider):
        return
    url = endpoint(provider, "revocation_endpoint")
    kind = "refresh_token" if token.refresh_token else "access_token"
    try:
        with _session(provider) as session:
            response = session.revoke_token(
                url,
                token=token.refresh_token or token.access_token,
                token_type_hint=kind,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            response.raise_for_status()
    except (
        requests.RequestException,
        ValueError,
    ) as error:  # the latter for a `Location` of `https://[`
        raise ProviderUnreachable(f"{provider.name} could not be told.") from error


def _session(provider: Provider, **options: Any) -> Any:
    method = provider.authentication_method or None
    session = OAuth2Session(
        provider.client_id,
        provider.client_secret,
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
        **options,
    )
    return provider.prepared(session)


def _fetch(provider: Provider, *, assumed_scope: str, **parameters: str) -> Token:
    url, now = endpoint(provider, "token_endpoint"), clock.now().timestamp()
    with _session(provider) as session:
        # A redirect would carry the client's secret to an address nobody wrote down.
        answer = _answered(
            provider,
            lambda: session.fetch_token(url, timeout=TIMEOUT, allow_redirects=False, **parameters),
        )
    return read_answer(answer, now=now, scope=assumed_scope)


def _answered(provider: Provider, ask: Callable[[], Any]) -> dict[str, Any]:
    """What the provider answers, or one of our errors."""
    try:
        answer = ask()
    except OAuthError as error:
        logger.info("%s refused: %s", provider.name, error.error)
        raise ProviderRefused(str(error.error), str(error.description or "")) from None
    except requests.RequestException as error:
        raise ProviderUnreachable(f"{provider.name} could not be reached.") from error
    except ValueError:
        # Without its cause: a JSON error carries the text it could not read.
        raise ProviderUnreachable(f"{provider.name} answered what is not JSON.") from None
    if not isinstance(answer, dict):
        raise OutboundError(f"{provider.name} answered what is not a JSON object.")
    return answer
