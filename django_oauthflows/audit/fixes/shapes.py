"""Of requests that are not put together as they have to be, or come too often or too late."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NEW_CODES = _("Have the device get new codes and show the new user code.")
_ONE_PER_DEVICE = _(
    "Have the device redeem its code once and keep the tokens; a second one that asks has stolen the code. "
    "Everything that came of it was ended."
)

OF_SHAPES: dict[str, str | Promise] = {
    # How it is sent
    "method_must_be_known": _(
        "Send the request with a method the Allow header of the answer names."
    ),
    "address_must_lead_somewhere": _(
        "Compare the address to the site's metadata. On a person's own pages: it belongs to somebody else, "
        "or has ended; load the page that led there again."
    ),
    "endpoint_must_be_asked_by_its_exact_url": _(
        "Set the URL of the endpoint in the client's configuration as the metadata has it, with the slash at "
        "its end."
    ),
    "form_must_come_from_our_own_page": _(
        "Have the person load the page again and press the button there, with cookies allowed. If it recurs "
        "for everybody, compare CSRF_TRUSTED_ORIGINS and the proxy's headers to the site's address."
    ),
    "body_must_be_small": _(
        "Leave out what is not part of the request; nothing legal is that large."
    ),
    "body_must_have_a_length": _(
        "Have the client send Content-Length, or run the site on a server that ends chunked bodies "
        "(gunicorn, uvicorn, waitress)."
    ),
    "body_must_be_complete": _(
        "The connection broke while the client was sending: have it send the whole request again."
    ),
    "body_must_be_json": _(
        "Send the body as application/json in UTF-8, and check it with a parser."
    ),
    "body_must_be_one_json_object": _("Send one JSON object, no list, and no member of it twice."),
    "parameters_must_be_utf8": _("Encode the parameters as UTF-8 before they are form-encoded."),
    "parameters_must_not_be_overlong": _(
        "Shorten the parameter the sentence names; keep long state on the client's side under a short key."
    ),
    "parameters_must_not_hold_nul": _("Take the NUL characters out of what the client sends."),
    "grant_type_must_be_sent": _("Have the client send grant_type in the form's body."),
    "code_must_be_sent": _("Have the client send the code it was given at its redirect URI."),
    "refresh_token_must_be_sent": _("Have the client send the refresh_token it keeps."),
    "device_code_must_be_sent": _("Have the device send the device_code it was given."),
    "token_must_be_sent": _("Have the client send the token itself in the parameter token."),
    "response_type_must_be_sent": _("Have the client send response_type=code."),
    "response_type_must_be_supported": _(
        "Have the client use response_type=code, or allow it the flow under All settings."
    ),
    "response_mode_must_be_supported": _(
        "Leave response_mode out, or choose one of response_modes_supported in the metadata."
    ),
    "tokens_must_not_be_answered_in_the_query": _(
        "Leave response_mode out, or use fragment or form_post: a token never goes into a query."
    ),
    "form_must_be_posted_to_a_web_address": _(
        "Leave response_mode=form_post out for an app with a scheme of its own, or use a loopback address."
    ),
    "client_must_be_allowed_the_flow_without_pkce": _(
        "Turn on PKCE with S256 in the client's library."
    ),
    "code_challenge_must_use_s256": _("Have the client send code_challenge_method=S256."),
    "grant_must_not_be_contended": _(
        "Have the client send one request at a time for a grant, and try again after this one."
    ),
    # Who asks, and may still
    "client_must_still_be_enabled": _(
        "Enable the client under All settings, if it is to work again."
    ),
    "access_token_client_must_be_enabled": _(
        "Enable the client under All settings, if its tokens are to work again."
    ),
    "access_token_person_must_be_active": _(
        "Activate the person's account, if their tokens are to work again."
    ),
    "access_token_must_be_sent_once": _("Send the token in the Authorization header alone."),
    "resource_must_be_granted": _(
        "Name the resource in the authorization request too, so that the person sees it, or leave it out "
        "when redeeming. For a device, which cannot name one, list it among the client’s allowed resources."
    ),
    "resource_must_be_named_at_the_token_endpoint": _(
        "Have the client name the resource when it redeems the device code."
    ),
    # Too often, and too late
    "guesses_at_one_account_must_be_few": _(
        "Wait for as long as Retry-After says, and look in the log for who guesses at this account."
    ),
    "guesses_at_one_client_must_be_few": _(
        "Put the right secret into the client: it works at once. If the client is not yours to blame, its "
        "network sends guesses; CLIENT_GUESSES_PER_NETWORK is the limit."
    ),
    "guesses_by_one_client_must_be_few": _(
        "Wait for as long as Retry-After says; a client that sends many wrong passwords is misused."
    ),
    "guesses_from_one_network_must_be_few": _(
        "Wait for as long as Retry-After says; many people behind one address are one network."
    ),
    "kept_requests_from_one_network_must_be_few": _(
        "Wait for as long as Retry-After says, and send requests by GET, which are not kept."
    ),
    "registrations_must_not_be_too_many": _(
        "Wait for as long as Retry-After says, register once and keep the result, or use an initial access "
        "token; REGISTRATIONS_PER_NETWORK is the limit."
    ),
    "request_must_be_kept": _(
        "Start over: a request sent by POST waits half an hour for its person, in their own browser."
    ),
    "request_must_be_small": _("Leave out what is not part of the request, or send it by GET."),
    "posted_logout_must_be_recent": _(
        "Send the person to the end-session endpoint again: a posted request waits half an hour."
    ),
    # Devices
    "device_code_must_exist": _NEW_CODES,
    "device_code_must_belong_to_client": _(
        "The code was given to another client: poll with the client_id it was asked for with."
    ),
    "device_code_must_be_unspent": _ONE_PER_DEVICE,
    "user_code_must_still_wait": _NEW_CODES,
    "person_must_have_decided": _("Have the device go on asking at its interval."),
    # Passwords
    "username_must_be_sent": _("Have the client send the username."),
    "password_must_be_sent": _("Have the client send the password."),
    "second_factor_must_not_be_skipped": _(
        "Have this person sign in at the authorization endpoint: change the client to the code flow."
    ),
}
