"""A service that acts for itself (RFC 6749 §4.4)."""

from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows.base import Actor, Flow, Standing, Step
from django_oauthflows.rules.authorization import (
    resource_must_be_allowed_for_client,
    resource_must_be_an_absolute_uri,
)
from django_oauthflows.rules.clients import client_must_be_confidential
from django_oauthflows.rules.scopes import (
    scopes_must_be_allowed_for_client,
    scopes_must_not_be_empty,
)

CLIENT_CREDENTIALS = Flow(
    slug="client-credentials",
    name="Client credentials",
    serves="Services, machine to machine",
    standing=Standing.RECOMMENDED,
    specification="RFC 6749 §4.4",
    person_sees="nothing",
    why=_(
        "It acts for itself: nobody is there to sign in, so it shows its own secret or "
        "signature and gets a token of its own."
    ),
    grant_type="client_credentials",
    has_person=False,
    steps=(
        Step(actor=Actor.CLIENT, does="authenticates at the token endpoint"),
        Step(actor=Actor.SERVER, does="answers with an access token for the client itself"),
    ),
    security_notes=(
        "Confidential clients only.",
        "No person, no refresh token, and never a scope beyond the client's own.",
    ),
    token_rules=(
        client_must_be_confidential,
        scopes_must_be_allowed_for_client,
        scopes_must_not_be_empty,
        resource_must_be_an_absolute_uri,
        resource_must_be_allowed_for_client,
    ),
)
