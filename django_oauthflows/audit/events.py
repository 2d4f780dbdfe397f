"""The closed list of what can be recorded. Past tense, never renamed: people filter by these words."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Event(StrEnum):
    TOKEN_ISSUED = "token.issued"
    TOKEN_EXCHANGED = "token.exchanged"
    REQUEST_REFUSED = "request.refused"
    CODE_REPLAYED = "code.replayed"
    REFRESH_TOKEN_REPLAYED = "refresh_token.replayed"
    AUTHORIZATION_REVOKED = "authorization.revoked"
    TOKENS_MASS_REVOKED = "tokens.mass_revoked"
    CONSENT_GIVEN = "consent.given"
    CONSENT_DENIED = "consent.denied"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    SESSION_ENDED = "session.ended"
    LOGOUT_DELIVERED = "logout.delivered"
    LOGOUT_UNDELIVERED = "logout.undelivered"
    CLIENT_REGISTERED = "client.registered"
    CLIENT_CHANGED = "client.changed"
    CLIENT_DELETED = "client.deleted"
    SECRET_ADDED = "secret.added"
    SECRET_ROTATED = "secret.rotated"
    SECRET_RETIRED = "secret.retired"


TITLES: dict[Event, str | Promise] = {
    Event.TOKEN_ISSUED: _("Tokens issued"),
    Event.TOKEN_EXCHANGED: _("Token exchanged"),
    Event.REQUEST_REFUSED: _("Request refused"),
    Event.CODE_REPLAYED: _("Code replayed"),
    Event.REFRESH_TOKEN_REPLAYED: _("Refresh token replayed"),
    Event.AUTHORIZATION_REVOKED: _("Grant revoked"),
    Event.TOKENS_MASS_REVOKED: _("Tokens revoked in bulk"),
    Event.CONSENT_GIVEN: _("Consent given"),
    Event.CONSENT_DENIED: _("Consent denied"),
    Event.CONSENT_WITHDRAWN: _("Consent withdrawn"),
    Event.SESSION_ENDED: _("Sign-in ended"),
    Event.LOGOUT_DELIVERED: _("Client told of a sign-out"),
    Event.LOGOUT_UNDELIVERED: _("Client could not be told of a sign-out"),
    Event.CLIENT_REGISTERED: _("Client registered"),
    Event.CLIENT_CHANGED: _("Client changed"),
    Event.CLIENT_DELETED: _("Client deleted"),
    Event.SECRET_ADDED: _("Secret added"),
    Event.SECRET_ROTATED: _("Secret replaced"),
    Event.SECRET_RETIRED: _("Secret retired"),
}
