"""Who did something: a person, a client, a command, or the server by itself.

Written down as one word, `person:17`, `client:3xAmPl3`, `command` or `server`, and as none where nobody
proved who they are: it is found as it is, survives whom it names, and holds no personal datum.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_oauthflows import dot
from django_oauthflows.conf import conf
from django_oauthflows.core import text
from django_oauthflows.core.networks import network
from django_oauthflows.errors import Code

#: What happens by itself: a theft that is noticed, a key that is made when it is first needed.
SERVER = "server"
COMMAND = "command"

_PERSON, _CLIENT = "person:", "client:"

#: The codes of refusals whose asker did not prove to be the client they named.
UNPROVEN = (Code.INVALID_CLIENT, Code.INVALID_TOKEN)

#: The kinds there are, by what the word begins with.
KINDS: dict[str, str | Promise] = {
    _PERSON: _("a person"),
    _CLIENT: _("a client"),
    COMMAND: _("a command"),
    SERVER: _("the server itself"),
}


def network_of(request: HttpRequest) -> str:
    """Return the network a request came from, taken from behind as many proxies as the project has.

    It is the key of every limit on strangers, and what an audit row names. Empty where it is unknown.
    """
    address: str = request.META.get("REMOTE_ADDR", "")
    if conf.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= conf.TRUSTED_PROXIES:
            address = hops[-conf.TRUSTED_PROXIES]
    return network(address)


def person(key: Any) -> str:
    return f"{_PERSON}{key}"


def client(client_id: str) -> str:
    return f"{_CLIENT}{client_id[:255]}"


def is_actor(word: str) -> bool:
    """Is this a word for an actor, as the audit log has it?"""
    if word in (COMMAND, SERVER):
        return True
    named = next((kind for kind in (_PERSON, _CLIENT) if word.startswith(kind)), None)
    return named is not None and len(word) > len(named) and "\x00" not in word


def actor_of(by: Any, request: HttpRequest | None) -> str:
    """The word for whoever did it: `by` where it is given, else who the request is signed in as.

    `by` is a person, what a token stands for where that is a client, or the word itself. What came with no
    request, and by nobody, the server did.
    """
    if isinstance(by, str):
        return by
    who = by if by is not None else getattr(request, "user", None)
    if who is None or not who.is_authenticated:
        return SERVER if request is None else ""
    return client(who.client_id) if who.pk is None else person(who.pk)


def names_of(words: Iterable[str]) -> dict[str, str]:
    """What people know each actor by, in at most two statements; one who is gone keeps the word."""
    wanted = set(words)
    names = {COMMAND: gettext("command"), SERVER: gettext("server")}
    model = get_user_model()
    keys = [word.removeprefix(_PERSON) for word in wanted if word.startswith(_PERSON)]
    if keys:
        found = model._default_manager.filter(pk__in=keys)
        names |= {person(one.pk): str(one) for one in found}
    ids = [word.removeprefix(_CLIENT) for word in wanted if word.startswith(_CLIENT)]
    if ids:
        rows = dot.application_model()._default_manager.filter(client_id__in=ids)
        named = rows.values_list("client_id", "name")
        names |= {client(known): text.shown(name, client(known)) for known, name in named}
    return {word: names.get(word) or word for word in wanted}
