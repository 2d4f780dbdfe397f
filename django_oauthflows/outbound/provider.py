"""The other side: an issuer, and what was agreed with it when this client was registered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from django.core.exceptions import ImproperlyConfigured

from django_oauthflows.conf import conf
from django_oauthflows.core import hosts
from django_oauthflows.outbound.errors import OutboundError

S = TypeVar("S", bound=requests.Session)

#: Seconds to connect and to wait for an answer. Together well below the lease of `stores.py`.
TIMEOUT = (5.0, 10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One entry of `OAUTHFLOWS["OUTBOUND"]`, or the same written in code.

    `authentication_method` is `client_secret_basic` (where there is a secret), `client_secret_post` or
    `none`. `store` is `database` or `cache`. `metadata` stands in for discovery where a provider publishes
    none. `prepare` is called with each HTTP session that is made, for proxies, certificates or adapters.
    `uses_environment` lets sessions take proxies, certificates and passwords from the environment and from
    .netrc, which belong to whoever runs the process and not to this provider.
    """

    name: str
    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scope: str = ""
    authentication_method: str = ""
    store: str = "database"
    allow_http: bool = False
    uses_environment: bool = False
    metadata: Mapping[str, Any] | None = field(default=None, repr=False)
    prepare: Callable[[requests.Session], None] | None = field(default=None, repr=False)

    def safe(self, url: str) -> str:
        """The URL, if what is secret may be sent there.

        RFC 6749 §3.2 and RFC 6750 §5.3: TLS, and nothing else; this machine's own addresses need none.
        `OutboundError` otherwise, and where `allow_http` does not say differently.
        """
        try:
            parts = urlsplit(url)
        except ValueError:
            raise OutboundError(f"{self.name}: a URL of it is no address.") from None
        host = parts.hostname or ""
        is_allowed = parts.scheme == "https" or (
            parts.scheme == "http" and (self.allow_http or hosts.is_loopback(host))
        )
        if host and is_allowed:
            return url
        raise OutboundError(
            f"{self.name}: no token and no secret is sent to {parts.scheme}://{host}."
        )

    def prepared(self, session: S) -> S:
        """The session, made ready to reach this provider."""
        session.trust_env = self.uses_environment
        if self.prepare is not None:
            self.prepare(session)
        return session


def named(name: str) -> Provider:
    """The provider that the settings know by this name; `ImproperlyConfigured` if they do not."""
    try:
        written = conf.OUTBOUND[name]
    except KeyError:
        raise ImproperlyConfigured(f"OAUTHFLOWS['OUTBOUND'] has no {name!r}.") from None
    try:
        return Provider(name=name, **written)
    except TypeError as error:
        raise ImproperlyConfigured(f"OAUTHFLOWS['OUTBOUND'][{name!r}]: {error}") from None
