"""Client secrets as django-oauth-toolkit stores them: like a password, as plain text, or none."""

import secrets
from typing import Any

from django.contrib.auth.hashers import check_password, identify_hasher, is_password_usable


def unusable_secret() -> str:
    """What DOT's own column holds for a client of ours: a value nobody knows and no check of ours accepts.

    DOT takes a blank secret for no secret at all and lets the client in.
    """
    return "!" + secrets.token_urlsafe(32)


def usable_secret(application: Any) -> str:
    """What DOT stores of an application's secret; empty where it is none that could match."""
    stored = str(application.client_secret)
    return stored if is_password_usable(stored) else ""


def plain_secret(stored: str) -> str:
    """A secret that its owner had DOT keep as it is, which DOT wants for HS256; empty where it is hashed."""
    return stored if is_password_usable(stored) and not _is_hashed(stored) else ""


def is_slow_secret(stored: str) -> bool:
    """Is a secret stored the way passwords are, so that each look at it costs a slow hash?"""
    return is_password_usable(stored) and _is_hashed(stored)


def check_slow_secret(presented: str, stored: str) -> bool:
    """Verify a secret that is hashed like a password. A blank one never matches, though DOT hashes it too."""
    return bool(presented) and check_password(presented, stored)


def _is_hashed(stored: str) -> bool:
    try:
        identify_hasher(stored)
    except ValueError:
        return False
    return True
