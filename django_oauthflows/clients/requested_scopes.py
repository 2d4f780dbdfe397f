"""The scopes that a request names, and those that it comes to (RFC 6749 §3.3, OpenID Connect Core §11)."""

from dataclasses import dataclass

from django_oauthflows import dot, own_scopes
from django_oauthflows.offline_access import OFFLINE_ACCESS
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.rules.words import is_scope


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedScopes:
    """What a request asks for.

    `asked` is `None` where it names no scope; then `scopes` are the client's default scopes. `dropped` are
    those it named that no part of the server knows, `ignored` what means nothing to such a request. They are
    in neither of the others.
    """

    asked: frozenset[str] | None
    scopes: frozenset[str]
    dropped: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()


def requested_scopes(
    named: frozenset[str] | None, client: ClientFacts, *, comes_with_code: bool
) -> RequestedScopes:
    """Return what a request comes to that names these scopes, `None` for none at all.

    Without a code, a device's among them, there is no refresh token: `offline_access` is ignored, as it is
    for a client that may not refresh (OpenID Connect Core §11).
    """
    is_usable = comes_with_code and client.may_refresh
    ignored = frozenset() if is_usable else frozenset({OFFLINE_ACCESS})
    if named is None:
        scopes = client.default_scopes - ignored
        return RequestedScopes(asked=None, scopes=scopes, ignored=ignored)
    dropped = _unknown(named - client.allowed_scopes)
    left = named - dropped - ignored
    return RequestedScopes(asked=left, scopes=left, dropped=dropped, ignored=ignored)


def _unknown(names: frozenset[str]) -> frozenset[str]:
    """Return those of the names that a request is served without (OpenID Connect Core §3.1.2.1).

    A malformed one is none of them, nor a scope of our own API, whether that is served or not. `openid` is
    the wish to sign somebody in: without it the answer would be another than the client waits for.
    """
    if not names:
        return names
    well_formed = own_scopes.without(frozenset(filter(is_scope, names)))
    return well_formed - dot.all_scopes().keys() - {dot.OPENID}
