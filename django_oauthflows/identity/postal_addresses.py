"""The address claim (OpenID Connect Core §5.1.1)."""

from collections.abc import Mapping
from typing import Any

#: Its members.
MEMBERS = ("formatted", "street_address", "locality", "region", "postal_code", "country")


def address_claim(known: Any) -> dict[str, str] | None:
    """Return what is known of an address as the claim: a text is the whole address, as it is written.

    Members that the claim does not have, and empty ones, are left out.
    """
    parts: Mapping[str, Any] = known if isinstance(known, Mapping) else {"formatted": known or ""}
    told = {name: str(parts[name]) for name in MEMBERS if parts.get(name)}
    return told or None
