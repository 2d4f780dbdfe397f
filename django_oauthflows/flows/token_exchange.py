"""Acting for somebody whose token one was given (RFC 8693).

An API that was called with a person's token calls the next API for them: it hands the token in and gets one
that is meant for that API, narrower, shorter, and that says who acts.
"""

from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows.base import Actor, Flow, Standing, Step
from django_oauthflows.rules.clients import client_must_be_confidential
from django_oauthflows.rules.exchange import (
    actor_must_be_allowed_by_subject_token,
    actor_token_must_be_live,
    actor_token_must_belong_to_client,
    actor_token_must_come_with_its_type,
    actor_token_must_not_be_delegated,
    actor_token_type_must_be_supported,
    actors_must_be_few,
    requested_token_type_must_be_supported,
    scopes_must_be_shared_with_the_subject_token,
    scopes_must_not_exceed_the_subject_token,
    subject_token_must_be_live,
    subject_token_must_be_meant_for_client,
    subject_token_must_stand_for_a_person,
    subject_token_type_must_be_supported,
    target_must_be_allowed_for_client,
    target_must_be_named,
    target_must_be_one_of_the_subject_token,
    target_must_be_shown_to_the_person,
    target_resource_must_be_an_absolute_uri,
)
from django_oauthflows.rules.scopes import scopes_must_be_allowed_for_client

TOKEN_EXCHANGE = Flow(
    slug="token-exchange",
    name="Token exchange",
    serves="Services that act for somebody at another API",
    standing=Standing.RECOMMENDED,
    specification="RFC 8693 §2.1",
    person_sees="nothing",
    why=_(
        "An API that was called for somebody calls another one for them, with a token that says so."
    ),
    grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
    steps=(
        Step(actor=Actor.CLIENT, does="is called with a person's token, or holds one"),
        Step(actor=Actor.CLIENT, does="hands it in at the token endpoint, authenticated"),
        Step(
            actor=Actor.SERVER,
            does="answers with an access token for the next API, which says who acts",
        ),
    ),
    security_notes=(
        "Confidential clients only, for the targets their owner listed; none unless listed.",
        "Never more scope than the token handed in, and never longer than it.",
        "The token says who acts (act), unless the client's owner lets it impersonate people.",
        "Whatever ends the grant of the token handed in, or its client, ends the new one too.",
        "A client's own token for one API is not exchanged for another.",
    ),
    token_rules=(
        client_must_be_confidential,
        subject_token_type_must_be_supported,
        actor_token_must_come_with_its_type,
        actor_token_type_must_be_supported,
        requested_token_type_must_be_supported,
        subject_token_must_be_live,
        subject_token_must_be_meant_for_client,
        subject_token_must_stand_for_a_person,
        actor_token_must_be_live,
        actor_token_must_belong_to_client,
        actor_token_must_not_be_delegated,
        actor_must_be_allowed_by_subject_token,
        actors_must_be_few,
        target_must_be_named,
        target_resource_must_be_an_absolute_uri,
        target_must_be_allowed_for_client,
        target_must_be_shown_to_the_person,
        target_must_be_one_of_the_subject_token,
        scopes_must_be_allowed_for_client,
        scopes_must_not_exceed_the_subject_token,
        scopes_must_be_shared_with_the_subject_token,
    ),
)
