"""What a client says of itself: JSON read into `ClientMetadata`, and written out as JSON again.

Members nobody knows are ignored (RFC 7591 §2), as are empty ones (RFC 7592 §2.2); one that is known is of its
type and of a length the tables hold, or the registration is refused.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from types import UnionType
from typing import Any

from django_oauthflows.core import text
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.rules.client_metadata import ClientMetadata
from django_oauthflows.rules.words import is_scope, words_of

#: The members that may come in several languages, as `client_name#ja` (RFC 7591 §2.2).
TRANSLATED = ("client_name", "client_uri", "logo_uri", "policy_uri", "tos_uri")

#: Longest values in characters, and the most values of a list.
_LONGEST = {"client_name": 255, "software_id": 255, "software_version": 255, "scope": 2000}
_LONGEST_OTHER = 500
_LONGEST_OF_LIST = {"redirect_uris": 2000, "post_logout_redirect_uris": 2000}
_LONGEST_STATEMENT = 8000
_MOST = 50
_MOST_SECONDS = 2**31 - 1

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}\Z")  # RFC 5646 §2.1
#: The members that flows and scopes follow from.
_ABOUT_FLOWS = ("response_types", "grant_types", "token_endpoint_auth_method", "scope")
_USUAL_ENC = "A128CBC-HS256"  # OpenID Connect Dynamic Client Registration §2


def read(members: Mapping[str, Any]) -> ClientMetadata:
    """The metadata in a JSON object, with the defaults filled in. Raises `Refusal`."""
    said: dict[str, Any] = {}
    for name, reader in _MEMBERS.items():
        if (value := members.get(name)) not in (None, ""):
            said[name] = reader(name, value)
    said["translations"] = _translations(members)
    _fill_in_flows(said)
    for name in [
        name for name in said if name.endswith(("_encrypted_response_alg", "encryption_alg"))
    ]:
        said.setdefault(name.removesuffix("alg") + "enc", _USUAL_ENC)
    return ClientMetadata(**said)


def read_stored(members: Mapping[str, Any]) -> ClientMetadata:
    """Return what a stored registration says of its flows and scopes.

    Its texts may be older than the rules about them, and need not be read for that.
    """
    return read({name: members[name] for name in _ABOUT_FLOWS if name in members})


def plain(metadata: ClientMetadata) -> dict[str, Any]:
    """The metadata as a JSON object: what `read` reads as the same again."""
    said: dict[str, Any] = {}
    for name in _MEMBERS:
        value = getattr(metadata, name)
        if isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, frozenset):
            value = " ".join(sorted(value))
        if _says_something(name, value):
            said[name] = value
    for name, languages in metadata.translations.items():
        said |= {f"{name}#{language}": value for language, value in languages.items()}
    return said


def _says_something(name: str, value: Any) -> bool:
    """Return whether a value is more than leaving the member out."""
    if name in ("response_types", "grant_types"):
        return True
    if value is False:
        return name in _OPEN  # where leaving it out is not the same
    return value not in ("", None, [])


def _fill_in_flows(said: dict[str, Any]) -> None:
    """Of response types and grant types, one tells the other where it was left out (RFC 7591 §2.1)."""
    if "response_types" in said:
        # The order of its words does not matter (RFC 6749 §3.1.1).
        sent = said["response_types"]
        said["response_types"] = tuple(
            dict.fromkeys(" ".join(sorted(words_of(kind))) for kind in sent)
        )
    if "grant_types" not in said:
        words = {word for kind in said.get("response_types", ("code",)) for word in words_of(kind)}
        needed = [("authorization_code", {"code"}), ("implicit", {"token", "id_token"})]
        said["grant_types"] = tuple(name for name, of in needed if words & of)
    elif "response_types" not in said:
        codes = "authorization_code" in said["grant_types"]
        said["response_types"] = ("code",) if codes else ()


def _translations(members: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, value in members.items():
        member, tagged, language = name.partition("#")
        if member not in TRANSLATED or not tagged or value in (None, ""):
            continue
        if not _LANGUAGE.match(language) or len(found.get(member, ())) >= _MOST:
            raise _wrong(member, "comes in a language that is none, or in too many")
        found.setdefault(member, {})[language] = _text(member, value)
    return found


def _text(name: str, value: Any) -> str:
    longest = _LONGEST.get(name, _LONGEST_OTHER)
    if not isinstance(value, str) or len(value) > longest:
        raise _wrong(name, f"must be text of at most {longest} characters")
    if text.flaw_of(value, is_name=name == "client_name"):
        raise _wrong(
            name, "must be text that people can read, without control or invisible characters"
        )
    return value


def _statement(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_STATEMENT or not value.isascii():
        raise _wrong(name, "must be a JWT", code=Code.INVALID_SOFTWARE_STATEMENT)
    return value


def _texts(name: str, value: Any) -> tuple[str, ...]:
    longest = _LONGEST_OF_LIST.get(name, _LONGEST_OTHER)
    is_list = isinstance(value, list) and len(value) <= _MOST
    if not is_list or not all(
        isinstance(one, str) and 0 < len(one) <= longest and not text.flaw_of(one, is_name=False)
        for one in value
    ):
        raise _wrong(name, f"must be a list of at most {_MOST} texts")
    return tuple(dict.fromkeys(value))


def _words(name: str, value: Any) -> frozenset[str]:
    words = words_of(_text(name, value))
    if not all(map(is_scope, words)):
        raise _wrong(name, "must be scopes with spaces between them")
    return frozenset(words)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, "must be true or false")
    return value


def _seconds(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST_SECONDS:
        raise _wrong(name, "must be a whole number of seconds")
    return value


def _object(name: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(name, "must be a JSON object")
    return value


def _wrong(name: str, what: str, *, code: Code = Code.INVALID_CLIENT_METADATA) -> Refusal:
    if name == "redirect_uris":
        code = Code.INVALID_REDIRECT_URI
    return Refusal(
        code, f"The {name} {what}.", rule="client_metadata_must_be_of_its_type", spec="RFC 7591 §2"
    )


Reader = Callable[[str, Any], Any]
#: How a member is read, by the type of its field.
_READERS: dict[type | UnionType, Reader] = {
    str: _text,
    bool: _flag,
    bool | None: _flag,
    tuple[str, ...]: _texts,
    frozenset[str] | None: _words,
    int | None: _seconds,
    Mapping[str, Any] | None: _object,
}
#: The members that are neither true nor false where they are left out.
_OPEN = frozenset(field.name for field in fields(ClientMetadata) if field.type == bool | None)
_MEMBERS: dict[str, Reader] = {
    field.name: _READERS[field.type]  # type: ignore[index]
    for field in fields(ClientMetadata)
    if field.name != "translations"
} | {"software_statement": _statement}
