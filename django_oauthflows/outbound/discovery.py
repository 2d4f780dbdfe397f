"""Where a provider's endpoints are, read from the provider itself (RFC 8414)."""

import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from django_oauthflows.outbound.errors import OutboundError, ProviderUnreachable
from django_oauthflows.outbound.provider import TIMEOUT, Provider

#: How long a process answers from what it read, in seconds.
LIFETIME = 3600

#: How many redirects are followed, all of them at the provider's own host.
MOST_REDIRECTS = 3

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
    response = _gotten(provider, session, url)
    if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ProviderUnreachable(f"{provider.name} answered {response.status_code}.")
    if response.status_code != HTTPStatus.OK:
        return None
    try:
        metadata = response.json()
    except ValueError:
        return None
    return metadata if isinstance(metadata, dict) else None


def _gotten(provider: Provider, session: requests.Session, url: str) -> requests.Response:
    """Return the answer of an address, or of another one of the same host that it leads to.

    The document decides where secrets are sent, so no other host may say it.
    """
    for _ in range(MOST_REDIRECTS + 1):
        try:
            response = session.get(url, timeout=TIMEOUT, allow_redirects=False)
        except (
            requests.RequestException,
            ValueError,
        ) as error:  # the latter for a `Location` of `https://[`
            raise ProviderUnreachable(f"{provider.name} could not be reached.") from error
        if not response.is_redirect:
            return response
        url = provider.safe(_next_address(provider, url, response.headers["Location"]))
    raise ProviderUnreachable(f"{provider.name} leads from one address to the next.")


def _next_address(provider: Provider, url: str, location: str) -> str:
    """Return the URL that a redirect leads to, at the same host."""
    try:
        leads_to = urljoin(url, location)
        is_same_host = urlsplit(leads_to)[:2] == urlsplit(url)[:2]
    except ValueError:  # as of `https://[`
        raise ProviderUnreachable(f"{provider.name} leads to what is no address.") from None
    if not is_same_host:
        raise ProviderUnreachable(f"{provider.name} leads to another host.")
    return leads_to
