"""RSA keys of django-oauth-toolkit's settings that cannot be read, or must not sign."""

from typing import Any

from django.core.checks import CheckMessage, Error

from django_oauthflows.keys import adopted


def check_rsa_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each setting whose key is not used: ID tokens of DOT's would no longer be known."""
    return [
        Error(
            f"OAUTH2_PROVIDER[{name!r}] is not used, neither to sign nor to verify: {why}.",
            hint="Write the PEM text of the RSA key that signed until now (OIDC_RSA_PRIVATE_KEYS_INACTIVE is "
            "a list of them), or remove the line: the keys of oauthflows_rotate_keys sign then.",
            id="oauthflows.E165",
        )
        for name, why in adopted.mistakes().items()
    ]
