"""Signing out at the provider, from here."""

from django.conf import settings
from django.http import HttpRequest


def provider_logout_form(request: HttpRequest) -> dict[str, str]:
    """What is posted to sign a person out at the provider too (OpenID Connect RP-Initiated Logout 1.0 §2).

    Posted, since an ID token says who somebody is, and may be longer than a URL may be: it belongs into no
    history and no log.
    """
    # There is none after one person signed in over another: then the provider asks before it signs out.
    hint = request.session.get("oidc_id_token", "")
    return {
        **({"id_token_hint": hint} if hint else {}),
        "client_id": settings.OIDC_RP_CLIENT_ID,
        "post_logout_redirect_uri": request.build_absolute_uri("/"),
    }
