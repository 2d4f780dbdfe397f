"""Client secrets: made, checked, retired. The secret is shown once, and checksums are stored.

One that its owner chose to keep readable is stored encrypted beside its checksum: a JWT under a shared secret
(`client_secret_jwt`, HS256) is verified with the secret itself.
"""

import logging
import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from django.db import models, router, transaction
from django.http import HttpRequest

from django_oauthflows import dot, sealing
from django_oauthflows.audit import recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients import facts
from django_oauthflows.clients.guess_limits import GuessLimits
from django_oauthflows.clients.models import ClientSecret
from django_oauthflows.core import clock
from django_oauthflows.rules.requests import ClientFacts, SecretFacts

logger = logging.getLogger("django_oauthflows.clients")

#: How exact "last used" is: a busy client does not write a row on each request.
LAST_USED_STEP = timedelta(hours=1)

#: The same for one that is to end: whoever replaces it wants to know who still uses it.
ENDING_STEP = timedelta(minutes=1)

#: The label of a secret that django-oauth-toolkit made.
FROM_DOT = "from django-oauth-toolkit"
#: The label of the first secret that takes the place of such a one.
REPLACED = "made by the server"

#: When this worker last wrote down the use of a secret, by the secret's key and its end.
_noted: dict[tuple[int, datetime | None], datetime] = {}

#: Compared with when there is no secret to compare with, so that the comparison costs the same.
_NOBODYS_DIGEST = sha256(secrets.token_bytes(32)).hexdigest()


def digest_of(secret: str) -> str:
    """The checksum a secret is stored as. A generated secret has 256 random bits: no salt, no slow hash."""
    return sha256(secret.encode()).hexdigest()


def generate() -> str:
    """A new secret of 256 random bits (RFC 6749 §10.10)."""
    return secrets.token_urlsafe(32)


def generate_readable() -> str:
    """A new secret of 64 characters, long enough for each of the HMACs (RFC 7518 §3.2)."""
    return secrets.token_urlsafe(48)


def unusable_dot_secret() -> str:
    """What DOT's own column holds for a client of ours: a value nobody knows and no check of ours accepts.

    DOT takes a blank secret for no secret at all and lets the client in.
    """
    return dot.unusable_secret()


def add(
    application: models.Model,
    *,
    label: str,
    expires: datetime | None = None,
    secret: str | None = None,
    is_readable: bool = False,
    by: Any = None,
    request: HttpRequest | None = None,
) -> str:
    """Give a client one more secret and return it, for the only time it can be seen.

    One that `is_readable` is kept encrypted as well, for the server itself. `by` and `request` say who did
    it, as in all that follows.
    """
    made = secret or (generate_readable() if is_readable else generate())
    ClientSecret.objects.create(
        application_id=application.pk,
        digest=digest_of(made),
        sealed=_sealed(made) if is_readable else "",
        label=label,
        expires=expires,
    )
    facts.forget_clients()
    recorder.record(
        Event.SECRET_ADDED,
        application=application,
        by=by,
        request=request,
        detail={"label": label, **({"readable": True} if is_readable else {})},
    )
    return made


#: RFC 7518 §3.2: no shorter than the hash of HS256, in characters.
SHORTEST_READABLE = 32


def readable_secrets(client: ClientFacts) -> tuple[str, ...]:
    """The live secrets of a client whose owner chose to keep them readable, the newest first; else none."""
    now = clock.now()
    found = []
    for secret in client.secrets:
        if secret.sealed and (secret.expires is None or secret.expires > now):
            try:
                plain, _ = sealing.unseal(
                    secret.sealed, keys=_sealing_keys(), bound_to=secret.digest.encode()
                )
            except sealing.Unopened:
                logger.error("a client's secret was encrypted under another SECRET_KEY")
                continue
            found.append(plain)
    if len(client.plain_dot_secret) >= SHORTEST_READABLE:
        found.append(client.plain_dot_secret)
    return tuple(found)


def can_be_read(secret: ClientSecret) -> bool:
    """Does any SECRET_KEY of the project open this readable secret?"""
    try:
        sealing.unseal(secret.sealed, keys=_sealing_keys(), bound_to=secret.digest.encode())
    except sealing.Unopened:
        return False
    return True


def seal_anew() -> int:
    """Encrypt under the present SECRET_KEY what only a former one opens; how many those were."""
    keys = _sealing_keys()
    done = 0
    for row in ClientSecret.objects.exclude(sealed=""):
        try:
            plain, position = sealing.unseal(row.sealed, keys=keys, bound_to=row.digest.encode())
        except sealing.Unopened:
            continue
        if position > 0:
            row.sealed = _sealed(plain)
            row.save(update_fields=["sealed"])
            done += 1
    return done


def _sealed(secret: str) -> str:
    bound_to = digest_of(secret).encode()
    return sealing.seal(secret, key=_sealing_keys()[0], bound_to=bound_to)


def _sealing_keys() -> list[bytes]:
    return sealing.project_keys(sealing.Use.CLIENT_SECRETS)


def rotate(
    secret: ClientSecret,
    *,
    overlap: timedelta,
    by: Any = None,
    request: HttpRequest | None = None,
) -> str:
    """Give a client a secret in place of another, which goes on working for the overlap and no longer.

    One that was to end sooner still does. The new one is kept readable if the old one was.
    """
    end = clock.now() + overlap
    label = REPLACED if secret.is_from_dot else secret.label
    with transaction.atomic(using=router.db_for_write(ClientSecret)):
        earlier = models.Q(expires__isnull=True) | models.Q(expires__gt=end)
        ClientSecret.objects.filter(earlier, pk=secret.pk).update(expires=end)
        made = add(
            secret.application,
            label=label,
            is_readable=bool(secret.sealed),
            by=by,
            request=request,
        )
        secret.refresh_from_db()
        recorder.record(
            Event.SECRET_ROTATED,
            application=secret.application,
            by=by,
            request=request,
            detail={"label": secret.label, "until": str(secret.expires)},
        )
    # Again, after the change was committed: a request in between has read the secrets as they were.
    facts.forget_clients()
    return made


def retire(secret: ClientSecret, *, by: Any = None, request: HttpRequest | None = None) -> None:
    """End a secret now; requests in other workers see it within `CLIENT_CACHE_SECONDS`."""
    secret.retired = clock.now()
    secret.save(update_fields=["retired"])
    facts.forget_clients()
    recorder.record(
        Event.SECRET_RETIRED,
        application=secret.application,
        by=by,
        request=request,
        detail={"label": secret.label},
    )


def retire_dots(
    application: models.Model, *, by: Any = None, request: HttpRequest | None = None
) -> None:
    """End the secret in django-oauth-toolkit's own column, which is left as it is and not asked any more."""
    now = clock.now()
    ClientSecret.objects.create(
        application_id=application.pk, label=FROM_DOT, is_from_dot=True, retired=now
    )
    facts.forget_clients()
    recorder.record(
        Event.SECRET_RETIRED,
        application=application,
        by=by,
        request=request,
        detail={"label": FROM_DOT},
    )


def verify(
    client: ClientFacts | None,
    presented: str,
    now: datetime,
    *,
    guesses: GuessLimits,
) -> bool:
    """Is `presented` one of the client's secrets?

    Clients known, unknown and disabled cost the same time, for client ids are no secret but their states
    are: every secret with a fast hash is compared in constant time. Where none matches, the guess is counted,
    which raises Refusal beyond the limit. A slow hash is computed only for a client whose row exists and
    whose secret is known as django-oauth-toolkit hashed it and in no other way, and is counted before. A
    secret that matches is stored anew with a fast hash, so that this ends by itself.
    """
    digest = digest_of(presented)
    if client and (matched := _matching(client, digest, now)):
        _note_use(matched, now)
        return client.is_enabled
    if client and _is_plain_dot_secret(client, presented):
        return _upgraded(client, digest, now)
    compare_digest(_NOBODYS_DIGEST, digest)
    guesses.count()
    if client is None or not dot.is_slow_secret(client.dot_secret):
        return False
    guesses.count_slow_hash()
    if not dot.check_slow_secret(presented, client.dot_secret):
        return False
    guesses.give_back()
    return _upgraded(client, digest, now)


def _matching(client: ClientFacts, digest: str, now: datetime) -> SecretFacts | None:
    """Return the live secret of this checksum; each is compared, whichever matches."""
    matched = None
    for known in client.secrets:
        if compare_digest(known.digest, digest) and (known.expires is None or known.expires > now):
            matched = known
    return matched


def _is_plain_dot_secret(client: ClientFacts, presented: str) -> bool:
    """Is it the secret that its owner had django-oauth-toolkit keep as it is?"""
    plain = dot.plain_secret(client.dot_secret) if client.dot_secret else ""
    return bool(plain) and compare_digest(plain.encode(), presented.encode())


def _upgraded(client: ClientFacts, digest: str, now: datetime) -> bool:
    """Store a secret of django-oauth-toolkit's anew with a fast hash; return whether it may be used."""
    if client.is_enabled:
        ClientSecret.objects.create(
            application_id=client.key,
            digest=digest,
            label=FROM_DOT,
            is_from_dot=True,
            last_used=now,
        )
        facts.forget_clients()
        recorder.record(
            Event.SECRET_UPGRADED, application_key=client.key, client_id=client.client_id
        )
    return client.is_enabled


def note_use(client: ClientFacts, secret: str) -> None:
    """Note that a secret was used to sign with."""
    digest = digest_of(secret)
    for known in client.secrets:
        if known.digest == digest:
            _note_use(known, clock.now())


def _note_use(secret: SecretFacts, now: datetime) -> None:
    # The first use after it was replaced counts at once: whoever replaced it may be looking.
    known = secret.last_used if secret.expires is None else None
    noted = _noted.get((secret.key, secret.expires), known)
    step = LAST_USED_STEP if secret.expires is None else ENDING_STEP
    if noted is None or now - noted >= step:
        ClientSecret.objects.filter(pk=secret.key).update(last_used=now)
        _noted[secret.key, secret.expires] = now
