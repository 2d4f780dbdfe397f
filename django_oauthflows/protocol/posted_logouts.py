"""A request to sign out that came by POST, carried through the browser to its own next GET.

Sealed, and of the ID token only what it says: whoever posts one wants it in no history and in no log.
"""

import json
from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest

from django_oauthflows import sealing
from django_oauthflows.core import clock
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.identity.hints import Hint
from django_oauthflows.protocol.parameters import Parameters

_NAME = "posted"
_PLACE = b"posted logout"
#: Seconds the person may think about it.
_LIFETIME = 1800
#: What a sign-out reads; nothing else is carried along.
_CARRIED = ("client_id", "post_logout_redirect_uri", "state", "ui_locales")


def query_for(parameters: Parameters, hint: Hint | None) -> str:
    """The query that stands for the parameters and for a hint that was found genuine."""
    until = clock.now() + timedelta(seconds=_LIFETIME)
    kept = {
        "until": until.timestamp(),
        "parameters": {name: parameters[name] for name in _CARRIED if name in parameters},
        "hint": asdict(hint) if hint else None,
    }
    plain = json.dumps(kept)
    keys = sealing.project_keys(sealing.Use.LOGOUT_REQUESTS)
    return urlencode({_NAME: sealing.seal(plain, key=keys[0], bound_to=_PLACE)})


def opened(http: HttpRequest) -> tuple[Parameters, Hint | None] | None:
    """What the query stands for; `None` where it is a query of its own. Raises `Refusal`."""
    sent = http.GET.get(_NAME)
    if sent is None:
        return None
    keys = sealing.project_keys(sealing.Use.LOGOUT_REQUESTS)
    try:
        kept = json.loads(sealing.unseal(sent, keys=keys, bound_to=_PLACE)[0])
    except sealing.Unopened:
        raise _over() from None
    if kept["until"] < clock.now().timestamp():
        raise _over()
    return Parameters(kept["parameters"]), Hint(**kept["hint"]) if kept["hint"] else None


def _over() -> Refusal:
    return Refusal(
        Code.INVALID_REQUEST,
        "This request to sign out is over: it has to be made again.",
        rule="posted_logout_must_be_recent",
        spec="OpenID Connect RP-Initiated Logout 1.0 §2",
    )
