"""Of the requests clients make most: who asks, where they return to, what they hold."""

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from django_oauthflows.rules.pkce_switches import switches_in_a_sentence

_START_OVER = _(
    "Send the person to the authorization endpoint again; check the server's clock if this recurs."
)
_CLIENTS_KEYS = _(
    "Compare the key the client signs with to the keys it registered (jwks, jwks_uri), and its algorithm."
)
_ALLOW_SCOPES = _("Have the client ask for less, or allow it these scopes under All settings.")
_SEND_ONE_WAY = _(
    "Have the client authenticate in the one way it is registered for, and in no other."
)
_NAME_THE_SERVER = _(
    "Have the client send the address of the server it calls as resource, to the authorization endpoint at "
    "least, as the Model Context Protocol says. Where views of the site declare just one, that is meant."
)
_NAME_ONE_SERVER = _(
    "Have the client send the address of the server it calls as resource; one alone to the token endpoint, "
    "and again for the next server. Each token is for one."
)

_PKCE_AT_ITS_SIDE = format_lazy(
    _("Turn on PKCE with S256 at the client's side. In known programs: {switches}."),
    switches=switches_in_a_sentence(),
)

OF_REQUESTS: dict[str, str | Promise] = {
    # Who is asking
    "client_must_be_known": _(
        "Compare the client ID to the one in the admin: it was mistyped, belongs to another site, or the "
        "client was deleted."
    ),
    "client_must_be_enabled": _("Enable the client under All settings, if it is to work again."),
    "client_must_be_named": _("Have the client send its client_id."),
    "client_secret_must_match": _(
        "Add a secret on the client's page, put it into the client, then retire the old one. A secret with "
        "special characters has to be form-encoded before it goes into the Basic header."
    ),
    "client_must_have_a_live_secret": _("Every secret has expired or was retired: add a new one."),
    "confidential_client_must_authenticate": _(
        "Have the client send its secret or assertion. An app that cannot keep one is registered as a "
        "single-page or native app."
    ),
    "public_client_must_not_send_a_secret": _(
        "Take the secret out of the client: it is registered as one that cannot keep any."
    ),
    "client_must_use_its_registered_method": _SEND_ONE_WAY,
    "client_must_use_one_authentication_method": _SEND_ONE_WAY,
    "client_credentials_must_be_well_formed": _(
        "The Basic header is the base64 of client_id:client_secret, both form-encoded first."
    ),
    "request_must_be_pushed": _(
        "Clear require_pushed_authorization_requests of the application, or REQUIRE_PUSHED_AUTHORIZATION_"
        "REQUESTS in OAUTH2_PROVIDER: the request then comes through the browser, best as a signed one."
    ),
    "client_must_be_confidential": _(
        "This flow is for clients with a secret or key: register a service."
    ),
    "client_must_be_allowed_the_flow": _(
        "Allow the flow under All settings, or have the client use one it is allowed."
    ),
    "flow_must_be_allowed_by_profile": _(
        "The client's security profile forbids this flow. Use the authorization code with PKCE; only an old "
        "client belongs into the legacy profile."
    ),
    "flow_must_still_be_allowed": _(
        "The flow was taken away from the client since; it has to sign people in by another one."
    ),
    # Where to return to
    "redirect_uri_must_be_registered": _(
        "Compare the two addresses character by character: scheme, host, port, path, the slash at its end. "
        "Register the one that came if it is the client's own."
    ),
    "redirect_uri_must_be_sent": _(
        "Have the client send redirect_uri: it has several, or asks for openid."
    ),
    "redirect_uri_must_match_code": _(
        "The token request has to repeat the redirect_uri of the authorization request exactly. With PKCE "
        "(S256) it may leave it out."
    ),
    "return_address_must_be_registered": _(
        "Register the post_logout_redirect_uri exactly as the client sends it. https://app.example/ and "
        "https://app.example are two different addresses."
    ),
    # The code and its proof
    "code_must_exist": _(
        "The code is unknown: cut off on its way, URL-decoded twice, or of another site."
    ),
    "code_must_belong_to_client": _(
        "The code was issued to another client: two configurations are mixed up, or it was stolen."
    ),
    "spent_code_must_be_proven": _(
        "Redeem each code once, with the code_verifier and redirect_uri of its request."
    ),
    "code_must_be_unspent": _(
        "The code came twice. Look for a page that is loaded twice, a retry, or two workers that handle one "
        "callback. Everything that came of the code was ended, in case it was stolen."
    ),
    "code_must_not_be_expired": _("A code lives a minute: have the client redeem it at once."),
    "code_challenge_must_be_sent": format_lazy(
        _(
            "Turn on PKCE with S256 at the client's side, or have it send the scope openid with a nonce. In "
            "known programs: {switches}. Of a client with a secret that can do neither, All settings can say "
            "so."
        ),
        switches=switches_in_a_sentence(),
    ),
    "code_challenge_must_be_sent_by_public_clients": _PKCE_AT_ITS_SIDE,
    "code_challenge_must_be_sent_for_loopback_addresses": format_lazy(
        _(
            "Turn on PKCE with S256 at the client's side: at a loopback address no nonce takes its place. In "
            "known programs: {switches}."
        ),
        switches=switches_in_a_sentence(),
    ),
    "code_challenge_method_must_be_known": _("Have the client send code_challenge_method=S256."),
    "code_challenge_must_be_sent_with_every_request": _(
        "Turn on PKCE with S256 in the client's library: an agent's requests have no exception."
    ),
    "code_challenge_must_be_well_formed": _(
        "The challenge is the unpadded base64url of a SHA-256 digest: 43 characters."
    ),
    "code_verifier_must_be_sent": _(
        "Have the client send the code_verifier of its challenge; it lost it between the two requests."
    ),
    "code_verifier_must_match_challenge": _(
        "The verifier is not the one the challenge was made of. Look for two sign-ins in one browser that "
        "overwrite each other's verifier, or for a challenge that was encoded twice."
    ),
    "code_verifier_must_be_well_formed": _(
        "A verifier has 43 to 128 letters, digits, and any of - . _ ~."
    ),
    "code_verifier_must_not_be_unexpected": _(
        "The code was asked for without a challenge. Turn on PKCE for both requests, or see who took it out."
    ),
    "nonce_must_be_sent_for_an_id_token": _(
        "Have the client send a nonce, a fresh one for each sign-in."
    ),
    # Refreshing
    "refresh_token_must_exist": _(
        "The refresh token is unknown: replaced long ago, revoked and cleaned up, or cut off on its way."
    ),
    "refresh_token_must_be_unspent": _(
        "An old refresh token came again after its successor was used. Have the client keep the newest and "
        "refresh from one process at a time. The grant was ended, in case the token was stolen."
    ),
    "refresh_token_must_not_be_expired": _START_OVER,
    "refresh_token_must_belong_to_client": _(
        "The refresh token was issued to another client: two configurations are mixed up, or it was stolen."
    ),
    "authorization_must_be_live": _START_OVER,
    "person_must_be_active": _(
        "The person's account is deactivated; activate it, if it is to work again."
    ),
    # Scopes and resources
    "scopes_must_be_allowed_for_client": _ALLOW_SCOPES,
    "scopes_must_not_be_empty": _(
        "Have the client ask for a scope, or give it default scopes under All settings."
    ),
    "scopes_must_be_known": _(
        "Leave the scope out of the client's request, or add it to the server's SCOPES."
    ),
    "scopes_must_not_exceed_the_grant": _(
        "A refresh can only narrow. Send the person to the authorization endpoint to ask for more."
    ),
    "scopes_must_be_left": _ALLOW_SCOPES,
    "resource_must_be_allowed_for_client": _("Allow the client this resource under All settings."),
    "client_must_authenticate_as_it_did": _(
        "Have the client authenticate at each refresh as it did when it redeemed the code."
    ),
    "resource_must_be_sent": _NAME_THE_SERVER,
    "resource_must_be_sent_or_granted": _NAME_ONE_SERVER,
    "resource_must_be_an_absolute_uri": _(
        "Send an absolute URI, as https://api.example/ or urn:example:notes, with no fragment in it."
    ),
    "target_must_be_allowed_for_client": _("Add the target to the client's exchange targets."),
    # The person
    "person_must_agree": _("The person said no. Nothing is to be changed."),
    "person_must_not_have_denied": _("The person said no. Nothing is to be changed."),
    "password_must_be_right": _(
        "The user name or password was wrong, or the account is deactivated. The client is not told which."
    ),
    "prompt_none_must_be_possible": _(
        "The client asked for no page, and one is needed: ask again without prompt=none."
    ),
    "prompt_none_must_not_lead_to_a_device": _(
        "A client on a loopback address or a scheme of its own asks each time: leave prompt=none out. In "
        "production, register an https address of the client's own."
    ),
    # Devices
    "device_must_wait_between_polls": _(
        "Have the device wait for the interval, which grows by five seconds each time."
    ),
    "device_code_must_not_be_expired": _(
        "Nobody typed the code in time: have the device get a new one."
    ),
    "user_code_must_be_known": _("The person mistyped the code, or it had expired."),
    "devices_from_one_network_must_be_few": _(
        "Wait for as long as Retry-After says; DEVICES_PER_NETWORK is the limit. Behind a proxy that is not "
        "in TRUSTED_PROXIES, all devices are one network."
    ),
    "user_code_attempts_must_be_few": _(
        "Wait, and have the person read the code off the device again."
    ),
    # Assertions and signed requests
    "assertion_must_be_genuine": _CLIENTS_KEYS,
    "client_assertion_must_be_used_once": _(
        "Have the client make a new assertion, with a new jti, for each request."
    ),
    "assertion_must_be_used_once": _(
        "Have the client make a new assertion, with a new jti, for each request."
    ),
    "assertion_must_come_to_a_named_host": _(
        "Set ISSUER, or name the host in ALLOWED_HOSTS: while both are open, anybody chooses this server's "
        "name with the Host header."
    ),
    "assertion_must_be_meant_for_this_server": _(
        "The aud of an assertion is the issuer or the token endpoint, alone."
    ),
    "assertion_must_expire_soon": _(
        "Have the client set exp a few minutes ahead, or raise ASSERTION_LIFETIME."
    ),
    "assertion_must_not_be_expired": _(
        "Have the client make its assertion anew for each request, and set its clock."
    ),
    "request_object_must_be_signed_by_client": _CLIENTS_KEYS,
    "request_object_must_be_signed": _(
        "Have the client sign its request objects, and register the algorithm."
    ),
    # The shape of the request
    "body_must_be_form_encoded": _(
        "Send parameters as application/x-www-form-urlencoded, not as JSON."
    ),
    "credentials_must_not_be_in_the_query": _(
        "Send the parameters in the body: URLs end up in logs."
    ),
    "parameter_must_not_be_repeated": _("Send each parameter once."),
    "grant_type_must_be_supported": _(
        "Compare the grant_type to grant_types_supported in the metadata."
    ),
    # Using tokens
    "access_token_must_exist": _(
        "The token is unknown: revoked and cleaned up, of another site, or an ID token in its place."
    ),
    "access_token_must_not_be_expired": _(
        "Have the client refresh in time: expires_in says how long a token lives."
    ),
    "access_token_must_be_meant_for_this_resource": _(
        "The token was asked for another resource: have the client name this one when it asks. The URL of a "
        "view counts on the host of ISSUER, and on hosts that ALLOWED_HOSTS names (* and .example.com name "
        "none)."
    ),
    "access_token_must_be_well_formed": _(
        "The header is Authorization: Bearer, one space, and the token alone."
    ),
    "scope_must_be_enough_for_view": _(
        "Have the client ask the person for the scopes the view needs, and allow it these under All settings."
    ),
    "access_token_must_be_granted_by_a_user": _(
        "Have the client send users to the authorization endpoint, or use the device flow, and call the view "
        "with the token that they grant. A token of client credentials stands for the client alone."
    ),
    "permissions_must_be_granted": _(
        "A scope would not help: see which of the view's permission_classes refuses this user or client."
    ),
    "origin_must_be_allowed": _(
        "List the origin of the page in the MCP server's origins, if that site may call it for people."
    ),
    # Faults of the things around the server
    "database_must_answer": _(
        "See why the database does not answer, is locked or takes no writes: the log names it once a minute."
    ),
    "tables_must_be_migrated": _("Run: python manage.py migrate. The log names the table."),
    "cache_must_answer": _(
        "Bring the cache of CACHES['default'] back: attempts cannot be counted without it."
    ),
    "fetches_must_be_few": _(
        "Have the client try again. If it recurs, look for clients whose addresses (jwks_uri, request_uris) "
        "answer slowly or not at all, and disable them."
    ),
    # Managing the server
    "own_scopes_must_be_given_in_the_admin": _(
        "Tick the scope in the admin, on the client's page under All settings, once you know who runs it."
    ),
    "managing_client_must_be_changed_in_the_admin": _(
        "Change it in the admin: through the API it could be used to take over what it may manage."
    ),
    # Registering
    "registration_must_be_open": _("Set REGISTRATION, if clients may register themselves."),
    "initial_access_token_must_be_sent": _("Issue one with oauthflows_issue_initial_access_token."),
    "initial_access_token_must_be_live": _("It is spent, over or withdrawn: issue another one."),
    "registration_access_token_must_match": _(
        "The client has to present the newest token it was given."
    ),
}
