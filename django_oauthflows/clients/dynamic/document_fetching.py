"""Fetching client metadata documents (OAuth Client ID Metadata Document §4, §6).

`clients.fetching` asks, within its limits on what strangers name, unless the project has its own fetcher.
"""

from typing import Any

from django_oauthflows import dot
from django_oauthflows.clients.fetching import (
    SECONDS,
    Document,
    NotAsked,
    NotFetched,
    fetch,
    parsed_json,
)

_ACCEPT = "application/json, application/*+json"


def fetch_document(client_id: str, *, network: str) -> tuple[Any, int] | None:
    """Return the metadata document at a client id, and the seconds it may be kept; `None` for none.

    `network` is where the request came from that names the client. Raises `NotAsked` where its limits are
    reached, which is no failure of the address.
    """
    if not dot.permits_client_document(client_id):
        return None
    if dot.fetches_client_documents_itself():
        return dot.fetch_client_document(client_id)
    try:
        document = fetch(
            client_id,
            accept=_ACCEPT,
            at_most=int(dot.setting("CIMD_MAX_DOCUMENT_SIZE")),
            seconds=_seconds(),
            network=network,
        )
        return (parsed_json(document), _kept_for(document)) if _is_json(document) else None
    except NotAsked:
        raise
    except NotFetched:
        return None


def _seconds() -> float:
    """Return how long an address may take: what the project wrote, else as for every other document."""
    written = dot.project_says("CIMD_FETCH_TIMEOUT_SECONDS")
    return float(dot.setting("CIMD_FETCH_TIMEOUT_SECONDS")) if written else SECONDS


def _is_json(document: Document) -> bool:
    kind = document.media_type
    return kind == "application/json" or (
        kind.startswith("application/") and kind.endswith("+json")
    )


def _kept_for(document: Document) -> int:
    """Return the seconds its publisher says, within the project's bounds."""
    least = int(dot.setting("CIMD_METADATA_MIN_AGE_SECONDS"))
    most = int(dot.setting("CIMD_METADATA_MAX_AGE_SECONDS"))
    if document.must_not_be_kept:
        return least
    return max(least, min(most if document.max_age is None else document.max_age, most))
