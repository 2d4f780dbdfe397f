"""Scopes of the server: those of django-oauth-toolkit's backend, and those of this app."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models
from django.utils.functional import Promise

from django_oauthflows import own_scopes
from django_oauthflows.dot.moved import module
from django_oauthflows.dot.settings import is_switched_off, setting
from django_oauthflows.offline_access import DESCRIPTION, OFFLINE_ACCESS

#: The scope that makes a request one of OpenID Connect (Core §3.1.2.1).
OPENID = "openid"


#: The scopes of OpenID Connect Core §5.4 and §11: all of them are about people who sign in.
OPENID_SCOPES = frozenset({OPENID, "profile", "email", "address", "phone", OFFLINE_ACCESS})


def all_scopes() -> dict[str, str]:
    """Every scope of the server with its description.

    They are those of DOT's scopes backend, those of our own API, and `offline_access`.
    """
    return {
        OFFLINE_ACCESS: str(DESCRIPTION),
        **_scopes_of_backend(),
        **own_scopes.offered(),
    }


def open_scopes() -> frozenset[str]:
    """The scopes anybody may be told of and given; the others an administrator writes on one client."""
    return own_scopes.without(_scopes_of_backend())


def requestable_scopes() -> frozenset[str]:
    """The scopes a client can be told that it may ask for, at the authorization server."""
    return open_scopes() | {OFFLINE_ACCESS}


def scopes_of_apis() -> dict[str, str]:
    """The scopes that may open something at an API, our own among them, with their descriptions."""
    return {name: text for name, text in sorted(all_scopes().items()) if name != OFFLINE_ACCESS}


def resource_scopes() -> frozenset[str]:
    """The scopes that open something at this site as a resource (RFC 9728 §2)."""
    return open_scopes() - {OFFLINE_ACCESS}


def is_openid_provider() -> bool:
    """Does the project offer OpenID Connect? It does by offering its scope (Core §3.1.2.1)."""
    return OPENID in _scopes_of_backend()


def names_openid() -> bool:
    """Return whether the project has the scope of OpenID Connect, switched off or not."""
    return OPENID in _backend().get_all_scopes()


def _backend() -> Any:
    return module("scopes").get_scopes_backend()


def are_scopes(written: object) -> bool:
    """Return whether `SCOPES` is as it has to be: names without blanks, each with its text."""
    return isinstance(written, Mapping) and all(
        isinstance(name, str) and name.split() == [name] and isinstance(text, str | Promise)
        for name, text in written.items()
    )


def _scopes_of_backend() -> dict[str, str]:
    scopes = dict(_backend().get_all_scopes())
    from oauth2_provider.scopes import get_scopes_backend

    found = get_scopes_backend().get_all_scopes()
    # A system check names what is no dictionary; the other checks have to come that far.
    scopes = dict(found) if isinstance(found, Mapping) else {}
    if is_switched_off("OIDC_ENABLED"):
        scopes.pop(OPENID, None)
    return scopes


def _given(scopes: Collection[str]) -> frozenset[str]:
    """Return those of the scopes that anybody may be given: `openid` only by an OpenID Provider."""
    off = {OPENID} if is_switched_off("OIDC_ENABLED") else set()
    return own_scopes.without(scopes) - off


def available_scopes(application: models.Model) -> frozenset[str]:
    """The scopes DOT's scopes backend lets an application use."""
    return _given(_backend().get_available_scopes(application=application))


#: What `DEFAULT_SCOPES` has for all that there are.
ALL_SCOPES = "__all__"


def default_scopes(application: models.Model) -> frozenset[str]:
    """What a request that names no scope gets, before the client's own scopes limit it."""
    return _given(_backend().get_default_scopes(application=application))


def server_default_scopes() -> frozenset[str]:
    """What a request that names no scope gets, whoever asks."""
    return _given(_backend().get_default_scopes())


def named_default_scopes() -> frozenset[str]:
    """Return those of them that the project named one by one, and not all that `__all__` stands for."""
    named = frozenset(setting("DEFAULT_SCOPES"))
    return server_default_scopes() & named if ALL_SCOPES in named else server_default_scopes()
