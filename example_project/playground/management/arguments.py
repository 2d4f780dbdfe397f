"""What the demo's commands understand."""

from argparse import ArgumentTypeError
from urllib.parse import urlsplit


def origin(value: str) -> str:
    """Return an origin without its slash, the only form in which it is compared, or "" for none."""
    parts = urlsplit(value)
    if value and (
        parts.scheme not in ("https", "http")
        or not parts.hostname
        or parts.path.strip("/")
        or parts.query
    ):
        raise ArgumentTypeError(f"{value} is not an address like https://login.example.org")
    return value.rstrip("/")
