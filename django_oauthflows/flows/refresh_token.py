"""Refreshing an access token without asking the person again (RFC 6749 §6, RFC 9700 §4.14)."""

from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows.base import Actor, Flow, Standing, Step
from django_oauthflows.rules.authorization import (
    resource_must_be_allowed_for_client,
    resource_must_be_an_absolute_uri,
    resource_must_be_granted,
)
from django_oauthflows.rules.grants import (
    authorization_must_be_live,
    client_must_authenticate_as_it_did,
    client_must_still_be_enabled,
    flow_must_still_be_allowed,
    person_must_be_active,
    refresh_token_must_be_unspent,
    refresh_token_must_belong_to_client,
    refresh_token_must_exist,
    refresh_token_must_not_be_expired,
)
from django_oauthflows.rules.scopes import scopes_must_be_left, scopes_must_not_exceed_the_grant

REFRESH_TOKEN = Flow(
    slug="refresh-token",
    name="Refresh token",
    serves="Every client that acts for a person",
    standing=Standing.RECOMMENDED,
    specification="RFC 6749 §6",
    person_sees="nothing",
    why=_(
        "Access tokens are short-lived. With this the app gets the next one without asking "
        "people again, until they withdraw what they agreed to."
    ),
    grant_type="refresh_token",
    may_be_refreshed=True,
    steps=(
        Step(
            actor=Actor.CLIENT, does="presents its refresh token when the access token has expired"
        ),
        Step(actor=Actor.SERVER, does="takes it back and answers with a new pair"),
    ),
    security_notes=(
        "Every refresh token is used once; one that comes again ends the whole grant.",
        "A client whose answer was lost may ask again for a few seconds and gets the same answer.",
    ),
    token_rules=(
        refresh_token_must_exist,
        refresh_token_must_belong_to_client,
        client_must_authenticate_as_it_did,
        authorization_must_be_live,
        client_must_still_be_enabled,
        refresh_token_must_be_unspent,
        refresh_token_must_not_be_expired,
        person_must_be_active,
        flow_must_still_be_allowed,
        scopes_must_not_exceed_the_grant,
        scopes_must_be_left,
        resource_must_be_an_absolute_uri,
        resource_must_be_allowed_for_client,
        resource_must_be_granted,
    ),
)
