"""The door: a client of another provider, by the name the settings give that provider.

calendar = OutboundClient("calendar")

# for itself
calendar.own_connection().session().get("https://api.example.com/rooms")

# for a person: send them there, take the answer, and call for them from then on
started = calendar.start(redirect_uri=request.build_absolute_uri(reverse("calendar-callback")))
request.session["calendar"] = started.pending
return redirect(started.url)

pending = request.session.pop("calendar")
calendar.finish(request.build_absolute_uri(), pending, key=str(request.user.pk))

calendar.connection(str(request.user.pk)).session().get("https://api.example.com/events")
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django_oauthflows.core import clock
from django_oauthflows.outbound import exchange
from django_oauthflows.outbound.connection import Connection
from django_oauthflows.outbound.discovery import metadata_of
from django_oauthflows.outbound.errors import (
    OutboundError,
    ProviderRefused,
    ProviderUnreachable,
    UnexpectedAnswer,
)
from django_oauthflows.outbound.provider import Provider, named
from django_oauthflows.outbound.stores import Store, store_named
from django_oauthflows.outbound.tokens import Token

#: Seconds between two questions where the provider names no interval (RFC 8628 §3.2).
INTERVAL = 5
#: Seconds after which a sign-in that was started cannot be finished any more.
PENDING_SECONDS = 1800


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """Where to send the person, and what to keep for the answer in their session of this site.

    `pending` is plain JSON. The browser must not be able to read or write it. It is good for half an hour.
    """

    url: str
    state: str
    pending: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """What to show the person (RFC 8628 §3.2). Times are seconds."""

    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int
    scope: str
    device_code: str = field(repr=False)


class OutboundClient:
    """This site as a client of one provider: a name from `OAUTHFLOWS["OUTBOUND"]`, or a `Provider`."""

    def __init__(self, provider: str | Provider, *, store: Store | None = None) -> None:
        self.provider = named(provider) if isinstance(provider, str) else provider
        self.store = store or store_named(self.provider.store)

    def own_connection(self) -> Connection:
        """The client's own access, by its credentials alone (RFC 6749 §4.4)."""
        return Connection(self.provider, self.store, "")

    def connection(self, key: str) -> Connection:
        """What the person or thing of this key allowed, if anything; `ValueError` without a key."""
        if not key:
            raise ValueError("An empty key is the client's own: own_connection().")
        return Connection(self.provider, self.store, key)

    def start(self, *, redirect_uri: str, scope: str | None = None, **more: str) -> Started:
        """Begin a sign-in with a code and PKCE (RFC 7636); `more` goes into the URL, as `prompt`."""
        scope = self.provider.scope if scope is None else scope
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        url = exchange.authorization_url(
            self.provider,
            redirect_uri=redirect_uri,
            scope=scope,
            state=state,
            verifier=verifier,
            **more,
        )
        pending = {
            "provider": self.provider.name,
            "state": state,
            "code_verifier": verifier,
            "redirect_uri": redirect_uri,
            "scope": scope,
            "started": str(int(clock.now().timestamp())),
        }
        return Started(url=url, state=state, pending=pending)

    def finish(self, callback_url: str, pending: Mapping[str, str], *, key: str) -> Connection:
        """Take the answer that came to the redirect URI, and keep the tokens under `key`.

        Raises `UnexpectedAnswer` for what was not asked for, `ProviderRefused` for a no, the person's
        `access_denied` included, and `ProviderUnreachable`.
        """
        connection = self.connection(key)
        code = self._code(_parameters(callback_url), pending)
        token = exchange.redeem(
            self.provider,
            code,
            redirect_uri=pending["redirect_uri"],
            verifier=pending["code_verifier"],
            scope=pending["scope"],
        )
        connection.keep(token)
        return connection

    def start_device(self, scope: str | None = None) -> Device:
        """Ask for a code that the person types in at another device (RFC 8628 §3.1)."""
        scope = self.provider.scope if scope is None else scope
        answer = exchange.device_authorization(self.provider, scope)
        try:
            return Device(
                user_code=str(answer["user_code"]),
                verification_uri=str(answer["verification_uri"]),
                verification_uri_complete=str(answer.get("verification_uri_complete", "")),
                expires_in=int(answer["expires_in"]),
                interval=int(answer.get("interval", INTERVAL)),
                scope=scope,
                device_code=str(answer["device_code"]),
            )
        except (KeyError, TypeError, ValueError):
            raise OutboundError(f"{self.provider.name} answered without its codes.") from None

    def finish_device(
        self, device: Device, *, key: str, sleep: Callable[[float], Any] = time.sleep
    ) -> Connection:
        """Wait until the person has answered, and keep the tokens under `key` (RFC 8628 §3.5).

        Raises `ProviderRefused` with `access_denied` or `expired_token`.
        """
        connection, interval = self.connection(key), device.interval
        end = time.monotonic() + device.expires_in
        while time.monotonic() < end:
            sleep(interval)
            try:
                token = exchange.redeem_device_code(
                    self.provider, device.device_code, scope=device.scope
                )
            except ProviderRefused as refused:
                if refused.code == "slow_down":
                    interval += 5
                elif refused.code != "authorization_pending":
                    raise
            except ProviderUnreachable:
                interval *= 2
            else:
                connection.keep(token)
                return connection
        raise ProviderRefused("expired_token")

    def _code(self, answer: Mapping[str, str], pending: Mapping[str, str]) -> str:
        # RFC 6749 §10.12: without this, a stranger's code could be planted here.
        state = answer.get("state", "")
        if not secrets.compare_digest(state.encode(), pending["state"].encode()):
            raise UnexpectedAnswer("state does not match.")
        if not _is_recent(pending.get("started", "")):
            raise UnexpectedAnswer("The sign-in was started too long ago.")
        # RFC 9207 §2.4: a code from another provider must not reach this one's token endpoint.
        says_who = metadata_of(self.provider).get("authorization_response_iss_parameter_supported")
        if pending["provider"] != self.provider.name or (
            answer.get("iss") != self.provider.issuer and (says_who or "iss" in answer)
        ):
            raise UnexpectedAnswer("iss does not match.")
        if "error" in answer:
            raise ProviderRefused(answer["error"], answer.get("error_description", ""))
        if not answer.get("code"):
            raise UnexpectedAnswer("There is no code.")
        return answer["code"]


def _is_recent(started: str) -> bool:
    """Did a sign-in start within the time that one may take?"""
    try:
        age = clock.now().timestamp() - int(started)
    except ValueError:
        return False
    return -PENDING_SECONDS <= age <= PENDING_SECONDS


def _parameters(callback_url: str) -> dict[str, str]:
    pairs = parse_qsl(urlsplit(callback_url).query, keep_blank_values=True)
    parameters = dict(pairs)
    # RFC 6749 §3.1: each at most once, else two readers may see two answers.
    if len(parameters) != len(pairs):
        raise UnexpectedAnswer("A parameter is there twice.")
    return parameters


__all__ = ["Connection", "Device", "OutboundClient", "Provider", "Started", "Token"]
