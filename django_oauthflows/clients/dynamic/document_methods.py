"""Authentication of a client with a metadata document: by its key, or none.

OAuth Client ID Metadata Document §4.1, RFC 7591 §2.

A document may list several methods. Its client then proves itself where it can, and may come without a proof
where it lists `none` as well. It is registered by the strongest method: nothing makes it a public client.
"""

from collections.abc import Mapping
from typing import Any

_METHOD, _METHODS = "token_endpoint_auth_method", "token_endpoint_auth_methods_supported"
_KEY, _NONE = "private_key_jwt", "none"


def with_method(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of a document with the one method that goes, and with those beside it.

    A method that takes a secret stays where nothing else is listed, or `none` alone: the rules refuse it.
    """
    said, listed = document.get(_METHOD), document.get(_METHODS)
    methods = {_KEY, _NONE}.intersection(listed or ()) if _is_list_of_texts(listed) else set()
    members = {name: value for name, value in document.items() if name != _METHODS}
    if said in (_KEY, _NONE):
        methods.add(said)
    if _KEY in methods and (said == _KEY or _has_keys(document)):
        chosen: Any = _KEY
    else:
        chosen = _NONE if said in (None, "") else said
    if chosen == _KEY and _NONE in methods:
        members[_METHODS] = [_NONE, _KEY]
    return {**members, _METHOD: chosen}


def _has_keys(document: Mapping[str, Any]) -> bool:
    return bool(document.get("jwks") or document.get("jwks_uri"))


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
