"""Of clients that register themselves, or are known by a document of their own."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WEB_ADDRESS = _("Register an https address without a fragment that this server can reach.")
_ONE_SIGNATURE = _("Choose an algorithm the server's metadata lists for it.")
_KEYS = _(
    "Publish the client's public keys as jwks, or say where they are by jwks_uri: one of the two."
)
_OWN_SCOPES = _("Name scopes of REGISTRATION_SCOPES, or add some there.")
_NEEDS_A_PROFILE = _(
    "Register what OAuth 2.1 has, or issue an initial access token of another profile for this client."
)

OF_REGISTRATIONS: dict[str, str | Promise] = {
    "application_type_must_be_known": _("Set application_type to web or native, or leave it out."),
    "authentication_method_must_be_offered": _(
        "Choose one of token_endpoint_auth_methods_supported in the metadata."
    ),
    "assertions_must_be_signed_as_their_method_says": _(
        "Set token_endpoint_auth_signing_alg to HS… for client_secret_jwt, to another for private_key_jwt."
    ),
    "backchannel_logout_must_have_an_address": _WEB_ADDRESS,
    "frontchannel_logout_must_be_at_home": _(
        "Choose an address on the scheme, host and port of one of the client's redirect URIs."
    ),
    "client_metadata_must_be_of_its_type": _(
        "Send the member the sentence names as RFC 7591 §2 has it: text, a list of texts, a number."
    ),
    "client_must_be_able_to_get_a_token": _(
        "Add authorization_code, or another grant type that begins something, to refresh_token."
    ),
    "client_must_register_where_people_return": _("Register at least one redirect URI."),
    "client_without_a_person_must_be_introduced": _(
        "Issue an initial access token for it: oauthflows_issue_initial_access_token."
    ),
    "client_id_must_be_the_address_of_a_document": _(
        "Use the https address as it is served: with a path, no port of its own, dots, query or fragment."
    ),
    "document_must_be_found": _(
        "Serve the document at the client_id itself as JSON, without a redirect, and allow its host "
        "(CIMD_ALLOWED_HOSTS)."
    ),
    "document_must_name_its_address": _("Put the document's own address into its client_id."),
    "document_must_not_hold_a_secret": _(
        "Take client_secret out of the document, and authenticate by a key or not at all."
    ),
    "encryption_must_be_supported": _ONE_SIGNATURE,
    "grant_types_must_be_offered": _NEEDS_A_PROFILE,
    "response_types_must_be_offered": _NEEDS_A_PROFILE,
    "grant_types_must_fit_response_types": _(
        "Register authorization_code with code, and implicit with token or id_token."
    ),
    "id_token_signature_must_be_offered": _ONE_SIGNATURE,
    "userinfo_signature_must_be_offered": _ONE_SIGNATURE,
    "request_object_signature_must_be_supported": _ONE_SIGNATURE,
    "keys_must_be_given_in_one_way": _KEYS,
    "keys_must_be_given_where_they_are_needed": _KEYS,
    "keys_must_be_usable": _(
        "Publish public keys alone, each of a supported kind and size. If a private one was sent, others "
        "know it now: make a new pair."
    ),
    "opened_addresses_must_be_https": _WEB_ADDRESS,
    "redirect_uris_must_be_usable": _(
        "Use https without a fragment; an installed app a loopback address or a scheme of its own. To let a "
        "tool you know come back by its scheme, as cursor, add that to ALLOWED_REDIRECT_URI_SCHEMES in "
        "OAUTH2_PROVIDER."
    ),
    "return_addresses_must_be_usable": _(
        "Use https without a fragment for post_logout_redirect_uris, or an installed app's own address."
    ),
    "scopes_must_be_left_to_register": _OWN_SCOPES,
    "sector_must_be_named_where_hosts_differ": _(
        "Register a sector_identifier_uri that lists all the client's redirect URIs."
    ),
    "sector_must_be_readable": _(
        "Serve a JSON list at the sector_identifier_uri by https, without a redirect."
    ),
    "sector_must_list_every_redirect_uri": _(
        "Add each of the client's redirect URIs to the list at its sector_identifier_uri."
    ),
    "shared_signatures_must_have_a_secret": _(
        "Choose an algorithm with a key pair, or register the client as one that keeps a secret."
    ),
    "shown_addresses_must_be_web_addresses": _(
        "Use http or https addresses for the pages and the logo people are shown."
    ),
    "software_statement_must_be_approved": _(
        "Add its issuer to SOFTWARE_STATEMENT_ISSUERS, if the site trusts it."
    ),
    "software_statement_must_be_genuine": _(
        "Get a new statement from its issuer: signed by its published key, and not past its time."
    ),
    "subject_type_must_be_offered": _("Choose one of subject_types_supported in the metadata."),
    "tokens_must_be_sent_to_https_alone": _(
        "Use https redirect URIs, or response_type=code with PKCE for a loopback address."
    ),
    "unsigned_id_tokens_must_not_pass_the_browser": _(
        "Register a signature other than none, or response_type=code alone."
    ),
    "update_must_name_its_client": _("Send the client's own client_id in the update."),
    "update_must_leave_out_what_the_server_says": _(
        "Send the registration back without the members the sentence names."
    ),
    "update_must_not_choose_its_secret": _(
        "Leave client_secret out, or send the present one; new ones are made by the server."
    ),
}
