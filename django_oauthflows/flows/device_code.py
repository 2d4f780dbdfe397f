"""A device without a browser or a keyboard, paired by a person on another one (RFC 8628).

The device shows a short code; the person types it on a page of this server, sees which client asks and
decides; the device, which polls the token endpoint meanwhile, gets its tokens.
"""

from django.utils.translation import gettext_lazy as _

from django_oauthflows.flows.base import Actor, Flow, Standing, Step
from django_oauthflows.rules.authorization import (
    resource_must_be_allowed_for_client,
    resource_must_be_an_absolute_uri,
    resource_must_be_granted,
)
from django_oauthflows.rules.device import (
    device_code_must_be_unspent,
    device_code_must_belong_to_client,
    device_code_must_exist,
    device_code_must_not_be_expired,
    device_must_wait_between_polls,
    person_must_have_decided,
    person_must_not_have_denied,
    resource_must_be_named_at_the_token_endpoint,
)
from django_oauthflows.rules.grants import (
    authorization_must_be_live,
    client_must_still_be_enabled,
    flow_must_still_be_allowed,
    person_must_be_active,
)
from django_oauthflows.rules.scopes import (
    scopes_must_be_allowed_for_client,
    scopes_must_be_left,
    scopes_must_not_be_empty,
)

GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"

DEVICE_CODE = Flow(
    slug="device-code",
    name="Device code",
    serves="TVs, consoles, command-line tools",
    standing=Standing.RECOMMENDED,
    specification="RFC 8628",
    person_sees="code entry, confirmation, consent",
    why=_(
        "It has no browser to send people to. They type a short code on a device that has "
        "one, and agree there."
    ),
    grant_type=GRANT_TYPE,
    may_be_refreshed=True,
    steps=(
        Step(actor=Actor.CLIENT, does="asks for a pair of codes and shows the short one"),
        Step(actor=Actor.PERSON, does="signs in on another device and types the short code"),
        Step(actor=Actor.PERSON, does="checks the client and the code, and agrees"),
        Step(actor=Actor.CLIENT, does="polls the token endpoint with the long code until then"),
        Step(actor=Actor.SERVER, does="answers with tokens, once"),
    ),
    security_notes=(
        "The person sees the client and the code before anything is given away (RFC 8628 §5.4).",
        "Few attempts at a short code for each person and network (RFC 8628 §5.1).",
        "Only whoever claimed a code can approve it; only its client can redeem it, once.",
    ),
    authorization_rules=(
        scopes_must_be_allowed_for_client,
        scopes_must_not_be_empty,
        resource_must_be_named_at_the_token_endpoint,
    ),
    token_rules=(
        device_code_must_exist,
        device_code_must_belong_to_client,
        device_code_must_be_unspent,
        device_code_must_not_be_expired,
        person_must_not_have_denied,
        device_must_wait_between_polls,
        person_must_have_decided,
        authorization_must_be_live,
        client_must_still_be_enabled,
        person_must_be_active,
        flow_must_still_be_allowed,
        scopes_must_be_left,
        resource_must_be_an_absolute_uri,
        resource_must_be_allowed_for_client,
        resource_must_be_granted,
    ),
)
