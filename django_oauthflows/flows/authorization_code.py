"""The authorization code flow for a web app with a back end (RFC 6749 §4.1).

The token never passes through the browser: what travels there is a code that only the client can redeem.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows.base import Actor, Flow, Standing, Step
from django_oauthflows.rules.authorization import (
    RESPONSE_MODE_RULES,
    resource_must_be_allowed_for_client,
    resource_must_be_an_absolute_uri,
    resource_must_be_granted,
)
from django_oauthflows.rules.base import Rule
from django_oauthflows.rules.grants import (
    authorization_must_be_live,
    client_must_still_be_enabled,
    code_must_be_unspent,
    code_must_belong_to_client,
    code_must_exist,
    code_must_not_be_expired,
    flow_must_still_be_allowed,
    person_must_be_active,
    redirect_uri_must_match_code,
    spent_code_must_be_proven,
)
from django_oauthflows.rules.openid import REQUEST_RULES
from django_oauthflows.rules.pkce import (
    code_challenge_method_must_be_known,
    code_challenge_must_be_sent_for_loopback_addresses,
    code_challenge_must_be_well_formed,
    code_verifier_must_be_sent,
    code_verifier_must_be_well_formed,
    code_verifier_must_match_challenge,
    code_verifier_must_not_be_unexpected,
)
from django_oauthflows.rules.scopes import (
    scopes_must_be_allowed_for_client,
    scopes_must_be_left,
    scopes_must_not_be_empty,
)

AUTHORIZATION_RULES: tuple[Rule[Any], ...] = (
    *RESPONSE_MODE_RULES,
    *REQUEST_RULES,
    code_challenge_method_must_be_known,
    code_challenge_must_be_well_formed,
    code_challenge_must_be_sent_for_loopback_addresses,
    scopes_must_be_allowed_for_client,
    scopes_must_not_be_empty,
    resource_must_be_an_absolute_uri,
    resource_must_be_allowed_for_client,
)

TOKEN_RULES: tuple[Rule[Any], ...] = (
    code_must_exist,
    code_must_belong_to_client,
    spent_code_must_be_proven,
    code_must_be_unspent,
    code_must_not_be_expired,
    redirect_uri_must_match_code,
    code_verifier_must_not_be_unexpected,
    code_verifier_must_be_sent,
    code_verifier_must_be_well_formed,
    code_verifier_must_match_challenge,
    authorization_must_be_live,
    client_must_still_be_enabled,
    person_must_be_active,
    flow_must_still_be_allowed,
    scopes_must_be_left,
    resource_must_be_an_absolute_uri,
    resource_must_be_allowed_for_client,
    resource_must_be_granted,
)

AUTHORIZATION_CODE = Flow(
    slug="authorization-code",
    name="Authorization code",
    serves="Web apps with a back end",
    standing=Standing.RECOMMENDED,
    specification="RFC 6749 §4.1",
    person_sees="sign-in, consent",
    why=_(
        "For libraries that do not send PKCE: OpenID Connect's nonce protects their code, and "
        "the client proves itself with its secret."
    ),
    grant_type="authorization_code",
    response_types=("code",),
    may_be_refreshed=True,
    steps=(
        Step(actor=Actor.CLIENT, does="sends the person's browser to the authorization endpoint"),
        Step(actor=Actor.PERSON, does="signs in and agrees to what the client may do"),
        Step(actor=Actor.SERVER, does="sends the browser back with a code that lives for seconds"),
        Step(
            actor=Actor.CLIENT,
            does="redeems the code for tokens, authenticated, away from the browser",
        ),
    ),
    security_notes=(
        "The token never passes through the browser.",
        "Without PKCE only for confidential clients whose OpenID Connect request carries a nonce, and never "
        "where the answer goes to the person's own device.",
    ),
    authorization_rules=AUTHORIZATION_RULES,
    token_rules=TOKEN_RULES,
)
