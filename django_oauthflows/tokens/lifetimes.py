"""How long things live, in seconds: the client's own choice, else the server's."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from django_oauthflows import dot
from django_oauthflows.clients.models import ClientPolicy
from django_oauthflows.conf import conf, project_settings
from django_oauthflows.rules.requests import AuthorizationRequest, ClientFacts, TokenRequest

#: RFC 6749 §4.1.2 recommends ten minutes at most; RFC 9700 a short time. A longer setting is cut to this.
LONGEST_CODE = 60
#: Longer than a client goes on trying. A longer setting of DOT's is cut to this.
LONGEST_GRACE = 300


def code_lifetime() -> int:
    return min(dot.seconds("AUTHORIZATION_CODE_EXPIRE_SECONDS"), LONGEST_CODE)


def refresh_grace() -> int:
    """Return how long a spent refresh token gets its answer again: by our setting, else by DOT's.

    DOT's is cut: who stole a spent token of a public client gets the new pair as long as it lasts
    (RFC 9700 §4.14.2).
    """
    name = "REFRESH_TOKEN_GRACE_PERIOD_SECONDS"
    if "REFRESH_GRACE_SECONDS" not in project_settings() and dot.project_says(name):
        return min(dot.seconds(name, may_be_none=True), LONGEST_GRACE)
    return int(conf.REFRESH_GRACE_SECONDS)


def device_code_lifetime() -> int:
    return int(conf.DEVICE_CODE_LIFETIME)


def access_token_lifetime(request: TokenRequest | AuthorizationRequest, *, person: Any) -> int:
    """Return how long an access token lives, for a person's key or `None`."""
    client = request.client
    if client.access_token_lifetime is not None:
        return client.access_token_lifetime
    asks = dot.LifetimeRequest(
        client_id=client.client_id,
        client_key=client.key,
        grant_type=request.grant_type if isinstance(request, TokenRequest) else "",
        scopes=tuple(sorted(request.scopes)),
        user_key=person,
    )
    return dot.access_token_seconds(asks)


def id_token_lifetime() -> int:
    return dot.seconds("ID_TOKEN_EXPIRE_SECONDS")


def longest_access_token_lifetime() -> int:
    """The longest any client's access token may live."""
    longest = ClientPolicy.objects.aggregate(longest=Max("access_token_lifetime"))["longest"] or 0
    return max(dot.longest_access_token_seconds(), longest)


def refresh_token_idle_end(client: ClientFacts, issued: datetime) -> datetime | None:
    """When an unused refresh token ends; `None` where the project lets it live for ever."""
    return idle_end(client.refresh_token_idle_lifetime, issued)


def idle_end(chosen: int | None, issued: datetime) -> datetime | None:
    """The same by what the client's policy says, in seconds; `None` for what the server says."""
    if chosen is not None:
        return issued + timedelta(seconds=chosen)
    idle = _idle_lifetime()
    return None if idle is None else issued + idle


def idle_beginning(moment: datetime) -> datetime | None:
    """An unused refresh token issued before this has ended by `moment`; `None` where none ever ends."""
    idle = _idle_lifetime()
    return None if idle is None else moment - idle


def _idle_lifetime() -> timedelta | None:
    chosen = dot.setting("REFRESH_TOKEN_EXPIRE_SECONDS")
    if chosen is None or isinstance(chosen, timedelta):
        return chosen or None
    return timedelta(seconds=int(chosen))


def authorization_end(client: ClientFacts, started: datetime) -> datetime | None:
    """When a grant ends however often it was refreshed; `None` for never."""
    absolute = client.refresh_token_absolute_lifetime
    if absolute is None:
        absolute = conf.REFRESH_TOKEN_ABSOLUTE_LIFETIME
    return None if absolute is None else started + timedelta(seconds=absolute)
