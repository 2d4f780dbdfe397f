"""What the metadata of a protected resource says (RFC 9728 §2)."""

from collections.abc import Collection
from typing import Any


def resource_metadata(
    resource: str, *, issuer: str, scopes: Collection[str] = (), name: str = ""
) -> dict[str, Any]:
    """Return the document: which server gives tokens for this resource, and with which scopes.

    What there is nothing to say of is left out (§3.2).
    """
    return {
        "resource": resource,
        "authorization_servers": [issuer],
        **({"scopes_supported": sorted(scopes)} if scopes else {}),
        "bearer_methods_supported": ["header"],
        **({"resource_name": name} if name else {}),
    }
