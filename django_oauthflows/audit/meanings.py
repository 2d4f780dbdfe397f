"""What each error code says of a request, and what its developer does about it: for everybody to read.

The rule that said no is for the site's administrators alone: which of several reasons it was (no such client
or a wrong secret, no such code or another client's) is told to nobody who may be guessing.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_oauthflows.errors import Code


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """`paragraph` defines the code. `has_one_reason` where the rule's own paragraph may be told as well."""

    paragraph: str
    means: str | Promise
    advice: str | Promise
    has_one_reason: bool = True


_READ_THE_SENTENCE = _(
    "The sentence says which part of the request it is. Change that part and send it again."
)

MEANINGS: dict[str, Meaning] = {
    Code.INVALID_REQUEST: Meaning(
        paragraph="RFC 6749 §5.2",
        means=_("A parameter is missing, was sent twice, or has a value it must not have."),
        advice=_READ_THE_SENTENCE,
    ),
    Code.INVALID_CLIENT: Meaning(
        paragraph="RFC 6749 §5.2",
        means=_("The server could not be sure which client was asking."),
        advice=_(
            "Check the client ID and the secret or key, that neither has expired, and that the client "
            "authenticates in one way only: the one it is registered with."
        ),
        has_one_reason=False,
    ),
    Code.INVALID_GRANT: Meaning(
        paragraph="RFC 6749 §5.2",
        means=_("The code, token or assertion that was presented is not good for this request."),
        advice=_(
            "A code works once, within a minute, for the client and the redirect URI it was made for, and "
            "with its code verifier. A refresh token works until it is replaced. Start over: send the person "
            "to the authorization endpoint again."
        ),
        has_one_reason=False,
    ),
    Code.UNAUTHORIZED_CLIENT: Meaning(
        paragraph="RFC 6749 §5.2",
        means=_("The client is known and may not use this flow."),
        advice=_("Use a flow the client is registered for, or ask the site to allow this one."),
    ),
    Code.UNSUPPORTED_GRANT_TYPE: Meaning(
        paragraph="RFC 6749 §5.2",
        means=_("The server has no such grant type."),
        advice=_(
            "Choose one of grant_types_supported in the server's metadata, and check its spelling."
        ),
    ),
    Code.UNSUPPORTED_RESPONSE_TYPE: Meaning(
        paragraph="RFC 6749 §4.1.2.1",
        means=_("The server has no such response type, or the client may not use it."),
        advice=_("Use response_type=code, as every client can."),
    ),
    Code.INVALID_SCOPE: Meaning(
        paragraph="RFC 6749 §5.2",
        means=_("A scope is unknown, or is more than the client or the person allowed."),
        advice=_("Ask for fewer scopes, or ask the site to allow the client more of them."),
    ),
    Code.ACCESS_DENIED: Meaning(
        paragraph="RFC 6749 §4.1.2.1",
        means=_("The person, or the site in their name, said no."),
        advice=_(
            "Nothing is wrong with the client. Let the person decide again when they wish to."
        ),
        has_one_reason=False,
    ),
    Code.TEMPORARILY_UNAVAILABLE: Meaning(
        paragraph="RFC 6749 §4.1.2.1",
        means=_(
            "The server could not reach its database or its cache. Nothing is wrong with the request."
        ),
        advice=_(
            "Send the same request again after the seconds that Retry-After names. What was presented is "
            "still good unless it was used before the fault."
        ),
    ),
    Code.SLOW_DOWN: Meaning(
        paragraph="RFC 8628 §3.5",
        means=_("The device asks too often."),
        advice=_("Wait for the interval, and five seconds longer after each such answer."),
    ),
    Code.EXPIRED_TOKEN: Meaning(
        paragraph="RFC 8628 §3.5",
        means=_("Nobody typed the device's code in time."),
        advice=_("Get a new device code and show its user code."),
    ),
    Code.INVALID_TARGET: Meaning(
        paragraph="RFC 8707 §2",
        means=_("The client may not have a token for this resource."),
        advice=_(
            "Name a resource the client may use, as an absolute URI and exactly as it is registered."
        ),
    ),
    Code.LOGIN_REQUIRED: Meaning(
        paragraph="OpenID Connect Core §3.1.2.6",
        means=_("The person would have to sign in, and the request allows no page for it."),
        advice=_("Ask again without prompt=none."),
    ),
    Code.CONSENT_REQUIRED: Meaning(
        paragraph="OpenID Connect Core §3.1.2.6",
        means=_("The person would have to agree, and the request allows no page for it."),
        advice=_("Ask again without prompt=none."),
    ),
    Code.UNMET_AUTHENTICATION_REQUIREMENTS: Meaning(
        paragraph="OpenID Connect Core Unmet Authentication Requirements 1.0 §2",
        means=_("The person cannot sign in as strongly as the client demands."),
        advice=_(
            "Demand an acr of acr_values_supported in the server's metadata, or do with less."
        ),
    ),
    Code.INVALID_REQUEST_URI: Meaning(
        paragraph="OpenID Connect Core §3.1.2.6",
        means=_("The request that the request_uri names could not be had."),
        advice=_(
            "Register the request_uri, serve it by https without a redirect, and use it in time."
        ),
    ),
    Code.INVALID_REQUEST_OBJECT: Meaning(
        paragraph="OpenID Connect Core §3.1.2.6",
        means=_("The signed request cannot be believed."),
        advice=_(
            "Sign it with a registered key and algorithm, for this issuer (aud), anew for each request."
        ),
    ),
    Code.REGISTRATION_NOT_SUPPORTED: Meaning(
        paragraph="OpenID Connect Core §3.1.2.6",
        means=_("The request describes the client in a parameter this server does not read."),
        advice=_("Register the client and leave the registration parameter out."),
    ),
    Code.REQUEST_NOT_SUPPORTED: Meaning(
        paragraph="OpenID Connect Core §3.1.2.6",
        means=_("This server does not read such a request object."),
        advice=_("Send the parameters themselves."),
    ),
    Code.MFA_REQUIRED: Meaning(
        paragraph="RFC 6749 §4.3.2",
        means=_("This account has a second factor, which a password alone must not go round."),
        advice=_("Let the person sign in at the authorization endpoint."),
        has_one_reason=False,
    ),
    Code.INVALID_TOKEN: Meaning(
        paragraph="RFC 6750 §3.1",
        means=_(
            "The access token is not good here: over, revoked, for another resource, or no token at all."
        ),
        advice=_(
            "Get a new one with the refresh token, or send the person to the authorization endpoint again."
        ),
        has_one_reason=False,
    ),
    Code.INSUFFICIENT_SCOPE: Meaning(
        paragraph="RFC 6750 §3.1",
        means=_("The access token is good and does not reach this far."),
        advice=_("Ask the person for the scopes that the WWW-Authenticate header names."),
    ),
    Code.INVALID_REDIRECT_URI: Meaning(
        paragraph="RFC 7591 §3.2.2",
        means=_("A redirect URI cannot be registered as it stands."),
        advice=_(
            "Use https without a fragment; an installed app a loopback address or a scheme of its own."
        ),
    ),
    Code.INVALID_CLIENT_METADATA: Meaning(
        paragraph="RFC 7591 §3.2.2",
        means=_("A member of the registration has a value this server cannot accept."),
        advice=_("The sentence names the member; the server's metadata says what it offers."),
    ),
    Code.INVALID_SOFTWARE_STATEMENT: Meaning(
        paragraph="RFC 7591 §3.2.2",
        means=_("The software statement cannot be believed."),
        advice=_("Get a new one from whoever issues it."),
        has_one_reason=False,
    ),
    Code.UNAPPROVED_SOFTWARE_STATEMENT: Meaning(
        paragraph="RFC 7591 §3.2.2",
        means=_("The software statement is good and its issuer is not trusted here."),
        advice=_("Ask the site to trust its issuer."),
    ),
}
_OTHER = Meaning(paragraph="", means="", advice=_READ_THE_SENTENCE, has_one_reason=False)


def meaning_of(code: str) -> Meaning:
    """What a code means; nothing in particular for one of a later version, or an API's own."""
    return MEANINGS.get(code, _OTHER)
