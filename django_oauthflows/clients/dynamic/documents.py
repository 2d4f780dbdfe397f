"""Clients known by a document of their own (CIMD): the client id is the address their metadata is found at.

An address nobody has asked about before is fetched while a request waits, by https at public addresses alone
(`CIMD_ENABLED`, `CIMD_ALLOWED_HOSTS` and the other `CIMD_` settings), and counts as a registration of the
network that the request came from. What it says is kept for as long as its publisher says, within the
project's bounds. An address that does not answer, or answers what is refused, is left alone for a while, and
the client is unknown; one that was known goes on as it was, for a day. Whoever names it is told why
(`refusal_of`).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import lru_cache
from hashlib import sha256
from threading import BoundedSemaphore
from typing import Any

from django.db import IntegrityError, transaction

from django_oauthflows import dot
from django_oauthflows.audit import actors, recorder
from django_oauthflows.audit.events import Event
from django_oauthflows.clients.dynamic import records, registration_limits
from django_oauthflows.clients.dynamic.document_fetching import fetch_document
from django_oauthflows.clients.dynamic.document_methods import with_method
from django_oauthflows.clients.dynamic.given import said_in, stored
from django_oauthflows.clients.dynamic.judging import judged
from django_oauthflows.clients.dynamic.members import plain
from django_oauthflows.clients.dynamic.models import ClientRegistration
from django_oauthflows.clients.dynamic.offered import offered
from django_oauthflows.clients.fetching import NotAsked, TooBusy
from django_oauthflows.conf import conf
from django_oauthflows.core import clock
from django_oauthflows.core.guarded_cache import cache
from django_oauthflows.core.outage import CacheUnavailable, TooManyFetches
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.rules.addresses import host_of
from django_oauthflows.rules.base import enforce
from django_oauthflows.rules.client_metadata import ClientMetadata, Offered
from django_oauthflows.rules.documents import ADDRESS_RULES, DOCUMENT_RULES, Document
from django_oauthflows.rules.requests import ClientFacts
from django_oauthflows.strict_json import is_storable

logger = logging.getLogger("django_oauthflows.clients")

#: What DOT's column says of a client that is known by its document.
BY_DOCUMENT = "cimd"
_LONGEST_ID = 255
#: What is remembered of a refusal, beside its code and its sentence.
_WHY = ("rule", "spec", "fix")
#: How long a client goes on as it was while its document cannot be had.
_KEPT = timedelta(days=1)


def up_to_date(client_id: str, application: Any, *, network: str | None) -> Any:
    """The application of a client id that is an https address, as its document says now; `None` for none.

    `network` is where the request came from that names it. Without one nothing is fetched, and a client that
    was known is what it was last: it is only told or shown something then. An application that was registered
    under such an id by hand is never taken over by a document.
    """
    if application is not None and application.registration_source != BY_DOCUMENT:
        return application
    if not dot.takes_client_documents() or len(client_id) > _LONGEST_ID:
        return None
    now = clock.now()
    if network is None or (application is not None and (application.cimd_expires_at or now) > now):
        return application
    found = _found(client_id, application, network)
    if found is None and application is not None:
        return application if (application.cimd_expires_at or now) + _KEPT > now else None
    return found


def refusal_of(client_id: str) -> Refusal | None:
    """Return why the document at a client id was refused just now; `None` where it was not."""
    if not client_id.startswith("https://"):
        return None
    try:
        why = cache.get(_mark_of(client_id))
    except CacheUnavailable:
        return None
    if not isinstance(why, dict):
        return None
    return Refusal(Code(why["code"]), why["sentence"], **{name: why[name] for name in _WHY})


def shown_host(client: ClientFacts) -> str:
    """Whose word a client is, for people to see: the host of its document; empty for any other client."""
    return host_of(client.client_id) if client.registration_source == BY_DOCUMENT else ""


def _found(client_id: str, application: Any, network: str) -> Any:
    """What the document says, written down; `None` where there is none, or none that may be believed."""
    try:
        with _one_of_few() as is_free:
            if is_free and _may_be_asked(client_id, application, network):
                return _fetched(client_id, application, network)
    except IntegrityError:
        # Another worker was faster, and wrote the same.
        return dot.applications().filter(client_id=client_id).first()
    except (TooBusy, TooManyFetches) as error:
        # A client that is known goes on as it was.
        if application is None:
            raise TooManyFetches from error
    except NotAsked:
        logger.info("a client's document was not asked for: its limits are reached")
    except Refusal as refusal:
        logger.info("a client's document was refused: %s", refusal.rule)
        with suppress(CacheUnavailable):
            _leave_alone(client_id, refusal)
    except CacheUnavailable:
        # Which addresses were asked in vain is not known now: a new one is not asked.
        if application is None:
            raise
    except Exception:
        # On the way of a request nobody has authenticated: unknown, whatever happened, and loudly.
        logger.exception("a client's document could not be looked at")
    return None


def _fetched(client_id: str, application: Any, network: str) -> Any:
    named = Document(client_id=client_id, named="", members=frozenset(), authentication_method="")
    enforce(ADDRESS_RULES, named)
    answer = fetch_document(client_id, network=network)
    document, seconds = answer if answer is not None else (None, 0)
    if not isinstance(document, dict) or not is_storable(document):
        raise Refusal(
            Code.INVALID_CLIENT_METADATA,
            "There is no metadata document at this client_id.",
            rule="document_must_be_found",
            spec="OAuth Client ID Metadata Document §4",
        )
    limits = offered()
    metadata = _judged(client_id, document, limits, network)
    return _written(client_id, application, metadata, limits, seconds)


def _judged(
    client_id: str, document: dict[str, Any], limits: Offered, network: str
) -> ClientMetadata:
    members = with_method(document)
    asked = Document(
        client_id=client_id,
        named=str(members.get("client_id")),
        members=frozenset(members),
        authentication_method=str(members["token_endpoint_auth_method"]),
    )
    enforce(DOCUMENT_RULES, asked)
    return judged(members, limits, is_introduced=False, network=network, has_choice_of_method=True)


def _written(
    client_id: str, application: Any, metadata: ClientMetadata, limits: Offered, seconds: int
) -> Any:
    with transaction.atomic():
        known = _registration_of(application)
        if known is None or said_in(known.metadata) != plain(metadata):
            application = _written_down(client_id, application, known, metadata, limits)
        application.cimd_expires_at = clock.now() + timedelta(seconds=seconds)
        application.save(update_fields=["cimd_expires_at"])
    return application


def _written_down(
    client_id: str,
    application: Any,
    known: ClientRegistration | None,
    metadata: ClientMetadata,
    limits: Offered,
) -> Any:
    """The application of a document that is new, or says something else than before."""
    if application is None:
        application, given = records.create(client_id, BY_DOCUMENT, metadata, limits)
    elif known is None:  # django-oauth-toolkit read its document before
        given = records.give_policy(application, metadata, limits)
    else:
        given = records.change(application, metadata, limits, kept=known.metadata)
    ClientRegistration.objects.update_or_create(
        application=application, defaults={"metadata": stored(metadata, given)}
    )
    recorder.record(
        Event.CLIENT_CHANGED if known else Event.CLIENT_REGISTERED,
        application=application,
        by=actors.client(client_id),
        detail={"by": "its document"},
    )
    return application


def _registration_of(application: Any) -> ClientRegistration | None:
    if application is None:
        return None
    return ClientRegistration.objects.filter(application=application).first()


def _may_be_asked(client_id: str, application: Any, network: str) -> bool:
    """Was it not asked in vain just now, and are there not too many new ones already?

    One that is new counts as a registration of its network, whether its document is found or not.
    """
    if cache.get(_mark_of(client_id)):
        return False
    if application is not None:
        return True
    if not registration_limits.may_look_at(client_id, network):
        return False
    since = clock.now() - timedelta(seconds=conf.REGISTRATIONS_WINDOW)
    new = ClientRegistration.objects.filter(
        issued__gt=since, application__registration_source=BY_DOCUMENT
    )
    return new.count() < conf.REGISTRATIONS_IN_ALL


def _leave_alone(client_id: str, refusal: Refusal) -> None:
    why = {"code": str(refusal.code), "sentence": refusal.sentence}
    why |= {name: getattr(refusal, name) for name in _WHY}
    seconds = dot.setting("CIMD_FAILURE_BACKOFF_SECONDS")
    cache.set(_mark_of(client_id), why, timeout=seconds)


def _mark_of(client_id: str) -> str:
    """Under what the cache remembers that an address was asked in vain."""
    return f"oauthflows:document:{sha256(client_id.encode('utf-8', 'replace')).hexdigest()[:40]}"


@contextmanager
def _one_of_few() -> Iterator[bool]:
    """Whether this worker may wait for one more document; those it waits for are few at any time."""
    places = _places(int(dot.setting("CIMD_MAX_CONCURRENT_FETCHES") or 0))
    is_free = places is None or places.acquire(blocking=False)
    try:
        yield is_free
    finally:
        if places is not None and is_free:
            places.release()


@lru_cache(maxsize=1)
def _places(number: int) -> BoundedSemaphore | None:
    """As many places as the project says; without end where it says none."""
    return BoundedSemaphore(number) if number else None
