"""Values that are secrets: made of 256 random bits, stored as their SHA-256."""

import secrets
from hashlib import sha256


def generate() -> str:
    """A new code or token: 256 bits from the operating system (RFC 6749 §10.10)."""
    return secrets.token_urlsafe(32)


def checksum(value: str) -> str:
    """What is stored of a value, as django-oauth-toolkit's `token_checksum`: 64 hexadecimal digits."""
    return sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
