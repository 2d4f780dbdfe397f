"""The closed list of what can be recorded. Past tense, never renamed: people filter by these words."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Event(StrEnum):
    TOKEN_ISSUED = "token.issued"
    TOKEN_EXCHANGED = "token.exchanged"
    REQUEST_REFUSED = "request.refused"
    SCOPES_DROPPED = "scopes.dropped"
    TOKEN_FOUND_INACTIVE = "token.found_inactive"
    CODE_REPLAYED = "code.replayed"
    REFRESH_TOKEN_REPLAYED = "refresh_token.replayed"
    AUTHORIZATION_REVOKED = "authorization.revoked"
    TOKEN_REVOKED = "token.revoked"
    TOKENS_MASS_REVOKED = "tokens.mass_revoked"
    CONSENT_GIVEN = "consent.given"
    CONSENT_DENIED = "consent.denied"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONSENTS_FORGOTTEN = "consents.forgotten"
    SESSION_ENDED = "session.ended"
    LOGOUT_DELIVERED = "logout.delivered"
    LOGOUT_FAILED = "logout.failed"
    LOGOUT_UNDELIVERED = "logout.undelivered"
    CLIENT_REGISTERED = "client.registered"
    CLIENT_CHANGED = "client.changed"
    CLIENT_DELETED = "client.deleted"
    SECRET_ADDED = "secret.added"
    SECRET_ROTATED = "secret.rotated"
    SECRET_RETIRED = "secret.retired"
    SECRET_UPGRADED = "secret.upgraded"
    INITIAL_TOKEN_ISSUED = "initial_token.issued"
    INITIAL_TOKEN_REVOKED = "initial_token.revoked"
    KEY_ANNOUNCED = "key.announced"
    KEY_ROTATED = "key.rotated"
    KEY_RETIRED = "key.retired"
    KEY_DELETED = "key.deleted"
    AUDIT_EXPORTED = "audit.exported"
    AUDIT_DELETED = "audit.deleted"


TITLES: dict[Event, str | Promise] = {
    Event.TOKEN_ISSUED: _("Tokens issued"),
    Event.TOKEN_EXCHANGED: _("Token exchanged"),
    Event.REQUEST_REFUSED: _("Request refused"),
    Event.SCOPES_DROPPED: _("Unknown scopes left out of a request"),
    Event.TOKEN_FOUND_INACTIVE: _("Introspected token is not active"),
    Event.CODE_REPLAYED: _("Code replayed"),
    Event.REFRESH_TOKEN_REPLAYED: _("Refresh token replayed"),
    Event.AUTHORIZATION_REVOKED: _("Grant revoked"),
    Event.TOKEN_REVOKED: _("Token revoked by itself"),
    Event.TOKENS_MASS_REVOKED: _("Tokens revoked in bulk"),
    Event.CONSENT_GIVEN: _("Consent given"),
    Event.CONSENT_DENIED: _("Consent denied"),
    Event.CONSENT_WITHDRAWN: _("Consent withdrawn"),
    Event.CONSENTS_FORGOTTEN: _("Consents forgotten, since the client changed"),
    Event.SESSION_ENDED: _("Sign-in ended"),
    Event.LOGOUT_DELIVERED: _("Client told of a sign-out"),
    Event.LOGOUT_FAILED: _("Client did not hear of a sign-out at this address, for the first time"),
    Event.LOGOUT_UNDELIVERED: _("Client could not be told of a sign-out"),
    Event.CLIENT_REGISTERED: _("Client registered"),
    Event.CLIENT_CHANGED: _("Client changed"),
    Event.CLIENT_DELETED: _("Client deleted"),
    Event.SECRET_ADDED: _("Secret added"),
    Event.SECRET_ROTATED: _("Secret replaced"),
    Event.SECRET_RETIRED: _("Secret retired"),
    Event.SECRET_UPGRADED: _("Secret of django-oauth-toolkit kept with a fast hash"),
    Event.INITIAL_TOKEN_ISSUED: _("Initial access token issued"),
    Event.INITIAL_TOKEN_REVOKED: _("Initial access token revoked"),
    Event.KEY_ANNOUNCED: _("Signing key announced"),
    Event.KEY_ROTATED: _("Signing key began to sign"),
    Event.KEY_RETIRED: _("Signing key retired"),
    Event.KEY_DELETED: _("Signing key deleted"),
    Event.AUDIT_EXPORTED: _("Audit log exported"),
    Event.AUDIT_DELETED: _("Audit events deleted, past their time"),
}
