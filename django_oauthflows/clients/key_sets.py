"""The key sets clients register (RFC 7517): what may be registered, and what of a published one is used."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

#: How many keys a set may have: some to sign and some to encrypt, old ones and new ones.
MOST_KEYS = 20
#: Bytes of a whole set.
LONGEST = 64 * 1024
#: RFC 7518 §3.3.
SHORTEST_RSA = 2048
#: Verifying with longer keys than this costs a server too much, in bits.
LONGEST_RSA = 8192

_TYPES = ("RSA", "EC", "OKP")
_LOOKS_PRIVATE = re.compile(r"PRIVATE|\b(d|p|q|dp|dq|qi|oth|k)\b['\"]?\s*[:=]")
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")


class _Unusable(Exception):
    """One key cannot be used, for a reason its owner can do something about."""


def validate_key_set(value: Any) -> None:
    """Raise `ValidationError`, one sentence for each key, unless a set may be registered."""
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(keys, list) or not keys:
        raise ValidationError(
            _('This is no key set: a JSON object with a list named "keys" (RFC 7517 §5).')
        )
    if not _can_be_stored(value):
        raise ValidationError(_("The key set is too large, or holds characters no key has."))
    if len(keys) > MOST_KEYS:
        raise ValidationError(
            _("At most %(most)d keys; there are %(count)d."),
            params={"most": MOST_KEYS, "count": len(keys)},
        )
    wrong = []
    for number, jwk in enumerate(keys, start=1):
        try:
            _imported(jwk)
        except _Unusable as error:
            wrong.append(f"{_named(number, jwk)}: {error}")
    kids = [jwk["kid"] for jwk in keys if isinstance(jwk, dict) and "kid" in jwk]
    wrong += [_("Two keys have one kid.")] if len({str(kid) for kid in kids}) < len(kids) else []
    if wrong:
        raise ValidationError(wrong)


def _can_be_stored(value: Any) -> bool:
    """No JSON column takes NUL, half a character or a number that is none; and keys are not that long."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        return "\\u0000" not in text and len(text.encode()) <= LONGEST
    except (TypeError, ValueError, RecursionError):
        return False


def holds_a_private_key(value: Any) -> bool:
    """Does a key set, or what was meant as one, hold what nobody else should see?

    What is no JSON may be a key in another form: as PEM, or as some program prints it.
    """
    if isinstance(value, str):
        return bool(_LOOKS_PRIVATE.search(value))
    keys = value.get("keys") if isinstance(value, dict) else None
    return any(
        isinstance(jwk, dict) and any(member in jwk for member in _PRIVATE)
        for jwk in (keys if isinstance(keys, list) else [value])
    )


def keys_of(key_set: Any) -> KeySet:
    """The keys of a set that can be used, parsed once per process; others are left out (RFC 7517 §5)."""
    try:
        return _parsed(json.dumps(key_set, sort_keys=True))
    except (TypeError, ValueError, RecursionError):
        return KeySet([])


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """One key of a set as it was understood. `size` is bits or a curve; `wrong` why it cannot be used."""

    kid: str
    kty: str
    alg: str
    use: str
    size: str = ""
    wrong: str = ""


def understood(key_set: Any) -> list[Understood]:
    """What each key of a set was taken for, the unusable ones too; never more than is used."""
    keys = key_set.get("keys") if isinstance(key_set, Mapping) else None
    return [_understood(jwk) for jwk in (keys if isinstance(keys, list) else [])[:MOST_KEYS]]


def _understood(jwk: Any) -> Understood:
    members = jwk if isinstance(jwk, dict) else {}
    said = {name: _short(members.get(name)) for name in ("kid", "kty", "alg", "use")}
    try:
        key: Any = _imported(jwk)
    except _Unusable as error:
        return Understood(**said, wrong=str(error))
    bits = getattr(key.raw_value, "key_size", "")
    size = getattr(key, "curve_name", "") or (_("%d bits") % bits if bits else "")
    return Understood(**said, size=size)


def _short(value: Any) -> str:
    return value[:64] if isinstance(value, str) else ""


@lru_cache(maxsize=1024)
def _parsed(text: str) -> KeySet:
    key_set = json.loads(text)
    keys = key_set.get("keys") if isinstance(key_set, Mapping) else None
    usable = []
    for jwk in (keys if isinstance(keys, list) else [])[:MOST_KEYS]:
        try:
            usable.append(_imported(jwk))
        except _Unusable:
            continue
    return KeySet(usable)


def _imported(jwk: Any) -> Key:
    """A public key that is strong enough. Raises `_Unusable`."""
    if not isinstance(jwk, dict) or jwk.get("kty") not in (*_TYPES, "oct"):
        raise _Unusable(_("a key has a kty of RSA, EC or OKP."))
    if jwk["kty"] == "oct":
        raise _Unusable(_("a shared secret is no public key."))
    if any(member in jwk for member in _PRIVATE):
        raise _Unusable(
            _("this is a private key. Make a new one, and register its public part alone.")
        )
    if not isinstance(jwk.get("kid", ""), str) or not isinstance(jwk.get("alg", ""), str):
        raise _Unusable(_("its kid and its alg must be text."))
    try:
        if jwk["kty"] == "RSA":
            _check_size(jwk)
        key = JWKRegistry.import_key(dict(jwk))
        _parsed_now = key.raw_value
    except (JoseError, ValueError, TypeError, LookupError, AttributeError):
        raise _Unusable(_("it cannot be read.")) from None
    return key


def _check_size(jwk: dict[str, Any]) -> None:
    """Raise `_Unusable` for a modulus that is too short, or so long that verifying costs too much."""
    modulus = urlsafe_b64decode(jwk["n"] + "==")
    size = int.from_bytes(modulus).bit_length()
    if not SHORTEST_RSA <= size <= LONGEST_RSA:
        raise _Unusable(_("an RSA key has 2048 bits or more; this one has %d.") % size)


def _named(number: int, jwk: Any) -> str:
    kid = jwk.get("kid") if isinstance(jwk, dict) else None
    if isinstance(kid, str):
        return _("Key %(number)d (kid %(kid)s)") % {"number": number, "kid": kid[:40]}
    return _("Key %d") % number
