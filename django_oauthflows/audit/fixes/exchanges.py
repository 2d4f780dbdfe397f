"""Of assertions, signed access tokens, and tokens that are exchanged for others."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_CLOCK = _("Set the clock of whoever signs: it is ahead of the server's.")
_KINDS = _(
    "Use urn:ietf:params:oauth:token-type:access_token, or id_token for an ID token that is handed in."
)
_ABSOLUTE = _("A resource is an absolute URI; send a logical name as audience.")

OF_EXCHANGES: dict[str, str | Promise] = {
    # Assertions (RFC 7523)
    "assertion_must_be_sent": _("Have the client send its signed assertion."),
    "assertion_must_be_a_jwt": _(
        "Send a signed JWT in compact form: three parts with dots between."
    ),
    "client_assertion_must_be_a_jwt": _(
        "Send a signed JWT in client_assertion, and client_assertion_type "
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer."
    ),
    "assertion_must_agree_with_the_client": _(
        "Send the client_id the assertion is about, or leave client_id out."
    ),
    "assertion_must_be_about_somebody_known": _(
        "Compare its sub to the people of this site; the function person of TRUSTED_ISSUERS found nobody "
        "active."
    ),
    "assertion_must_be_from_its_issuer": _(
        "Set iss to the client's own ID, or to the name under which TRUSTED_ISSUERS lists the issuer."
    ),
    "assertion_must_be_nothing_else": _(
        "Leave typ out or set it to JWT, and sign no other kind of token in its place."
    ),
    "assertion_must_have_an_id": _("Put a fresh jti into each assertion."),
    "assertion_must_have_begun": _CLOCK,
    "assertion_must_say_whom_it_is_about": _(
        "Set sub to the client's own ID; only a trusted issuer names somebody else."
    ),
    # Signed access tokens (RFC 9068)
    "jwt_must_be_an_access_token": _(
        "Show the access_token of the answer, not its id_token, to the API."
    ),
    "jwt_must_be_from_the_issuer": _(
        "Compare the token's iss to the API's ISSUER: they are different servers, or one has two names."
    ),
    "jwt_must_be_genuine": _(
        "Compare the token's kid to the published keys; a copy of the key set (JWKS) may be out of date."
    ),
    "jwt_must_be_meant_for_this_resource": _(
        "Have the client name this API as resource when it asks, and compare it to the API's RESOURCE."
    ),
    "jwt_must_have_begun": _CLOCK,
    "jwt_must_not_be_expired": _(
        "Have the client refresh in time: expires_in says how long a token lives."
    ),
    "jwt_must_say_whose_it_is": _(
        "The token lacks sub, client_id or jti: show one that this server issued."
    ),
    # Token exchange (RFC 8693)
    "subject_token_must_be_sent": _("Have the client send the token it was called with."),
    "subject_token_must_be_live": _(
        "Exchange the token while it lives; have whoever called refresh it first."
    ),
    "subject_token_must_be_meant_for_client": _(
        "Add the API's identifier to the client's resources, and have the app name it when it asks."
    ),
    "subject_token_must_stand_for_a_person": _(
        "Use client credentials: the token that was handed in is a service's own."
    ),
    "subject_token_type_must_be_supported": _KINDS,
    "actor_token_type_must_be_supported": _KINDS,
    "requested_token_type_must_be_supported": _(
        "Leave requested_token_type out, or ask for an access token or a JWT."
    ),
    "actor_token_must_be_live": _("Get a new token of the client's own and send that."),
    "actor_token_must_belong_to_client": _("Send a token that was issued to this very client."),
    "actor_token_must_come_with_its_type": _(
        "Send actor_token and actor_token_type together, or neither."
    ),
    "actor_token_must_not_be_delegated": _(
        "Send a token the client got for itself by client credentials."
    ),
    "actor_must_be_allowed_by_subject_token": _(
        "The token names in may_act who may act: have that client exchange it."
    ),
    "actors_must_be_few": _(
        "Hand the first token on instead of exchanging exchanged ones again and again."
    ),
    "scopes_must_not_exceed_the_subject_token": _(
        "Ask for scopes the person's token has, or have the app ask the person for more."
    ),
    "scopes_must_be_shared_with_the_subject_token": _(
        "Allow the client a scope of the person's token under All settings."
    ),
    "target_must_be_named": _(
        "Send resource or audience: the client has several exchange targets."
    ),
    "target_resource_must_be_an_absolute_uri": _ABSOLUTE,
    "target_must_be_shown_to_the_person": _(
        "Have the client name the resource in its authorization request, so that the person sees it."
    ),
    "target_must_be_one_of_the_subject_token": _(
        "Ask the person for a token that names this API too, or exchange the token for its own API."
    ),
}
