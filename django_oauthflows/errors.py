"""How the server says no: one wire code, the rule that said it, one public sentence.

A refusal is raised anywhere below an endpoint and rendered by the endpoint alone, so that every refusal
leaves the server in the same shape and reaches the audit log on its way out.
"""

import re
from enum import StrEnum

from django_oauthflows.core.outage import Outage


class Code(StrEnum):
    """The error codes clients see on the wire, each with the section that defines it."""

    INVALID_REQUEST = "invalid_request"  # RFC 6749 §5.2
    INVALID_CLIENT = "invalid_client"  # RFC 6749 §5.2
    INVALID_GRANT = "invalid_grant"  # RFC 6749 §5.2
    UNAUTHORIZED_CLIENT = "unauthorized_client"  # RFC 6749 §5.2
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"  # RFC 6749 §5.2
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"  # RFC 6749 §4.1.2.1
    INVALID_SCOPE = "invalid_scope"  # RFC 6749 §5.2
    ACCESS_DENIED = "access_denied"  # RFC 6749 §4.1.2.1
    AUTHORIZATION_PENDING = "authorization_pending"  # RFC 8628 §3.5
    SLOW_DOWN = "slow_down"  # RFC 8628 §3.5
    EXPIRED_TOKEN = "expired_token"  # RFC 8628 §3.5
    INVALID_TARGET = "invalid_target"  # RFC 8707 §2
    LOGIN_REQUIRED = "login_required"  # OpenID Connect Core §3.1.2.6
    CONSENT_REQUIRED = "consent_required"  # OpenID Connect Core §3.1.2.6
    #: OpenID Connect Core Unmet Authentication Requirements 1.0 §2
    UNMET_AUTHENTICATION_REQUIREMENTS = "unmet_authentication_requirements"
    INVALID_REQUEST_URI = "invalid_request_uri"  # OpenID Connect Core §3.1.2.6
    INVALID_REQUEST_OBJECT = "invalid_request_object"  # OpenID Connect Core §3.1.2.6
    REGISTRATION_NOT_SUPPORTED = "registration_not_supported"  # OpenID Connect Core §3.1.2.6
    REQUEST_NOT_SUPPORTED = "request_not_supported"  # OpenID Connect Core §3.1.2.6
    MFA_REQUIRED = "mfa_required"  # no specification has it; the word Auth0 and others use
    INVALID_TOKEN = "invalid_token"  # RFC 6750 §3.1
    INSUFFICIENT_SCOPE = "insufficient_scope"  # RFC 6750 §3.1
    INVALID_REDIRECT_URI = "invalid_redirect_uri"  # RFC 7591 §3.2.2
    INVALID_CLIENT_METADATA = "invalid_client_metadata"  # RFC 7591 §3.2.2
    INVALID_SOFTWARE_STATEMENT = "invalid_software_statement"  # RFC 7591 §3.2.2
    UNAPPROVED_SOFTWARE_STATEMENT = "unapproved_software_statement"  # RFC 7591 §3.2.2
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"  # RFC 6749 §4.1.2.1


#: RFC 6749 §5.2 allows these characters in an error_description, and no others.
_SENTENCE = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+\Z")


class Refusal(Exception):
    """A request was refused.

    `sentence` is public: it goes to the client, onto pages and into the log, so it never holds a secret, a
    token or anything personal, and only the characters RFC 6749 §5.2 allows. `retry_after` is seconds, for
    the header of that name (RFC 9110 §10.2.3); 0 for none. Refusals of one `counted_as` are one kind to the
    audit log: whoever is refused cannot tell their rules apart by the references they get.
    """

    def __init__(
        self,
        code: Code,
        sentence: str,
        *,
        rule: str,
        spec: str,
        status: int = 400,
        fix: str = "",
        retry_after: int = 0,
        counted_as: str = "",
    ) -> None:
        if not _SENTENCE.match(sentence):
            raise ValueError(f"not a sentence a client may be sent (RFC 6749 §5.2): {sentence!r}")
        super().__init__(f"{code}: {sentence} [{rule}]")
        self.code = code
        self.sentence = sentence
        self.rule = rule
        self.spec = spec
        self.status = status
        self.fix = fix
        self.retry_after = retry_after
        self.counted_as = counted_as


def refusal_of(outage: Outage) -> Refusal:
    """Return how a request is refused that met an outage: try again, with what is still good."""
    return Refusal(
        Code.TEMPORARILY_UNAVAILABLE,
        outage.sentence,
        rule=outage.rule,
        spec="RFC 6749 §4.1.2.1",
        status=503,
        retry_after=outage.retry_after,
    )
