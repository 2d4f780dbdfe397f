"""What this server offers clients that make themselves known: derived from the catalogue and the settings."""

from django_oauthflows import dot
from django_oauthflows.clients.profiles import BY_SLUG
from django_oauthflows.conf import conf
from django_oauthflows.flows import catalogue
from django_oauthflows.flows.base import Flow
from django_oauthflows.keys.algorithms import ALGORITHMS
from django_oauthflows.keys.foreign import ASYMMETRIC, SYMMETRIC
from django_oauthflows.rules.client_metadata import Offered
from django_oauthflows.rules.requests import AuthMethod

#: Nobody registers itself to ask people for their passwords.
_NEVER = frozenset({"password"})
#: The scopes of OpenID Connect Core §5.4 and §11, where the server has them.
_OPENID = frozenset({"openid", "profile", "email", "address", "phone", "offline_access"})

#: Key management and content encryption for what is encrypted to a client (RFC 7518 §4.1, §5.1).
ENCRYPTION_ALGS = frozenset(
    {"RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"}
)
ENCRYPTION_ENCS = frozenset({"A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"})


def is_on() -> bool:
    """May clients register at all?"""
    return conf.REGISTRATION in ("token", "open")


def offered(*, profile: str = "", scopes: frozenset[str] = frozenset()) -> Offered:
    """What a client is offered; `profile` and `scopes` where its initial access token names others."""
    chosen = profile or conf.REGISTRATION_PROFILE
    chosen = chosen if chosen in BY_SLUG else "standard"
    flows = flows_offered(chosen)
    unsigned = {"none"} if chosen == "legacy" else set()
    signatures = frozenset(ALGORITHMS) | set(SYMMETRIC[:1])
    return Offered(
        profile=chosen,
        response_types=frozenset(kind for flow in flows for kind in flow.response_types),
        # RFC 7591 §2 counts `implicit` among the grant types, though no token endpoint is ever sent it.
        grant_types=frozenset(_grant_types(flows)),
        unattended=frozenset(
            flow.grant_type for flow in flows if flow.grant_type and not flow.has_person
        ),
        scopes=(scopes or scopes_of_strangers()) & frozenset(dot.all_scopes()),
        authentication_methods=frozenset(method.value for method in AuthMethod if method.value),
        subject_types=frozenset({"public", "pairwise"}),
        assertion_algs=frozenset((*ASYMMETRIC, *SYMMETRIC)),
        id_token_algs=signatures | unsigned,
        userinfo_algs=signatures,
        request_object_algs=frozenset((*ASYMMETRIC, *SYMMETRIC, "none")),
        encryption_algs=ENCRYPTION_ALGS,
        encryption_encs=ENCRYPTION_ENCS,
    )


def flows_offered(profile: str) -> tuple[Flow, ...]:
    """The flows a client that makes itself known may choose from, under a profile."""
    closed = _NEVER if profile == "legacy" else _NEVER | catalogue.LEGACY
    return tuple(flow for flow in catalogue.FLOWS if flow.slug not in closed)


def scopes_of_strangers() -> frozenset[str]:
    """What REGISTRATION_SCOPES says; without it the server's default scopes and those of OpenID Connect."""
    if conf.REGISTRATION_SCOPES is not None:
        return frozenset(conf.REGISTRATION_SCOPES)
    return dot.server_default_scopes() | _OPENID


def _grant_types(flows: tuple[Flow, ...]) -> set[str]:
    named = {flow.grant_type for flow in flows if flow.grant_type}
    kinds = {kind for flow in flows for kind in flow.response_types}
    return named | ({"implicit"} if kinds - {"code"} else set())
