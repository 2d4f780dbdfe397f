"""Questions about what a client registers as an OpenID Connect relying party."""

from django_oauthflows.errors import Code
from django_oauthflows.rules.addresses import is_web_address, origin_of
from django_oauthflows.rules.base import Rule, rule
from django_oauthflows.rules.client_metadata import RegistrationRequest

_METADATA = Code.INVALID_CLIENT_METADATA
_REGISTRATION = "OpenID Connect Dynamic Client Registration §2"
_ENCRYPTED = (
    "id_token_encrypted_response",
    "userinfo_encrypted_response",
    "request_object_encryption",
)


@rule(spec=_REGISTRATION, refuses_with=_METADATA)
def subject_type_must_be_offered(request: RegistrationRequest) -> str | None:
    """A client that asked for pairwise subjects and got public ones would tell who people are."""
    if request.metadata.subject_type not in request.offered.subject_types:
        return "This subject_type is not offered here."
    return None


@rule(spec=_REGISTRATION, refuses_with=_METADATA)
def id_token_signature_must_be_offered(request: RegistrationRequest) -> str | None:
    """An ID token whose signature the client cannot check says nothing."""
    alg = request.metadata.id_token_signed_response_alg
    if alg and alg not in request.offered.id_token_algs:
        return "This id_token_signed_response_alg is not offered to this client."
    return None


@rule(spec=_REGISTRATION, refuses_with=_METADATA)
def unsigned_id_tokens_must_not_pass_the_browser(request: RegistrationRequest) -> str | None:
    """Without a signature, only the connection to the token endpoint says whom it comes from."""
    said = request.metadata
    if said.id_token_signed_response_alg == "none" and said.takes_tokens_in_the_browser:
        return "An unsigned ID token is sent from the token endpoint alone: register the response type code."
    return None


@rule(spec="OpenID Connect Core §10.1", refuses_with=_METADATA)
def shared_signatures_must_have_a_secret(request: RegistrationRequest) -> str | None:
    """An HMAC is made with the client's secret; one that is in every copy of an app is none."""
    said = request.metadata
    algs = (
        said.id_token_signed_response_alg,
        said.userinfo_signed_response_alg,
        said.request_object_signing_alg,
    )
    if any(alg.startswith("HS") for alg in algs) and not said.has_secret:
        return "An HMAC signature needs a client that authenticates with a secret."
    return None


@rule(spec=_REGISTRATION, refuses_with=_METADATA)
def userinfo_signature_must_be_offered(request: RegistrationRequest) -> str | None:
    """As for the ID token."""
    alg = request.metadata.userinfo_signed_response_alg
    if alg and alg not in request.offered.userinfo_algs:
        return "This userinfo_signed_response_alg is not offered here."
    return None


@rule(spec=_REGISTRATION, refuses_with=_METADATA)
def request_object_signature_must_be_supported(request: RegistrationRequest) -> str | None:
    """What the server cannot verify it would have to refuse each time."""
    alg = request.metadata.request_object_signing_alg
    if alg and alg not in request.offered.request_object_algs:
        return "This request_object_signing_alg is not supported."
    return None


@rule(spec=_REGISTRATION, refuses_with=_METADATA)
def encryption_must_be_supported(request: RegistrationRequest) -> str | None:
    """A client that asked for secrecy is refused rather than sent plain text."""
    for name in _ENCRYPTED:
        alg = getattr(request.metadata, f"{name}_alg")
        enc = getattr(request.metadata, f"{name}_enc")
        if alg and alg not in request.offered.encryption_algs:
            return f"This {name}_alg is not supported."
        if enc and (not alg or enc not in request.offered.encryption_encs):
            return f"This {name}_enc is not supported, or comes without its alg."
    return None


@rule(spec="OpenID Connect Back-Channel Logout §2.2", refuses_with=_METADATA)
def backchannel_logout_must_have_an_address(request: RegistrationRequest) -> str | None:
    """This server calls it: an address of the web, without a fragment, which no server is ever sent."""
    uri = request.metadata.backchannel_logout_uri
    if uri and (not is_web_address(uri) or "#" in uri):
        return "The backchannel_logout_uri must be an https address without a fragment."
    return None


@rule(spec="OpenID Connect Front-Channel Logout §2", refuses_with=_METADATA)
def frontchannel_logout_must_be_at_home(request: RegistrationRequest) -> str | None:
    """It is opened in the person's browser: on the client's own site, and no stranger's."""
    uri = request.metadata.frontchannel_logout_uri
    if not uri:
        return None
    homes = {origin_of(redirect_uri) for redirect_uri in request.metadata.redirect_uris}
    if not is_web_address(uri) or origin_of(uri) not in homes:
        return "The frontchannel_logout_uri must be on the same site as one of redirect_uris."
    return None


OPENID_RULES: tuple[Rule[RegistrationRequest], ...] = (
    subject_type_must_be_offered,
    id_token_signature_must_be_offered,
    unsigned_id_tokens_must_not_pass_the_browser,
    shared_signatures_must_have_a_secret,
    userinfo_signature_must_be_offered,
    request_object_signature_must_be_supported,
    encryption_must_be_supported,
    backchannel_logout_must_have_an_address,
    frontchannel_logout_must_be_at_home,
)
