"""What a walk is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django_oauthflows.flows.base import Flow
from example_project.playground.walks.wire import Wire

#: The paths of the notes API that the walks call.
NOTES, COUNT = "/api/notes/", "/api/notes/count/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """One person's way through one flow. `kept` is what the client remembers between two requests."""

    wire: Wire
    redirect_uri: str
    kept: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """How a flow is tried.

    `client` is what its client is registered with (`clients.registration.register_client`), beside the
    redirect URI where a browser `comes_back`. `begin` returns the address the browser is sent to, or
    nothing; `go_on` takes what comes of that: the answer in the address, its fragment, or a pressed button.
    """

    flow: Flow
    says: str
    client: Mapping[str, Any]
    begin: Callable[[Road, Mapping[str, str]], str]
    go_on: Callable[[Road, Mapping[str, str]], None] | None = None
    comes_back: bool = False
    reads_fragment: bool = False
    asks_for_password: bool = False
    has_own_key: bool = False
    exchanges_tokens: bool = False
