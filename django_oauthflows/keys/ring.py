"""The keys a worker knows: read in one statement, parsed once, looked at again every so often.

Parsing a private RSA key costs 47 ms, so it happens once per process and key. Which keys there are is read
again after `KEYS_CACHE_SECONDS`, at once when a key changes in this process, and when a signature names a key
that is not known, a few times a second at most: a flood of invented names costs no statements.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import Error, IntegrityError, connections, router, transaction
from django.db.models import signals
from joserfc.jwk import JWKRegistry, Key

from django_oauthflows import dot
from django_oauthflows.audit.events import Event
from django_oauthflows.conf import conf
from django_oauthflows.core import clock
from django_oauthflows.core.last_known import LastKnown
from django_oauthflows.core.model_signals import listen_to_rows
from django_oauthflows.core.outage import is_outage
from django_oauthflows.keys import algorithms, sealing
from django_oauthflows.keys.doing import Doer
from django_oauthflows.keys.models import SigningKey, State

_BY_ITSELF = Doer()
#: How often within a second unknown names may lead to a look at the table.
_LOOKS_PER_SECOND = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """A parsed key and the one algorithm it is for (RFC 8725 §3.1)."""

    kid: str
    algorithm: str
    key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ring:
    until: float
    verifying: Mapping[str, KnownKey]
    signing: Mapping[str, str]
    sealed: Mapping[str, str]


_lock = Lock()
_ring: list[_Ring] = []
#: Parsed once per process: a key's id is its thumbprint, so that it never means another key.
_public: dict[str, KnownKey] = {}
_private: dict[str, KnownKey] = {}
_looks: list[float] = []
_of_setting: list[tuple[Any, Mapping[str, KnownKey]]] = []


def signing_key(algorithm: str = "") -> KnownKey:
    """The key that signs now with an algorithm, `SIGNING_ALGORITHM` by default; made when first needed.

    Raises `sealing.Sealed` where the project's secrets do not open it.
    """
    algorithm = algorithm or conf.SIGNING_ALGORITHM
    ring = _current()
    if algorithm not in ring.signing:
        make_first(algorithm)
        ring = _load()
    kid = ring.signing[algorithm]
    known = _private.get(kid)
    if known is None:
        known = _parsed(sealing.unseal(ring.sealed[kid], kid=kid), algorithm)
        with _lock:
            _private[kid] = known
    return known


def signing_kid(algorithm: str) -> str:
    """The id of that key; empty where it is still to be made."""
    return _current().signing.get(algorithm, "")


def verifying_key(kid: str) -> KnownKey | None:
    """The published key of this id, signing or not; `None` for an unknown one."""
    if conf.JWKS is not None:
        return _of_settings(conf.JWKS).get(kid)
    known = _current().verifying.get(kid)
    if known is None and _may_look_again():
        known = _load().verifying.get(kid)
    return known


def published() -> list[dict[str, Any]]:
    """The public JWKs of all keys, read afresh; the first keys are made where there are none yet.

    A verifier that fetches them before the first token is issued then has its key already. While the database
    is away they are the last ones that were read.
    """
    return _last_published()


def _published_now() -> list[dict[str, Any]]:
    rows = _published()
    missing = usual_algorithms() - {algorithm for algorithm, _ in rows}
    for algorithm in sorted(missing):
        make_first(algorithm)
    return [public for _, public in (_published() if missing else rows)]


def usual_algorithms() -> set[str]:
    """What this site signs with by its settings: access tokens, and ID tokens if it offers those."""
    identifies = {conf.ID_TOKEN_SIGNING_ALGORITHM} if dot.is_openid_provider() else set()
    if identifies and dot.rsa_key():
        identifies.add("RS256")  # published by the time the project's key signs no more
    return {conf.SIGNING_ALGORITHM, *conf.RESOURCE_SIGNING_ALGORITHMS.values(), *identifies}


def _published() -> list[tuple[str, dict[str, Any]]]:
    return list(SigningKey.objects.values_list("algorithm", "public"))


_last_published = LastKnown(_published_now)


def make_first(algorithm: str) -> None:
    """Make a key that signs at once, unless another worker just did: nothing was verified before it."""
    try:
        with transaction.atomic(using=database()):
            signing = SigningKey.objects.filter(algorithm=algorithm, state=State.SIGNING)
            if not (wait_for_others() and signing.exists()):
                make(algorithm, State.SIGNING)
    except IntegrityError:
        if not SigningKey.objects.filter(algorithm=algorithm, state=State.SIGNING).exists():
            raise


def database() -> str:
    """Return the database the keys are written to."""
    return router.db_for_write(SigningKey)


def wait_for_others() -> bool:
    """Wait until others have made their keys; `False` where the table's constraint stops the second one.

    MariaDB has no constraint with a condition, and no row to lock before there is a first key: the row of the
    model's content type stands for it, which Django makes with the table.
    """
    features = connections[database()].features
    if features.supports_partial_indexes or not features.has_select_for_update:
        return False
    table = ContentType.objects.using(database()).select_for_update()
    table.filter(app_label="oauthflows", model="signingkey").values_list("pk", flat=True).first()
    return True


def make(algorithm: str, state: State, doer: Doer = _BY_ITSELF, **times: Any) -> SigningKey:
    """A new key pair, saved. Raises `IntegrityError` where the algorithm has a key in this state."""
    kid, public, private = algorithms.generate(algorithm)
    now = times.get("now") or clock.now()
    made = SigningKey.objects.create(
        kid=kid,
        algorithm=algorithm,
        state=state,
        public=public,
        sealed=sealing.seal(private, kid=kid),
        announced=now,
        signing_since=now if state == State.SIGNING else None,
    )
    doer.record(Event.KEY_ROTATED if state == State.SIGNING else Event.KEY_ANNOUNCED, made)
    return made


def forget(**_: Any) -> None:
    """Look at the table again; called whenever a key is saved or deleted here."""
    with _lock:
        _ring.clear()
        _looks.clear()
    _last_published.forget()


def watch() -> None:
    """Forget whenever a key is saved or deleted in this process; called once when the app is ready."""
    for signal in (signals.post_save, signals.post_delete):
        listen_to_rows(signal, forget, SigningKey, uid="oauthflows-signing-key")


def _current() -> _Ring:
    ring = next(iter(_ring), None)  # another thread may be forgetting it
    if ring is not None and ring.until > monotonic():
        return ring
    try:
        return _load()
    except Error as error:
        # A key signs for weeks, and is announced a day before: what was known a minute ago still holds.
        if ring is None or not is_outage(error):
            raise
        return ring


def _load() -> _Ring:
    columns = ("kid", "algorithm", "state", "public", "sealed")
    verifying, signing, sealed = {}, {}, {}
    rows = SigningKey.objects.order_by().values_list(*columns)
    for kid, algorithm, state, public, private in rows:
        verifying[kid] = _public.get(kid) or _parsed(public, algorithm)
        if state == State.SIGNING:
            signing[algorithm] = kid
            sealed[kid] = private
    ring = _Ring(
        until=monotonic() + conf.KEYS_CACHE_SECONDS,
        verifying=verifying,
        signing=signing,
        sealed=sealed,
    )
    with _lock:
        _ring[:] = [ring]
        for kid in [kid for kid in _private if kid not in sealed]:
            del _private[kid]  # retired: nothing signs with it any more
        _public.clear()
        _public.update(verifying)
    return ring


def _may_look_again() -> bool:
    now = monotonic()
    with _lock:
        _looks[:] = [moment for moment in _looks if moment > now - 1]
        if len(_looks) >= _LOOKS_PER_SECOND:
            return False
        _looks.append(now)
    return True


def _parsed(jwk: dict[str, Any], algorithm: str) -> KnownKey:
    key = JWKRegistry.import_key(jwk)
    return KnownKey(kid=str(key.kid), algorithm=algorithm, key=key)


def _of_settings(jwks: Mapping[str, Any]) -> Mapping[str, KnownKey]:
    """The keys of `OAUTHFLOWS["JWKS"]`, parsed once."""
    if not _of_setting or _of_setting[0][0] is not jwks:
        parsed = [
            _parsed(dict(jwk), jwk.get("alg") or algorithms.USUAL[jwk["kty"]])
            for jwk in jwks["keys"]
            if jwk.get("use", "sig") == "sig" and jwk.get("kty") in algorithms.USUAL
        ]
        _of_setting[:] = [(jwks, {known.kid: known for known in parsed})]
    return _of_setting[0][1]
