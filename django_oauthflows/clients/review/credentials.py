"""How a client proves who it is: its secrets and its keys."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_oauthflows.clients.key_sets import SHORTEST_RSA, holds_a_private_key
from django_oauthflows.clients.review.base import Reviewed, Severity, few, question
from django_oauthflows.keys.foreign import SYMMETRIC
from django_oauthflows.rules.requests import AuthMethod, ClientFacts

#: A secret that is older should have been changed.
OLD = timedelta(days=365)
#: A secret nobody used for so long since it was made is one too many.
UNUSED = timedelta(days=30)
#: One in use and one to change to.
MOST_SECRETS = 2

_BY_HAND = gettext_lazy(
    "Add a new secret, let the client switch, then retire the old one; all on this client's page."
)


@question(
    Severity.MEDIUM,
    spec="RFC 6819 §5.2.3.6",
    fix=_BY_HAND,
)
def secrets_should_be_changed_every_year(reviewed: Reviewed) -> str | None:
    """The longer a secret lives, the more people, backups and logs have seen it, unless it ends by itself."""
    old = [
        secret.label
        for secret in reviewed.secrets
        if secret.expires is None and reviewed.now - secret.created > OLD
    ]
    return _("Older than a year, and never ends: %s") % few(old) if old else None


@question(
    Severity.LOW,
    spec="RFC 6819 §5.2.3.6",
    fix=gettext_lazy("Retire the secret on this client's page."),
)
def secrets_should_be_used(reviewed: Reviewed) -> str | None:
    """A secret that nobody uses is missed by nobody when it is stolen."""
    unused = [
        secret.label
        for secret in reviewed.secrets
        if secret.last_used is None and reviewed.now - secret.created > UNUSED
    ]
    return _("Never used in a month or more: %s") % few(unused) if unused else None


@question(
    Severity.LOW,
    spec="RFC 6819 §5.2.3.6",
    fix=gettext_lazy("Retire all but the one in use."),
)
def secrets_should_be_few(reviewed: Reviewed) -> str | None:
    """Each secret that works opens the same door: one in use, and one to change to, are enough."""
    count = len(reviewed.secrets)
    return _("%d secrets work at the same time.") % count if count > MOST_SECRETS else None


@question(
    Severity.MEDIUM,
    spec="RFC 6819 §5.1.4.1.3",
    fix=gettext_lazy(
        "Add a new secret that is not kept readable, let the client switch, then retire this one."
    ),
)
def secrets_should_be_kept_as_checksums(reviewed: Reviewed) -> str | None:
    """A secret that can be read again can be stolen from the server; this client signs nothing with it."""
    readable = [secret.label for secret in reviewed.secrets if secret.is_readable]
    if not readable or _signs_with_its_secret(reviewed.client):
        return None
    return _("Kept readable, and nothing needs it: %s") % few(readable)


@question(
    Severity.MEDIUM,
    spec="RFC 6819 §5.1.4.1.3",
    fix=gettext_lazy(
        "Add a new secret, let the client switch, then retire the one that django-oauth-toolkit stored."
    ),
)
def former_secrets_should_not_be_stored_in_the_clear(reviewed: Reviewed) -> str | None:
    """Whoever reads the table of applications, or a copy of it, has the secret."""
    if not reviewed.client.plain_dot_secret:
        return None
    return _("django-oauth-toolkit stored its secret in the clear.")


@question(
    Severity.LOW,
    spec="RFC 9700 §2.5",
    fix=gettext_lazy(
        "Let the client sign with a private key (private_key_jwt, ES256), and register its public part."
    ),
)
def signatures_should_not_share_a_secret(reviewed: Reviewed) -> str | None:
    """Both sides hold a shared secret, in a readable form: either can lose it, or sign for the other."""
    if not _signs_with_its_secret(reviewed.client):
        return None
    return _("Something is signed with its secret instead of a key.")


@question(
    Severity.LOW,
    spec="RFC 6749 §2.3",
    fix=gettext_lazy("Add a secret, register a key, or disable the client."),
)
def confidential_clients_should_have_a_credential(reviewed: Reviewed) -> str | None:
    """It cannot authenticate: what it was for does not work, and nobody looks after that."""
    client = reviewed.client
    signs = client.authentication_method is AuthMethod.PRIVATE_KEY_JWT
    has_key = signs and (client.jwks is not None or bool(client.jwks_uri))
    if not client.is_confidential or reviewed.secrets or client.dot_secret or has_key:
        return None
    return _("It has neither a secret nor a key.")


@question(
    Severity.HIGH,
    spec="RFC 7517 §9.2",
    fix=gettext_lazy(
        "Let the client make a new key pair and register the public part alone: this key is known."
    ),
)
def registered_keys_should_be_public(reviewed: Reviewed) -> str | None:
    """Everybody who may read this client's settings can sign in its name."""
    if reviewed.client.jwks is None or not holds_a_private_key(reviewed.client.jwks):
        return None
    return _("Its key set holds a private key or a shared secret.")


@question(
    Severity.MEDIUM,
    spec="RFC 7518 §3.3",
    fix=gettext_lazy("Let the client make a key of 2048 bits or more, or use ES256."),
)
def registered_keys_should_be_strong(reviewed: Reviewed) -> str | None:
    """A short RSA key can be computed from its public part. This server does not accept it."""
    sizes = [size for size in _rsa_sizes(reviewed.client.jwks) if size < SHORTEST_RSA]
    return _("An RSA key has %d bits only.") % min(sizes) if sizes else None


@question(
    Severity.LOW,
    spec="RFC 7591 §2",
    fix=gettext_lazy("Forget the address: the registered keys are the ones that are used."),
    changes=lambda reviewed: {"jwks_uri": ""},
)
def registered_keys_should_have_one_source(reviewed: Reviewed) -> str | None:
    """Who changes the keys in one place believes that the old ones are gone."""
    if reviewed.client.jwks is None or not reviewed.client.jwks_uri:
        return None
    return _("It has registered both its keys and an address of them.")


@question(
    Severity.NOTE,
    spec="OAuth Client ID Metadata Document §4.1",
    fix=gettext_lazy("Ask its publisher to list private_key_jwt alone in its metadata document."),
)
def proofs_should_not_be_left_out(reviewed: Reviewed) -> str | None:
    """Whoever knows its client id can begin as this client: only its redirect URIs and PKCE are left."""
    is_optional = reviewed.client.authentication_is_optional
    return _("It has a key, and may come without its proof.") if is_optional else None


QUESTIONS = (
    secrets_should_be_changed_every_year,
    secrets_should_be_used,
    secrets_should_be_few,
    secrets_should_be_kept_as_checksums,
    former_secrets_should_not_be_stored_in_the_clear,
    signatures_should_not_share_a_secret,
    confidential_clients_should_have_a_credential,
    registered_keys_should_be_public,
    registered_keys_should_be_strong,
    registered_keys_should_have_one_source,
    proofs_should_not_be_left_out,
)


def _signs_with_its_secret(client: ClientFacts) -> bool:
    """Does anything between this client and the server need the secret itself (OpenID Connect Core §10.1)?"""
    openid = client.openid
    algorithms = {
        openid.id_token_signed_response_alg,
        openid.userinfo_signed_response_alg,
        openid.request_object_signing_alg,
    }
    is_method = client.authentication_method is AuthMethod.SECRET_JWT
    return is_method or not algorithms.isdisjoint(SYMMETRIC)


def _rsa_sizes(jwks: Mapping[str, Any] | None) -> list[int]:
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    sizes = []
    for jwk in keys if isinstance(keys, list) else []:
        if not isinstance(jwk, dict) or jwk.get("kty") != "RSA":
            continue
        try:
            modulus = urlsafe_b64decode(str(jwk.get("n", "")) + "==")
        except ValueError:
            continue
        sizes.append(int.from_bytes(modulus).bit_length())
    return sizes
