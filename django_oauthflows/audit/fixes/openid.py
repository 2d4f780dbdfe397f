"""Of OpenID Connect: authentication requests, request objects, userinfo and signing out."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SIGN_ANEW = _("Have the client make and sign its request object anew for each request.")

OF_OPENID: dict[str, str | Promise] = {
    # Authentication requests
    "claims_must_be_well_formed": _("Send claims as one JSON object, as the specification has it."),
    "claims_of_the_project_must_be_told": _(
        "Read the log of the site: a method of its OAUTH2_VALIDATOR_CLASS raised, or returned no dict. Once "
        "that is mended, the client sends the same request again."
    ),
    "max_age_must_be_seconds": _("Send max_age as a whole number of seconds, or leave it out."),
    "prompt_must_be_known": _("Choose prompt from prompt_values_supported in the metadata."),
    "prompt_none_must_stand_alone": _("Send prompt=none alone, or the other values without it."),
    "openid_must_be_asked_for_an_id_token": _("Have the client ask for the scope openid as well."),
    "registration_must_not_be_sent": _("Register the client and leave registration out."),
    "id_token_hint_must_be_genuine": _(
        "Send the newest ID token this client got from this server, whole, or leave the hint out."
    ),
    "id_token_must_be_signed_in_the_browser": _(
        "Register a signature other than none, or use response_type=code."
    ),
    "person_must_be_the_expected_one": _(
        "Somebody else signed in than the client asked for: leave the hint out, or have them sign out first."
    ),
    "required_context_must_be_met": _(
        "Ask for an acr that the metadata lists (ACR_LADDER), or set STEP_UP_URL to the page on which people "
        "reach it."
    ),
    "encrypted_answer_must_have_a_key": _(
        "Have the client publish a key for encryption that fits the algorithm it registered."
    ),
    # Request objects
    "request_and_request_uri_must_not_be_combined": _("Send request or request_uri, not both."),
    "request_object_must_agree_with_its_link": _(
        "Repeat client_id and response_type beside the request object exactly as they stand in it."
    ),
    "request_object_must_be_a_jwt": _("Send a JWT in compact form: three parts with dots between."),
    "request_object_must_be_current": _SIGN_ANEW,
    "request_object_must_be_meant_for_server": _("Set aud of the request object to the issuer."),
    "request_object_must_be_one_by_type": _("Leave typ out or set it to oauth-authz-req+jwt."),
    "request_object_must_hold_parameters": _(
        "Put the parameters themselves into the request object, and no request or request_uri."
    ),
    "request_object_must_tell_time": _(
        "Set exp, nbf and iat to whole numbers of seconds, or leave them out."
    ),
    "request_uri_must_be_fetched": _(
        "Serve the request object by https without a redirect, within a few seconds, and not too large."
    ),
    "request_uri_must_be_registered": _(
        "Add the address to the client's request URIs under All settings."
    ),
    # Userinfo
    "token_must_be_of_openid": _("Have the client ask for the scope openid, and use that token."),
    "token_must_stand_for_a_person": _(
        "Use a token a person granted: a service's own stands for nobody."
    ),
    # Signing out
    "id_token_hint_must_be_an_id_token_of_ours": _(
        "Send an ID token of this server as id_token_hint, or leave it out: the person is then asked."
    ),
    "id_token_hint_must_not_be_expired": _(
        "Send a newer ID token, or accept expired ones: OIDC_RP_INITIATED_LOGOUT_ACCEPT_EXPIRED_TOKENS."
    ),
    "return_address_must_be_https_where_the_site_is_strict": _(
        "Register an https address to return to, or change OIDC_RP_INITIATED_LOGOUT_STRICT_REDIRECT_URIS."
    ),
    "client_must_be_known_to_return_to_it": _(
        "Send the client_id or an ID token beside post_logout_redirect_uri."
    ),
    "client_must_be_the_one_of_the_hint": _(
        "Send an ID token of the client that client_id names, or one of the two."
    ),
}
