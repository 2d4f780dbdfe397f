"""How long what a client gets lives, who looks after it, and whether it uses what it has."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_oauthflows.clients.review.base import Reviewed, Severity, few, question
from django_oauthflows.rules.requests import BY_HAND

#: Longest lifetime of an access token that raises no question, in seconds.
LONG = 3600
#: What a grant without an end is given by one click, in seconds.
QUARTER = 90 * 86400
#: How long a client has to be watched before anybody says what it never uses.
WATCHED = timedelta(days=30)

_THE_SERVERS = gettext_lazy("Let them live as long as the server says.")


@question(
    Severity.MEDIUM,
    spec="RFC 6819 §5.1.5.3",
    fix=_THE_SERVERS,
    changes=lambda reviewed: (
        {"access_token_lifetime": None} if reviewed.server.access_token <= LONG else {}
    ),
)
def access_tokens_should_end_within_an_hour(reviewed: Reviewed) -> str | None:
    """A stolen access token works until it ends, and a signed one even after it was revoked."""
    own = reviewed.client.access_token_lifetime
    return _("Its access tokens live for %d seconds.") % own if own and own > LONG else None


@question(
    Severity.LOW,
    spec="RFC 6819 §5.1.5.3",
    fix=_THE_SERVERS,
    changes=lambda reviewed: {"access_token_lifetime": None},
)
def access_tokens_should_not_outlive_the_servers(reviewed: Reviewed) -> str | None:
    """The server's lifetime is what somebody thought about; a longer one gives a thief more time."""
    own, servers = reviewed.client.access_token_lifetime, reviewed.server.access_token
    if own is None or own <= servers or own > LONG:
        return None
    return _("Its access tokens live for %(own)d seconds, others for %(servers)d.") % {
        "own": own,
        "servers": servers,
    }


@question(
    Severity.MEDIUM,
    spec="RFC 9700 §4.14.2",
    fix=gettext_lazy("Let its grants end after 90 days, however often they are refreshed."),
    changes=lambda reviewed: {"refresh_token_absolute_lifetime": QUARTER},
)
def grants_should_end(reviewed: Reviewed) -> str | None:
    """Whoever copied the tokens of an app that is refreshed for ever has them for ever."""
    client = reviewed.client
    own, servers = client.refresh_token_absolute_lifetime, reviewed.server.refresh_token_absolute
    if "refresh-token" not in client.flows or own is not None or servers is not None:
        return None
    return _("Its grants never end, however old they are.")


@question(
    Severity.LOW,
    spec="RFC 9700 §4.14.2",
    fix=gettext_lazy("Let its grants end when the server's do."),
    changes=lambda reviewed: {
        "refresh_token_idle_lifetime": None,
        "refresh_token_absolute_lifetime": None,
    },
)
def grants_should_not_outlive_the_servers(reviewed: Reviewed) -> str | None:
    """A forgotten grant is a way in that nobody watches; the server's limits were made for that."""
    client, server = reviewed.client, reviewed.server
    lives = (
        (client.refresh_token_idle_lifetime, server.refresh_token_idle),
        (client.refresh_token_absolute_lifetime, server.refresh_token_absolute),
    )
    is_longer = any(own and servers and own > servers for own, servers in lives)
    return _("Its grants live longer than the server's.") if is_longer else None


@question(
    Severity.MEDIUM,
    spec="RFC 6749 §2",
    fix=gettext_lazy("Give it to somebody who answers for it, or disable it."),
)
def owners_should_be_active(reviewed: Reviewed) -> str | None:
    """Nobody answers for a client whose owner has left, who may still know its secret."""
    return None if reviewed.owner_is_active else _("Its owner's account is not active.")


@question(
    Severity.NOTE,
    spec="RFC 7592 §2.3",
    fix=gettext_lazy("Revoke its grants and tokens, or delete it, once it is not to come back."),
)
def disabled_clients_should_hold_no_tokens(reviewed: Reviewed) -> str | None:
    """They are refused now, but would work again with it; an API on its own takes signed ones now."""
    use = reviewed.use
    if reviewed.client.is_enabled or use is None or not use.live_tokens:
        return None
    return _("It is disabled, and %d of its tokens have not ended.") % use.live_tokens


def _idle_scopes(reviewed: Reviewed) -> frozenset[str]:
    """Those it was given for use and does not use.

    One that registered itself was given those that it registered. It may ask for more once it needs them.
    """
    client = reviewed.client
    is_by_hand = client.registration_source == BY_HAND
    meant = client.scopes if is_by_hand else client.scopes & client.default_scopes
    used = reviewed.use.scopes if reviewed.use else frozenset()
    return meant - used - client.required_scopes


def _only_what_is_used(reviewed: Reviewed) -> Mapping[str, Any]:
    left = sorted(reviewed.client.scopes - _idle_scopes(reviewed))
    return {"scopes": left} if left else {}


@question(
    Severity.NOTE,
    spec="RFC 9700 §2.3",
    fix=gettext_lazy(
        "Take away the scopes that no grant holds; the client may ask for them no more."
    ),
    changes=_only_what_is_used,
)
def scopes_should_be_used(reviewed: Reviewed) -> str | None:
    """What a client never asks for serves only whoever takes it over."""
    use, client = reviewed.use, reviewed.client
    if use is None or use.since is None or reviewed.now - use.since < WATCHED:
        return None
    idle = sorted(_idle_scopes(reviewed))
    return _("None of its grants holds: %s") % few(idle) if idle and client.has_policy else None


QUESTIONS = (
    access_tokens_should_end_within_an_hour,
    access_tokens_should_not_outlive_the_servers,
    grants_should_end,
    grants_should_not_outlive_the_servers,
    owners_should_be_active,
    disabled_clients_should_hold_no_tokens,
    scopes_should_be_used,
)
