"""Where a provider's endpoints are, read from the provider itself (RFC 8414)."""

import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests

from django_oauthflows.outbound.errors import OutboundError, ProviderUnreachable
from django_oauthflows.outbound.provider import TIMEOUT, Provider

#: How long a process answers from what it read, in seconds.
LIFETIME = 3600

_known: dict[str, tuple[float, Mapping[str, Any]]] = {}


def metadata_of(provider: Provider) -> Mapping[str, Any]:
    """The provider's metadata, from the settings or from its well-known address.

    Raises `ProviderUnreachable` where nothing is found, and `OutboundError` where somebody else answers.
    """
    if provider.metadata is not None:
        return provider.metadata
    read, metadata = _known.get(provider.issuer, (0.0, None))
    if metadata is None or time.monotonic() - read > LIFETIME:
        metadata = _discover(provider)
        _known[provider.issuer] = (time.monotonic(), metadata)
    return metadata


def endpoint(provider: Provider, name: str) -> str:
    """The URL of one endpoint, as `token_endpoint`; `OutboundError` if the provider has none."""
    url = metadata_of(provider).get(name)
    if not isinstance(url, str):
        raise OutboundError(f"{provider.name} has no {name}.")
    return provider.safe(url)


def forget_all() -> None:
    """Read every provider's metadata anew."""
    _known.clear()


def _discover(provider: Provider) -> Mapping[str, Any]:
    with provider.prepared(requests.Session()) as session:
        for url in _addresses(provider.issuer):
            metadata = _read(provider, session, provider.safe(url))
            if metadata is None:
                continue
            # RFC 8414 §3.3: else whoever can answer at that address could take the provider's place.
            if metadata.get("issuer") != provider.issuer:
                raise OutboundError(f"{provider.name} is not who it should be: issuer differs.")
            return metadata
    raise ProviderUnreachable(f"{provider.name} publishes no metadata.")


def _addresses(issuer: str) -> Iterator[str]:
    parts = urlsplit(issuer)
    origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    yield f"{origin}/.well-known/oauth-authorization-server{path}"  # RFC 8414 §3.1
    if path:
        # The form of OpenID Connect, which servers also use for this name (RFC 8414 §5).
        yield f"{origin}{path}/.well-known/oauth-authorization-server"
    yield f"{origin}{path}/.well-known/openid-configuration"  # OpenID Connect Discovery §4


def _read(provider: Provider, session: requests.Session, url: str) -> Mapping[str, Any] | None:
    """The document at one address; None where there is none."""
    try:
        response = session.get(url, timeout=TIMEOUT)
    except requests.RequestException as error:
        raise ProviderUnreachable(f"{provider.name} could not be reached.") from error
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ProviderUnreachable(f"{provider.name} answered {response.status_code}.")
    if response.status_code != HTTPStatus.OK:
        return None
    try:
        metadata = response.json()
    except ValueError:
        return None
    return metadata if isinstance(metadata, dict) else None
