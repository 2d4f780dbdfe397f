"""A token for an assertion (RFC 7523 §2.1, RFC 7521 §4.1).

Either a service signs it with its own key and gets a token for itself, or an issuer the site trusts signs it
and speaks of a person or a client of this site.
"""

from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows.base import Actor, Flow, Standing, Step
from django_oauthflows.rules.assertions import ASSERTION_RULES, assertion_must_be_sent
from django_oauthflows.rules.authorization import (
    resource_must_be_allowed_for_client,
    resource_must_be_an_absolute_uri,
)
from django_oauthflows.rules.clients import client_must_be_confidential
from django_oauthflows.rules.scopes import (
    scopes_must_be_allowed_for_client,
    scopes_must_not_be_empty,
)

JWT_BEARER = Flow(
    slug="jwt-bearer",
    name="JWT bearer",
    serves="Services with a key of their own, and those a trusted issuer speaks for",
    standing=Standing.RECOMMENDED,
    specification="RFC 7523 §2.1",
    person_sees="nothing",
    why=_(
        "It signs a short-lived statement with a key that never leaves it, and gets a token "
        "for it: nothing that could leak is ever sent."
    ),
    grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer",
    has_person=False,
    steps=(
        Step(
            actor=Actor.CLIENT,
            does="signs an assertion with its key, or gets one from an issuer this site trusts",
        ),
        Step(actor=Actor.CLIENT, does="sends it to the token endpoint, once and within minutes"),
        Step(actor=Actor.SERVER, does="verifies it and answers with an access token"),
    ),
    security_notes=(
        "Nothing secret is stored here or sent: the private key stays where it was made.",
        "Each assertion works once, for this server alone, and for minutes.",
        "An issuer is trusted for the clients, people and scopes that the settings name; nothing refreshes.",
    ),
    token_rules=(
        assertion_must_be_sent,
        *ASSERTION_RULES,
        client_must_be_confidential,
        scopes_must_be_allowed_for_client,
        scopes_must_not_be_empty,
        resource_must_be_an_absolute_uri,
        resource_must_be_allowed_for_client,
    ),
)
