"""Django's own sessions, whichever engine keeps them: is one still open, and how it is ended."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from django_oauthflows import sealing
from django_oauthflows.sessions.models import ProviderSession


def sessions_can_be_ended() -> bool:
    """Are sessions kept where the server can delete them? Those in signed cookies are not."""
    return not settings.SESSION_ENGINE.endswith("signed_cookies")


def sealed_key_of(request: HttpRequest, *, sid: str) -> str:
    """The key of the browser's session, encrypted for the row of this `sid`."""
    key = request.session.session_key
    if not key or not sessions_can_be_ended():
        return ""
    return sealing.seal(str(key), key=_keys()[0], bound_to=sid.encode())


def is_open(row: ProviderSession, person: Any) -> bool:
    """Does the browser of this row still count as signed in as `person`?

    A new password ends the sessions of other browsers without deleting them: their fingerprint of it is old.
    What lives in a cookie cannot be looked at, and counts until its time is over.
    """
    if not sessions_can_be_ended():
        return True
    store = _store(row)
    return store is not None and belongs_to(store, person)


def belongs_to(store: Any, person: Any) -> bool:
    """Tell whether Django's session is one in which `person` is signed in with the password they have now."""
    if str(store.get(SESSION_KEY, "")) != str(person.pk):
        return False
    if not hasattr(person, "get_session_auth_hash"):
        return True
    noted = store.get(HASH_SESSION_KEY, "")
    good = (person.get_session_auth_hash(), *person.get_session_auth_fallback_hash())
    return any(constant_time_compare(noted, hashed) for hashed in good)


def end(row: ProviderSession) -> bool:
    """Delete the browser's session, so that its next request is nobody's; `False` where it cannot."""
    store = _store(row)
    if store is None:
        return False
    store.delete()
    return True


def _store(row: ProviderSession) -> Any:
    if not row.sealed_key or not sessions_can_be_ended():
        return None
    try:
        key, _ = sealing.unseal(row.sealed_key, keys=_keys(), bound_to=row.sid.encode())
    except sealing.Unopened:
        return None
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def _keys() -> list[bytes]:
    return sealing.project_keys(sealing.Use.SESSION_KEYS)
