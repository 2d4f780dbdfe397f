"""What is known of a client while a request is answered: read in two statements, then remembered briefly.

A change made in this process is seen at once; another worker's within `CLIENT_CACHE_SECONDS`. Disabling a
client does not wait for that: each use of a token looks at the policy's row itself. All of it is read from
the database that is written to, as all that access is decided by (`core.writer`).
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock
from time import monotonic
from typing import Any, cast

from django.db import models
from django.http import HttpRequest

from django_oauthflows import dot, own_scopes
from django_oauthflows.clients.dynamic import documents
from django_oauthflows.clients.models import ClientPolicy, ClientSecret
from django_oauthflows.clients.openid import openid_facts_of
from django_oauthflows.clients.pkce_exception import is_in_force
from django_oauthflows.clients.policy import (
    flows_without_policy,
    introspects_all_without_policy,
    profile_without_policy,
)
from django_oauthflows.conf import conf
from django_oauthflows.core import text
from django_oauthflows.core.model_signals import listen_to_rows
from django_oauthflows.offline_access import OFFLINE_ACCESS
from django_oauthflows.rules.requests import AuthMethod, ClientFacts, SecretFacts

#: How many clients one worker remembers.
_ROOM = 2048

_lock = Lock()
_known: OrderedDict[str, tuple[float, ClientFacts]] = OrderedDict()
#: Ids nobody has are remembered apart, so that an unknown client answers as fast as a known one, and a flood
#: of them pushes no real client out.
_unknown: OrderedDict[str, tuple[float, None]] = OrderedDict()


def client_of(client_id: str, *, network: str | None = None) -> ClientFacts | None:
    """The facts of a client, or `None` for an unknown id.

    A client id that is an address may be looked at there on behalf of a request from `network`; without one,
    only what is stored is known. That may be old, so it is not remembered for those who come with one.
    """
    now = monotonic()
    kept = _known.get(client_id) or _unknown.get(client_id)
    if kept is not None and kept[0] > now:
        return kept[1]
    client = _read(client_id, network)
    until = now + conf.CLIENT_CACHE_SECONDS
    with _lock:
        if client is not None and (network is not None or not _is_address(client_id)):
            _known[client_id] = (until, client)
        elif client is None and not _is_address(client_id):  # `documents` leaves those alone itself
            _unknown[client_id] = (until, None)
        for memory in (_known, _unknown):
            while len(memory) > _ROOM:
                memory.popitem(last=False)
    return client


def forget_clients(**_: Any) -> None:
    """Drop what this worker remembers; called whenever a client, its policy or a secret changes here."""
    with _lock:
        _known.clear()
        _unknown.clear()


def is_usable(client: ClientFacts, request: HttpRequest) -> bool:
    """Ask a swapped application model that has its own `is_usable`; everyone else's was asked already."""
    if not client.asks_its_own_model:
        return client.is_enabled
    application: Any = dot.applications().get(pk=client.key)
    return client.is_enabled and bool(application.is_usable(request))


def _is_address(client_id: str) -> bool:
    return client_id.startswith("https://")


def _read(client_id: str, network: str | None) -> ClientFacts | None:
    application: Any = (
        dot.applications()
        .select_related("oauthflows_policy", "user")
        .filter(client_id=client_id)
        .first()
    )
    if _is_address(client_id):
        application = documents.up_to_date(client_id, application, network=network)
    return None if application is None else facts_of(application)


def _secrets_of(application: Any) -> Iterable[ClientSecret]:
    """Return the secrets of a client: those that were prefetched, else those the database has now."""
    prefetched: Any = getattr(application, "_prefetched_objects_cache", {}).get(
        "oauthflows_secrets"
    )
    if prefetched is not None:
        return cast(Iterable[ClientSecret], prefetched)
    return ClientSecret.objects.filter(application_id=application.pk)


def facts_of(application: Any, of_its_secrets: Iterable[ClientSecret] | None = None) -> ClientFacts:
    """The facts of an application row; its secrets are looked up unless they are at hand."""
    policy: ClientPolicy | None = getattr(application, "oauthflows_policy", None)
    secrets = list(_secrets_of(application) if of_its_secrets is None else of_its_secrets)
    on_server = dot.available_scopes(application)
    own = _scopes_of(policy, on_server) if policy else on_server
    is_confidential = application.client_type == "confidential"
    # Also of a public one: DOT gives each application a secret, and takes it where it is sent.
    asks_dot = not any(secret.is_from_dot for secret in secrets)
    return ClientFacts(
        key=application.pk,
        client_id=application.client_id,
        name=text.shown(application.name, application.client_id),
        is_confidential=is_confidential,
        is_enabled=policy.is_enabled if policy else True,
        has_policy=policy is not None,
        preset=policy.preset if policy else "",
        profile=policy.profile if policy else profile_without_policy(application),
        flows=_flows(policy, application),
        scopes=own,
        default_scopes=_default_scopes(policy, application, own),
        required_scopes=frozenset(policy.required_scopes) & own if policy else frozenset(),
        redirect_uris=tuple(application.redirect_uris.split()),
        post_logout_redirect_uris=tuple(application.post_logout_redirect_uris.split()),
        allowed_origins=tuple(application.allowed_origins.split()),
        authentication_method=_authentication_method(
            policy, application, is_confidential=is_confidential
        ),
        authentication_is_optional=_may_leave_it_out(policy, is_confidential=is_confidential),
        secrets=tuple(_live_facts(secret) for secret in secrets if secret.is_live),
        dot_secret=dot.usable_secret(application) if asks_dot else "",
        plain_dot_secret=_plain_dot_secret(application, secrets) if is_confidential else "",
        needs_offline_access=conf.REFRESH_TOKENS_NEED_OFFLINE_ACCESS,
        skips_consent=policy.skips_consent if policy else application.skip_authorization,
        needs_all_scopes=policy.needs_all_scopes if policy else False,
        may_omit_pkce_and_nonce=policy is not None and is_in_force(application, policy),
        may_introspect_all=(
            policy.may_introspect_all if policy else introspects_all_without_policy(application)
        ),
        resources=frozenset(policy.resources) if policy else frozenset(),
        exchange_targets=frozenset(policy.exchange_targets) if policy else frozenset(),
        may_impersonate=policy.may_impersonate if policy else False,
        jwks=policy.jwks if policy else dot.client_jwks(application),
        jwks_uri=policy.jwks_uri if policy else dot.client_jwks_uri(application),
        token_endpoint_auth_signing_alg=policy.token_endpoint_auth_signing_alg if policy else "",
        openid=openid_facts_of(policy, algorithm=application.algorithm),
        token_format=policy.token_format if policy else "opaque",
        access_token_signing_alg=policy.access_token_signing_alg if policy else "",
        allowed_resources=frozenset(policy.allowed_resources) if policy else frozenset(),
        access_token_lifetime=policy.access_token_lifetime if policy else None,
        refresh_token_idle_lifetime=policy.refresh_token_idle_lifetime if policy else None,
        refresh_token_absolute_lifetime=policy.refresh_token_absolute_lifetime if policy else None,
        is_verified=policy.is_verified if policy else False,
        registration_source=application.registration_source,
        owner_name=str(application.user) if application.user_id else "",
        client_uri=policy.client_uri if policy else "",
        logo_uri=policy.logo_uri if policy else "",
        policy_uri=policy.policy_uri if policy else "",
        tos_uri=policy.tos_uri if policy else "",
        translations=policy.translations if policy else {},
        asks_its_own_model=dot.applications_ask_their_own_model(),
        must_push_requests=dot.must_push_requests(application),
    )


def _scopes_of(policy: ClientPolicy, on_server: frozenset[str]) -> frozenset[str]:
    """What the policy gives, as far as the server has it; those of our own API by the policy alone."""
    named = frozenset(policy.scopes)
    others = named - own_scopes.without(named)
    return named & on_server | (others.intersection(own_scopes.offered()) if others else others)


def _flows(policy: ClientPolicy | None, application: Any) -> frozenset[str]:
    return frozenset(policy.flows) if policy else flows_without_policy(application)


def _default_scopes(
    policy: ClientPolicy | None, application: Any, own: frozenset[str]
) -> frozenset[str]:
    """What a request that names no scope asks for: the policy's word, else the server's default.

    A word of which nothing is left is none (RFC 6749 §3.3).
    """
    written = policy.default_scopes if policy else ()
    chosen = own_scopes.without(written) if written else dot.default_scopes(application)
    allowed = own | {OFFLINE_ACCESS} if "refresh-token" in _flows(policy, application) else own
    return chosen & allowed


def _plain_dot_secret(application: Any, secrets: list[ClientSecret]) -> str:
    """The secret that DOT keeps readable, until it is retired here."""
    is_retired = any(secret.is_from_dot and not secret.is_live for secret in secrets)
    return "" if is_retired else dot.plain_secret(str(application.client_secret))


def _authentication_method(
    policy: ClientPolicy | None, application: Any, *, is_confidential: bool
) -> AuthMethod:
    if not is_confidential:
        return AuthMethod.NONE
    if policy is not None:
        return AuthMethod(policy.authentication_method)
    # A value that is none of the field's lets no secret in.
    written = dot.authentication_method(application)
    is_known = written in {*AuthMethod} and written != AuthMethod.NONE
    return AuthMethod(written) if is_known else AuthMethod.PRIVATE_KEY_JWT


def _may_leave_it_out(policy: ClientPolicy | None, *, is_confidential: bool) -> bool:
    """As its document said; not for a method that an administrator chose since."""
    by_key = policy is not None and policy.authentication_method == AuthMethod.PRIVATE_KEY_JWT
    return is_confidential and by_key and policy is not None and policy.authentication_is_optional


def _live_facts(secret: ClientSecret) -> SecretFacts:
    return SecretFacts(
        key=secret.pk,
        digest=secret.digest,
        sealed=secret.sealed,
        expires=secret.expires,
        last_used=secret.last_used,
    )


def watch(sender: type[models.Model], *, forget: Callable[..., None] = forget_clients) -> None:
    """Forget what is remembered whenever a row of `sender` is saved or deleted in this process."""
    for signal in (models.signals.post_save, models.signals.post_delete):
        listen_to_rows(signal, forget, sender, uid=f"oauthflows-{forget.__module__}")
