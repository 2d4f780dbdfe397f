"""Limits on wrong client secrets (RFC 6749 §2.3.1): by network and client, and for slow hashes by client.

Anybody can invent a client id, so clients that are not known share the counter of their network. A right
secret is never counted, so that nobody keeps a client from its tokens.
"""

from dataclasses import dataclass

from django_oauthflows import limits
from django_oauthflows.conf import conf
from django_oauthflows.errors import Code, Refusal

#: How many slow hashes one client may cost within the window, from wherever: a minute and a half of one CPU.
SLOW_HASHES_PER_CLIENT = 300

_NAME = "client-secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessLimits:
    """The counters of one request that sends a secret; `client_id` is empty unless the client is known."""

    network: str
    client_id: str

    def count(self) -> None:
        """Count a wrong secret. Raises `Refusal`."""
        _spend(self._key, conf.CLIENT_GUESSES_PER_NETWORK)

    def count_slow_hash(self) -> None:
        """Count a slow hash for a client that is known. Raises `Refusal`."""
        _spend(self._slow_key, SLOW_HASHES_PER_CLIENT)

    def give_back(self) -> None:
        """Take both counts back: the slow hash found the secret right."""
        for key in (self._key, self._slow_key):
            limits.give_back(_NAME, key, per_seconds=conf.CLIENT_GUESSES_WINDOW)

    @property
    def _key(self) -> str:
        return f"{self.network} {self.client_id}"

    @property
    def _slow_key(self) -> str:
        return f"slow hashes of {self.client_id}"


def _spend(key: str, at_most: int) -> None:
    seconds = conf.CLIENT_GUESSES_WINDOW
    wait = limits.spend(_NAME, key, at_most=at_most, per_seconds=seconds)
    if wait is not None:
        raise Refusal(
            Code.INVALID_CLIENT,
            f"Too many attempts. Try again in {wait} seconds.",
            rule="guesses_at_one_client_must_be_few",
            spec="RFC 6749 §2.3.1",
            status=429,
            retry_after=wait,
        )
