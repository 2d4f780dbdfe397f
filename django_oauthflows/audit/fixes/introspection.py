"""Of introspection: what an API looks at that is told `active: false`, and by which token it may ask."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OF_INTROSPECTION: dict[str, str | Promise] = {
    "introspecting_client_must_be_confidential": _(
        "Register a client with a secret for the API itself: the preset api."
    ),
    # Why a token is not active
    "introspected_token_must_exist": _(
        "The value is no token of this site, or was revoked. See whether it is cut off on its way, has the "
        "word Bearer in front of it, is an ID token, or is of another site."
    ),
    "introspected_token_must_be_meant_for_asker": _(
        "Add the resource that the token is meant for to the resources of the API's client, or have the app "
        "ask for a token with the API's own resource. A token that was asked for no resource is meant for "
        "this site: then the API's resource is this site's URL. A refresh token is nobody's but its own "
        "client's."
    ),
    "introspected_token_must_not_be_revoked": _(
        "The refresh token was replaced by a newer one, or its grant was ended. Keep the newest."
    ),
    "introspected_token_must_not_be_expired": _(
        "Have the client that calls the API refresh its token in time: expires_in says how long it lives."
    ),
    "introspected_token_client_must_be_enabled": _(
        "The client that the token was issued to is disabled. Enable it, if it is to work again."
    ),
    "introspected_token_person_must_be_active": _(
        "The person's account is deactivated; activate it, if it is to work again."
    ),
    # A token by which somebody asks
    "introspecting_token_must_be_of_no_person": _(
        "Have the API get a token for itself, by client credentials; a person's token opens no introspection."
    ),
    "introspecting_token_must_have_the_scope": _(
        "Have the API ask for the scope introspection, allow its client that scope, and name it in SCOPES."
    ),
    "introspecting_client_must_have_the_scope": _(
        "Give the client the scope introspection again, or have it authenticate itself."
    ),
    "introspection_must_be_asked_by_post": _(
        "Have the API send the token in the body of a POST: a URL ends up in logs. A client with a policy "
        "never asks by GET."
    ),
    "introspecting_client_must_be_registered_by_hand": _(
        "Register the API in the admin or by oauthflows_register_client, as a client with a secret or a key."
    ),
}
