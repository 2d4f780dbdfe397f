"""One token's life on this side: used, renewed by one process at a time, given back."""

import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django_oauthflows.conf import conf
from django_oauthflows.core import clock
from django_oauthflows.outbound import exchange
from django_oauthflows.outbound.discovery import metadata_of
from django_oauthflows.outbound.errors import (
    ProviderRefused,
    ProviderUnreachable,
    SignInNeeded,
)
from django_oauthflows.outbound.provider import Provider
from django_oauthflows.outbound.sealing import seal, unseal
from django_oauthflows.outbound.sessions import ConnectionSession
from django_oauthflows.outbound.stores import LEASE, Place, Store
from django_oauthflows.outbound.tokens import Token

logger = logging.getLogger(__name__)

#: How long one who waits for another's refresh waits, in seconds: longer than a crashed holder's lease.
PATIENCE = LEASE + 5

#: Between two looks, in seconds, and a little more at random so that waiters do not look in step.
PAUSE = 0.05


class Connection:
    """What somebody allowed this site at a provider, or what the provider allows the site itself.

    Its sessions and its `token` hand out tokens that work. Its representation names no token.
    """

    def __init__(self, provider: Provider, store: Store, key: str) -> None:
        self.provider = provider
        self.key = key
        self._store = store
        self._place = Place(provider.name, key)
        # A token is not read back for another issuer or client that was put under the same name.
        self._context = json.dumps([provider.name, provider.issuer, provider.client_id, key])

    def __repr__(self) -> str:
        return f"<Connection {self.provider.name} {self.key or 'of the client itself'}>"

    @property
    def is_the_clients_own(self) -> bool:
        return not self.key

    def stored(self) -> Token | None:
        """The token as it is kept, fresh or not; None where there is none that can be read."""
        sealed = self._store.read(self._place)
        text = unseal(sealed, context=self._context) if sealed else None
        return Token.loads(text) if text else None

    def session(self) -> ConnectionSession:
        """An HTTP session that sends the token, renews it when its time is over, and once on a 401."""
        return self.provider.prepared(ConnectionSession(self))

    def token(self) -> Token:
        """A token that is good for a while: the stored one, or a new one.

        Raises `SignInNeeded` where only the person can help, `ProviderRefused` where the provider wants none
        of this client, `ProviderUnreachable` where trying later may help.
        """
        stored = self.stored()
        if stored is not None and self._is_usable(stored, failed=None):
            return stored
        return self._renewed(failed=None)

    def renew(self, failed: Token | None) -> Token:
        """Another token than the one that failed, unless somebody has brought one already.

        With None the stored token counts as the one that failed. Raises as `token` does.
        """
        return self._renewed(failed=failed or self.stored())

    def keep(self, token: Token) -> None:
        """Put a token in the place of whatever is there."""
        with self._lease():
            self._write(token)

    def disconnect(self) -> None:
        """Forget the token, then give it back to the provider (RFC 7009).

        It is forgotten even if the provider cannot be told, which raises `ProviderUnreachable`.
        """
        with self._lease():
            stored = self.stored()
            self._store.forget(self._place)
        if stored is not None:
            exchange.revoke(self.provider, stored)

    def _is_usable(self, token: Token | None, *, failed: Token | None) -> bool:
        if token is None or (failed is not None and token.access_token == failed.access_token):
            return False
        return token.is_fresh(clock.now().timestamp(), conf.OUTBOUND_LEEWAY_SECONDS)

    def _renewed(self, *, failed: Token | None) -> Token:
        if self.stored() is None and not self.is_the_clients_own:
            raise SignInNeeded(f"There is no token for {self.provider.name}.")
        metadata_of(self.provider)  # before the lease, which is for the exchange alone
        with self._lease(unless=lambda: self._is_usable(self.stored(), failed=failed)) as is_held:
            # Read once more: between the last look and the lease another may have finished.
            stored = self.stored()
            if stored is not None and self._is_usable(stored, failed=failed):
                return stored
            if is_held:
                return self._obtain(stored, failed=failed)
        return self._renewed(failed=failed)

    def _obtain(self, stored: Token | None, *, failed: Token | None) -> Token:
        """Ask the provider, holding the lease."""
        try:
            if self.is_the_clients_own:
                token = exchange.client_credentials(self.provider)
            elif stored is not None and stored.refresh_token:
                token = exchange.refresh(self.provider, stored)
            else:
                raise SignInNeeded(f"There is no refresh token for {self.provider.name}.")
        except ProviderUnreachable:
            # Within the leeway the old one still works: a provider that is away need not be noticed.
            if failed is None and stored and not stored.has_ended(clock.now().timestamp()):
                return stored
            raise
        except ProviderRefused as refused:
            if refused.code != "invalid_grant" or self.is_the_clients_own:
                raise
            # RFC 6749 §5.2: the refresh token is expired, revoked or spent, and will stay so.
            self._store.forget(self._place)
            logger.info("%s ended a connection", self.provider.name)
            raise SignInNeeded(f"{self.provider.name} ended this connection.") from None
        self._write(token)
        return token

    def _write(self, token: Token) -> None:
        self._store.write(self._place, seal(token.dumps(), context=self._context))

    @contextmanager
    def _lease(self, *, unless: Callable[[], bool] = lambda: False) -> Iterator[bool]:
        """Hold the lease; or do not, once `unless` says that waiting for it is over."""
        end = time.monotonic() + PATIENCE
        while (lease := self._store.claim(self._place)) is None and not unless():
            if time.monotonic() > end:
                raise ProviderUnreachable(f"{self.provider.name}: another process is renewing.")
            time.sleep(PAUSE + random.uniform(0, PAUSE))  # noqa: S311 - no secret
        try:
            yield lease is not None
        finally:
            if lease is not None:
                self._store.release(self._place, lease)
