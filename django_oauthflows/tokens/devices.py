"""Device codes and the short codes people type: from a device's request to its tokens (RFC 8628).

The rows are django-oauth-toolkit's `DeviceGrant`. A row is claimed by one person before it is approved, and
approving starts the `Authorization` that the device redeems.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.crypto import salted_hmac

from django_oauthflows import dot
from django_oauthflows.flows.device_code import DEVICE_CODE
from django_oauthflows.rules.requests import ClientFacts, DeviceStatus, Held, TokenRequest
from django_oauthflows.statements import CompiledSelect
from django_oauthflows.tokens import codes, lifetimes
from django_oauthflows.tokens.checksums import checksum, generate
from django_oauthflows.tokens.issuing import Issued
from django_oauthflows.tokens.issuing_conditions import issuing
from django_oauthflows.tokens.models import Authorization
from django_oauthflows.tokens.reading import Presented, find_code
from django_oauthflows.tokens.sessions import SignIn

#: RFC 8628 §6.1: no vowels, so no words; no digits and nothing that looks like another letter.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
#: Characters of a user code: 34.5 bits, with the few attempts that are allowed (§5.1).
LENGTH = 8
#: Seconds added to the interval each time a device asks too soon (§3.5).
SLOWER = 5
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCodes:
    """What a device is told. `expires_in` and `interval` are seconds; the user code is as it is shown."""

    device_code: str = field(repr=False)
    user_code: str = field(repr=False)
    expires_in: int
    interval: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """A device that waits for a person's decision. `device_checksum` stands for its device code."""

    key: int
    client_id: str
    scopes: frozenset[str]
    device_checksum: str = field(repr=False)
    claimed_by: Any = None


def normalised(user_code: str) -> str:
    """A user code as it is compared: any case, and whatever is no letter of the alphabet left out (§6.1)."""
    return "".join(letter for letter in user_code.upper() if letter in ALPHABET)


def shown(user_code: str) -> str:
    """A normalised user code as people read it: XXXX-XXXX."""
    half = LENGTH // 2
    return f"{user_code[:half]}-{user_code[half:]}"


def issue_device_codes(
    client: ClientFacts, *, scopes: Collection[str], now: datetime
) -> DeviceCodes:
    """Start a device's request and return its codes (RFC 8628 §3.2)."""
    using = dot.token_database()
    lifetime, interval = lifetimes.device_code_lifetime(), int(dot.setting("DEVICE_FLOW_INTERVAL"))
    device_code = generate()
    with transaction.atomic(using=using):
        user_code = _unused_user_code(using, now)
        row = _rows(using).create(
            client_id=client.client_id,
            device_code=checksum(device_code),
            user_code=_keyed(user_code, settings.SECRET_KEY),
            scope=" ".join(sorted(scopes)),
            interval=interval,
            expires=now + timedelta(seconds=lifetime),
            status=DeviceStatus.PENDING.value,
        )
        # The column fills itself with the present; a device that has not asked yet cannot ask too soon.
        _rows(using).filter(pk=row.pk).update(last_checked=_NEVER)
    return DeviceCodes(
        device_code=device_code,
        user_code=shown(user_code),
        expires_in=lifetime,
        interval=interval,
    )


def find_by_user_code(user_code: str, now: datetime) -> Pairing | None:
    """The device that shows a user code and waits; `None` for an unknown, ended or decided one."""
    code = normalised(user_code)
    if len(code) != LENGTH:
        return None
    found = list(_waiting(dot.token_database(), now).filter(user_code__in=_stored(code))[:2])
    # Two of the same leave open which one the person means.
    return _pairing(found[0]) if len(found) == 1 else None


def find_by_key(key: int, now: datetime) -> Pairing | None:
    """The same device again, a page later."""
    row = _waiting(dot.token_database(), now).filter(pk=key).first()
    return None if row is None else _pairing(row)


def claim(pairing: Pairing, person: Any, now: datetime) -> bool:
    """Make a device one person's to decide on; `False` if somebody else did first or it ended."""
    waiting = _waiting(dot.token_database(), now).filter(pk=pairing.key)
    free = models.Q(user__isnull=True) | models.Q(user=person)
    return bool(waiting.filter(free).update(user=person))


def deny(pairing: Pairing, person: Any, now: datetime) -> bool:
    """Say no for the person who claimed the device; `False` if it was decided before or ended."""
    waiting = _waiting(dot.token_database(), now).filter(pk=pairing.key, user=person)
    return bool(waiting.update(status=DeviceStatus.DENIED.value))


def approve(
    pairing: Pairing,
    client: ClientFacts,
    person: Any,
    *,
    scopes: Collection[str],
    resource: Collection[str],
    sign_in: SignIn,
    now: datetime,
) -> bool:
    """Say yes for the person who claimed the device, and start the grant that it redeems.

    `False`, and nothing is changed, if it was decided before, ended, or is claimed by somebody else. Raises
    `LostRace` if the account, the sign-in or the client is not what it was when the page was asked for.
    """
    using = dot.token_database()
    with issuing(user=person, client=client.key, using=using, sid=sign_in.sid):
        waiting = _waiting(using, now).filter(pk=pairing.key, user=person)
        if not waiting.update(status=DeviceStatus.APPROVED.value):
            return False
        granted = authorization_of(
            client, person, scopes=scopes, resource=resource, sign_in=sign_in, now=now
        )
        granted.code_checksum = pairing.device_checksum
        granted.save(force_insert=True, using=using)
    return True


def authorization_of(
    client: ClientFacts,
    person: Any,
    *,
    scopes: Collection[str],
    resource: Collection[str],
    sign_in: SignIn,
    now: datetime,
) -> Authorization:
    """The authorization an approved device begins, as it is before it is saved."""
    return Authorization(
        application_id=client.key,
        user=person,
        flow=DEVICE_CODE.slug,
        scope=" ".join(sorted(scopes)),
        resource=list(resource),
        created=now,
        expires=lifetimes.authorization_end(client, now),
        session=sign_in.session,
        auth_time=sign_in.auth_time,
        acr=sign_in.acr,
        amr=list(sign_in.amr),
        sid=sign_in.sid,
    )


def poll(device_code: str, client: ClientFacts, now: datetime) -> Presented | None:
    """What became of a device code; `None` for an unknown one.

    A poll by the code's own client while the person decides is noted, for the next one may come too soon.
    Nobody else's changes anything.
    """
    stored, using = checksum(device_code), dot.token_database()
    row = _by_device_code().first(stored, using)
    if row is None:
        return _spent(stored)
    key, client_id, status, expires, last_checked, interval = row
    if status == DeviceStatus.APPROVED:
        return _approved(stored, key, expires)
    is_own, is_waiting = client_id == client.client_id, expires > now
    is_pending = status == DeviceStatus.PENDING and is_waiting
    held = Held(
        key=key,
        flow=DEVICE_CODE.slug,
        client_key=client.key if is_own else None,
        user_key=None,
        user_is_active=True,
        client_is_enabled=client.is_enabled,
        scopes=client.scopes,
        resource=(),
        expires=expires,
        spent_at=None,
        device_status=(
            DeviceStatus.DENIED if status == DeviceStatus.DENIED else DeviceStatus.PENDING
        ),
        is_polled_too_soon=is_own
        and is_pending
        and _note_poll(key, last_checked, interval, now, using),
    )
    return Presented(checksum=stored, held=held, person=None, authorization=None)


def redeem(request: TokenRequest, presented: Presented) -> Issued:
    """Spend an approved device code and earn its tokens. Raises `LostRace`."""
    return codes.redeem_code(request, presented, kept_in=dot.device_grant_model())


def _spent(stored: str) -> Presented | None:
    """The grant a device code was redeemed for; a code of another flow is none, and has rules of its own."""
    found = find_code(stored)
    return found if found is not None and found.held.flow == DEVICE_CODE.slug else None


def _approved(stored: str, key: int, expires: datetime) -> Presented | None:
    """The grant an approved code stands for, kept in django-oauth-toolkit's row until it is redeemed."""
    return find_code(stored, kept=kept_of(key, expires))


def kept_of(key: int, expires: datetime) -> tuple[int, str, str, str, datetime]:
    """What is kept of an approved code: nothing was redirected, and nothing has to be proven."""
    return key, "", "", "", expires


def _note_poll(key: int, last_checked: datetime, interval: int, now: datetime, using: str) -> bool:
    """Note a poll, and say whether it came too soon: then the interval grows for this and all later ones."""
    rows = _rows(using).filter(pk=key)
    too_soon = now < last_checked + timedelta(seconds=interval)
    grown = interval + SLOWER if too_soon else interval
    if rows.filter(last_checked=last_checked).update(last_checked=now, interval=grown):
        return too_soon
    # Another poll was noted since the row was read: of two at once, one is too many.
    rows.update(last_checked=now, interval=models.F("interval") + SLOWER)
    return True


def _unused_user_code(using: str, now: datetime) -> str:
    while True:
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        if not _rows(using).filter(user_code__in=_stored(code), expires__gt=now).exists():
            return code


def _stored(user_code: str) -> list[str]:
    """What is stored of a user code, under today's key and under those it may have been written with."""
    return [_keyed(user_code, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _keyed(user_code: str, key: str | bytes) -> str:
    """Under a key, since a plain checksum of 34 bits is read back in seconds."""
    salted = salted_hmac("oauthflows.user-code", user_code, secret=key, algorithm="sha256")
    return salted.hexdigest()


def _rows(using: str) -> Any:
    return dot.device_grant_model()._default_manager.using(using)


def _waiting(using: str, now: datetime) -> Any:
    return _rows(using).filter(status=DeviceStatus.PENDING.value, expires__gt=now)


def _pairing(row: Any) -> Pairing:
    return Pairing(
        key=row.pk,
        client_id=row.client_id,
        scopes=frozenset(row.scope.split()),
        device_checksum=row.device_code,
        claimed_by=row.user_id,
    )


@cache
def _by_device_code() -> CompiledSelect:
    wanted = ("pk", "client_id", "status", "expires", "last_checked", "interval")
    return CompiledSelect(
        lambda: (dot.device_grant_model()._default_manager.values_list(*wanted), "device_code")
    )
