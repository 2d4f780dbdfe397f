"""Questions about a client that is known by a metadata document of its own, at the address that is its id."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django_oauthflows.errors import Code
from django_oauthflows.rules.addresses import parts_of
from django_oauthflows.rules.base import Rule, rule

_DRAFT = "OAuth Client ID Metadata Document"
_METADATA = Code.INVALID_CLIENT_METADATA


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What was found at a client id: the id it names, the names of its members, and how it authenticates."""

    client_id: str
    named: str
    members: frozenset[str]
    authentication_method: str


@rule(spec=f"{_DRAFT} §3", refuses_with=_METADATA)
def client_id_must_be_the_address_of_a_document(document: Document) -> str | None:
    """One document has one address: whatever two readers could resolve differently is none."""
    parts = parts_of(document.client_id)
    is_one = parts is not None and parts.scheme == "https" and bool(parts.path)
    if not is_one or "#" in document.client_id:
        return "A client_id that is an address is https, with a path and without a fragment."
    if {".", ".."} & set(urlsplit(document.client_id).path.split("/")):
        return "A client_id that is an address has no dots for a part of its path."
    return None


@rule(spec=f"{_DRAFT} §4.1", refuses_with=_METADATA)
def document_must_name_its_address(document: Document) -> str | None:
    """Else a document could be passed off at another address as somebody else's."""
    if document.named != document.client_id:
        return "The client_id in the document is not the address it was found at."
    return None


@rule(spec=f"{_DRAFT} §4.1", refuses_with=_METADATA)
def document_must_not_hold_a_secret(document: Document) -> str | None:
    """A secret that everybody can fetch is none."""
    if document.members & {"client_secret", "client_secret_expires_at"}:
        return "A metadata document holds no client_secret."
    if document.authentication_method not in ("none", "private_key_jwt"):
        return "A client with a metadata document authenticates by private_key_jwt, or not at all."
    return None


ADDRESS_RULES: tuple[Rule[Document], ...] = (client_id_must_be_the_address_of_a_document,)
DOCUMENT_RULES: tuple[Rule[Document], ...] = (
    document_must_name_its_address,
    document_must_not_hold_a_secret,
)
