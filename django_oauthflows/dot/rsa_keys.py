"""RSA keys in django-oauth-toolkit's settings, as the project wrote them: PEM, or what it took for PEM."""

from typing import Any

from django_oauthflows.dot.settings import setting


def rsa_key() -> Any:
    """Return the key that ID tokens are signed with (`OIDC_RSA_PRIVATE_KEY`); empty for none."""
    return setting("OIDC_RSA_PRIVATE_KEY")


def inactive_rsa_keys() -> Any:
    """Return the keys that are published and sign no more (`OIDC_RSA_PRIVATE_KEYS_INACTIVE`)."""
    return setting("OIDC_RSA_PRIVATE_KEYS_INACTIVE")
