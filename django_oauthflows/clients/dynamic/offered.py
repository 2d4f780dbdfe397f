"""What this server offers clients that make themselves known: derived from the catalogue and the settings."""

from django_oauthflows import dot, own_scopes
from django_oauthflows.clients.profiles import BY_SLUG
from django_oauthflows.conf import conf
from django_oauthflows.flows import catalogue
from django_oauthflows.flows.base import Flow
from django_oauthflows.keys.algorithms import (
    ALGORITHMS,
    CONTENT_ENCRYPTION,
    HMACS,
    KEY_ENCRYPTION,
    NONE,
)
from django_oauthflows.keys.foreign import ASYMMETRIC, SYMMETRIC
from django_oauthflows.protected_views import declared_resources
from django_oauthflows.rules.client_metadata import Offered
from django_oauthflows.rules.requests import AuthMethod

#: Nobody registers itself to ask people for their passwords.
_NEVER = frozenset({"password"})
#: Who somebody is, and that an app may go on without asking anew (OpenID Connect Core §5.4, §11).
_OPENID = frozenset({"openid", "profile", "email", "offline_access"})


def is_on() -> bool:
    """May clients register at all?"""
    return conf.REGISTRATION in ("token", "open")


def offered(*, profile: str = "", scopes: frozenset[str] = frozenset()) -> Offered:
    """What a client is offered; `profile` and `scopes` where its initial access token names others."""
    chosen = profile or conf.REGISTRATION_PROFILE
    chosen = chosen if chosen in BY_SLUG else "standard"
    flows = flows_offered(chosen)
    unsigned = {NONE} if chosen == "legacy" else set()
    signatures = frozenset((*ALGORITHMS, *HMACS))
    return Offered(
        profile=chosen,
        response_types=frozenset(_response_types(flows)),
        # RFC 7591 §2 counts `implicit` among the grant types, though no token endpoint is ever sent it.
        grant_types=frozenset(_grant_types(flows)),
        unattended=frozenset(_unattended(flows)),
        scopes=(scopes or scopes_of_strangers()) & dot.open_scopes(),
        authentication_methods=frozenset(method.value for method in AuthMethod if method.value),
        subject_types=frozenset({"public", "pairwise"}),
        assertion_algs=frozenset((*ASYMMETRIC, *SYMMETRIC)),
        id_token_algs=signatures | unsigned,
        userinfo_algs=signatures,
        request_object_algs=frozenset((*ASYMMETRIC, *SYMMETRIC, NONE)),
        encryption_algs=frozenset(KEY_ENCRYPTION),
        encryption_encs=frozenset(CONTENT_ENCRYPTION),
        known_scopes=frozenset((*dot.all_scopes(), *own_scopes.DESCRIPTIONS)),
    )


def flows_offered(profile: str) -> tuple[Flow, ...]:
    """The flows a client that makes itself known may choose from, under a profile."""
    closed = _NEVER if profile == "legacy" else _NEVER | catalogue.LEGACY
    return tuple(flow for flow in catalogue.FLOWS if flow.slug not in closed)


def scopes_of_strangers() -> frozenset[str]:
    """What REGISTRATION_SCOPES says; without it, what is made for clients that nobody has looked at.

    Those are the server's default scopes, as far as it names them one by one (`__all__` is for clients that
    somebody made: RFC 7591 §5), those that say who somebody is where the site is an OpenID
    Provider, and those of views that declare a resource, which the resource's document lists (RFC 9728 §2).
    """
    if conf.REGISTRATION_SCOPES is not None:
        return frozenset(conf.REGISTRATION_SCOPES)
    openid = _OPENID if dot.is_openid_provider() else frozenset()
    declared = frozenset[str]().union(*declared_resources().values())
    meant = own_scopes.without(dot.named_default_scopes() | openid | declared)
    return meant - frozenset(conf.SENSITIVE_SCOPES)


def _response_types(flows: tuple[Flow, ...]) -> set[str]:
    """Those of the flows; ID tokens where the server is an OpenID Provider."""
    kinds = {kind for flow in flows for kind in flow.response_types}
    return {kind for kind in kinds if "id_token" not in kind.split() or dot.is_openid_provider()}


def _unattended(flows: tuple[Flow, ...]) -> set[str]:
    """Those in which nobody is shown anything; but a refresh goes on with what somebody was shown."""
    return {flow.grant_type for flow in flows if flow.person_sees == "nothing"} - {"refresh_token"}


def _grant_types(flows: tuple[Flow, ...]) -> set[str]:
    named = {flow.grant_type for flow in flows if flow.grant_type}
    return named | ({"implicit"} if _response_types(flows) - {"code"} else set())
