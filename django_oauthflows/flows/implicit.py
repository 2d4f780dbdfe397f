"""The implicit grant: tokens straight from the authorization endpoint (RFC 6749 §4.2).

With OpenID Connect an ID token beside the access token, or alone (OpenID Connect Core §3.2).

Given up by RFC 9700 §2.1.2, since what stands in a URL leaks; kept for old single-page apps under the legacy
profile. There is no code, so PKCE has nothing to bind, and no refresh token (RFC 6749 §4.2.2).
"""

from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows.base import Actor, Flow, Standing, Step
from django_oauthflows.rules.authorization import (
    RESPONSE_MODE_RULES,
    resource_must_be_allowed_for_client,
    resource_must_be_an_absolute_uri,
)
from django_oauthflows.rules.id_tokens import ID_TOKEN_RULES
from django_oauthflows.rules.openid import REQUEST_RULES
from django_oauthflows.rules.scopes import (
    scopes_must_be_allowed_for_client,
    scopes_must_not_be_empty,
)

IMPLICIT = Flow(
    slug="implicit",
    name="Implicit",
    serves="Old single-page apps",
    standing=Standing.LEGACY,
    specification="RFC 6749 §4.2",
    person_sees="sign-in, consent",
    why=_(
        "The token itself travels through the browser, where others can read it. Only for old "
        "clients that are built so."
    ),
    grant_type="",
    response_types=("token", "id_token", "id_token token"),
    steps=(
        Step(actor=Actor.CLIENT, does="sends the person's browser to the authorization endpoint"),
        Step(actor=Actor.PERSON, does="signs in and agrees to what the client may do"),
        Step(
            actor=Actor.SERVER,
            does="sends the browser back with an access token in the fragment of the URL",
        ),
    ),
    security_notes=(
        "The token stands in a URL: other scripts, extensions and the browser's history can read it.",
        "Nothing shows that the client that received the token is the one it was issued to.",
        "No refresh token. Use the authorization code with PKCE wherever the client can be changed.",
    ),
    authorization_rules=(
        *RESPONSE_MODE_RULES,
        *REQUEST_RULES,
        scopes_must_be_allowed_for_client,
        scopes_must_not_be_empty,
        *ID_TOKEN_RULES,
        resource_must_be_an_absolute_uri,
        resource_must_be_allowed_for_client,
    ),
)
