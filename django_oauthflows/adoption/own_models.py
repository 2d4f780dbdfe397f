"""Methods of a swapped application model that django-oauth-toolkit asks, and that count for less here."""

from typing import Any

from django.core.checks import CheckMessage, Error, Warning

from django_oauthflows import dot

#: Methods that nothing here asks: name → what to do instead.
_NOT_ASKED = {
    "clean": "Validate addresses in REDIRECT_URI_VALIDATOR of OAUTH2_PROVIDER, which is asked wherever a "
    "client is registered; `clean` is asked by forms of the admin alone.",
    "get_absolute_url": "Remove it: the pages of an application are those of the admin.",
    "post_logout_redirect_uri_allowed": "Register each address that people return to after they signed out.",
}


def check_own_models(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Name each method of the project's application model that counts for less than it did."""
    label = dot.application_model()._meta.label
    messages: list[CheckMessage] = []
    if dot.overrides("redirect_uri_allowed"):
        messages.append(
            Error(
                f"{label}.redirect_uri_allowed is asked of redirect URIs that are registered, character by "
                "character, and may refuse them. It opens no others: a client that is sent to one is "
                "refused (RFC 9700 §2.1).",
                hint="Register each redirect URI that is in use. Then add oauthflows.E180 to "
                "SILENCED_SYSTEM_CHECKS, or remove the method. ALLOW_URI_WILDCARDS in OAUTH2_PROVIDER goes "
                "on until then.",
                id="oauthflows.E180",
            )
        )
    return [
        *messages,
        *(
            Warning(
                f"{label}.{name} is not asked by the endpoints of django_oauthflows.",
                hint=_NOT_ASKED[name],
                id="oauthflows.W181",
            )
            for name in dot.overridden(*_NOT_ASKED)
        ),
    ]
