"""Questions about a client that registers itself (RFC 7591): where it is sent, what it does, who it is."""

from django_oauthflows.errors import Code
from django_oauthflows.rules.addresses import (
    DANGEROUS_SCHEMES,
    is_https,
    is_local,
    is_web_address,
    named_in_sentence,
    scheme_of,
)
from django_oauthflows.rules.base import Rule, rule
from django_oauthflows.rules.client_metadata import RegistrationRequest
from django_oauthflows.rules.sectors import names_one_sector
from django_oauthflows.rules.words import words_of

_METADATA = Code.INVALID_CLIENT_METADATA
_REGISTRATION = "OpenID Connect Dynamic Client Registration §2"

#: The members that people are shown or sent to, and those this server itself opens.
_SHOWN = ("client_uri", "logo_uri", "policy_uri", "tos_uri")
_OPENED = ("jwks_uri", "sector_identifier_uri", "initiate_login_uri")
#: How many wrong addresses a sentence names, and how much of their schemes.
_NAMED = 3
_LONGEST_SCHEMES = 60


def _wrong_address(member: str, wrong: tuple[str, ...]) -> str | None:
    """The public sentence about addresses that cannot be registered: which they are, and what can be."""
    if not wrong:
        return None
    named = ", ".join(
        f"{name} ({_why_wrong(uri)})" for uri in wrong[:_NAMED] if (name := named_in_sentence(uri))
    )
    schemes = sorted({scheme_of(uri) for uri in wrong} - {"", "http", "https"} - DANGEROUS_SCHEMES)
    about_schemes = (
        " A scheme that is no domain name in reverse is allowed where this server lists it in "
        f"ALLOWED_REDIRECT_URI_SCHEMES: {' '.join(schemes)[:_LONGEST_SCHEMES]}."
    )
    return (
        f"Of {member}, these cannot be used: {named or 'some that cannot be read'} - each has to be https "
        "without a fragment, http on a loopback address, or for a native application a scheme of its own, as "
        f"com.example.app.{about_schemes if schemes else ''}"
    )


def _why_wrong(uri: str) -> str:
    """Return in a few words why an address that was refused cannot be registered (RFC 9700 §2.1)."""
    scheme, host = scheme_of(uri), uri.partition("://")[2].partition("/")[0]
    if "#" in uri:
        return "it has a fragment"
    if "*" in host:
        return "it has a *"
    if scheme == "http" and not is_local(uri):
        return "http is for a loopback address alone"
    if scheme in ("http", "https"):
        return "its host or port is none"
    if not scheme or scheme in DANGEROUS_SCHEMES:
        return "it leads to no application"
    return "its scheme is not allowed"


@rule(spec="RFC 7591 §2", refuses_with=Code.INVALID_REDIRECT_URI)
def client_must_register_where_people_return(request: RegistrationRequest) -> str | None:
    """A code or token that could be sent anywhere would be sent to whoever asks for it (RFC 9700 §4.1)."""
    if request.metadata.response_types and not request.metadata.redirect_uris:
        return "Name at least one of redirect_uris: these response_types are answered there."
    return None


@rule(spec="RFC 9700 §2.1", refuses_with=Code.INVALID_REDIRECT_URI)
def redirect_uris_must_be_usable(request: RegistrationRequest) -> str | None:
    """One exact address each, without a fragment: https, a loopback address, or an app's own scheme."""
    return _wrong_address("redirect_uris", request.wrong_redirect_uris)


@rule(spec=_REGISTRATION, refuses_with=Code.INVALID_REDIRECT_URI)
def tokens_must_be_sent_to_https_alone(request: RegistrationRequest) -> str | None:
    """What stands in a URL can be read on its way; a device's own port can be anybody's."""
    said = request.metadata
    if said.application_type != "web" or not said.takes_tokens_in_the_browser:
        return None
    wrong = [uri for uri in said.redirect_uris if not is_https(uri) or is_local(uri)]
    if not wrong:
        return None
    return (
        "A web client that takes tokens in the browser registers https addresses, no localhost: "
        f"{named_in_sentence(wrong[0])} is another."
    )


@rule(spec="OpenID Connect RP-Initiated Logout §3.1", refuses_with=_METADATA)
def return_addresses_must_be_usable(request: RegistrationRequest) -> str | None:
    """Whoever signs out is sent to an exact address, as whoever signs in."""
    return _wrong_address("post_logout_redirect_uris", request.wrong_return_uris)


@rule(spec=_REGISTRATION, refuses_with=_METADATA)
def application_type_must_be_known(request: RegistrationRequest) -> str | None:
    """It decides where people may be sent: to the web, or back into an installed app."""
    if request.metadata.application_type not in ("web", "native"):
        return "The application_type is web or native."
    return None


@rule(spec="RFC 7591 §2", refuses_with=_METADATA)
def response_types_must_be_offered(request: RegistrationRequest) -> str | None:
    """Tokens in the browser are for the legacy profile, which the site chooses and no client does."""
    if not request.offered.response_types.issuperset(request.metadata.response_types):
        return "One of response_types is not offered to clients that register themselves."
    return None


@rule(spec="RFC 7591 §2", refuses_with=_METADATA)
def grant_types_must_be_offered(request: RegistrationRequest) -> str | None:
    """Nobody registers itself to ask people for their passwords (RFC 9700 §2.4)."""
    if not request.offered.grant_types.issuperset(request.metadata.grant_types):
        return "One of grant_types is not offered to clients that register themselves."
    return None


@rule(spec="RFC 7591 §2.1", refuses_with=_METADATA)
def grant_types_must_fit_response_types(request: RegistrationRequest) -> str | None:
    """A client that is given codes it cannot redeem was put together by mistake."""
    words = {word for kind in request.metadata.response_types for word in words_of(kind)}
    needed = {"authorization_code"} & {"authorization_code" for word in words if word == "code"}
    if words & {"token", "id_token"}:
        needed |= {"implicit"}
    said = set(request.metadata.grant_types) & {"authorization_code", "implicit"}
    if said != needed:
        return "These grant_types do not fit response_types: code needs authorization_code, others implicit."
    return None


@rule(spec="RFC 7591 §2", refuses_with=_METADATA)
def client_must_be_able_to_get_a_token(request: RegistrationRequest) -> str | None:
    """A refresh token alone begins nothing."""
    if not set(request.metadata.grant_types) - {"refresh_token"}:
        return "Name at least one of grant_types that a token can be got by."
    return None


@rule(spec="RFC 7591 §5", refuses_with=_METADATA)
def client_without_a_person_must_be_introduced(request: RegistrationRequest) -> str | None:
    """Where no person decides, somebody has to know the client: else anybody makes itself a service."""
    if request.offered.unattended.intersection(request.metadata.grant_types):
        if not request.is_introduced:
            return "One of grant_types works without a person, and needs an initial access token."
        if not request.metadata.is_confidential:
            return (
                "One of grant_types works without a person, and needs a client that authenticates."
            )
    return None


@rule(spec="RFC 7591 §2", refuses_with=_METADATA)
def authentication_method_must_be_offered(request: RegistrationRequest) -> str | None:
    """A method the server does not check would be no authentication at all."""
    if request.metadata.token_endpoint_auth_method not in request.offered.authentication_methods:
        return "This token_endpoint_auth_method is not offered here."
    return None


@rule(spec=_REGISTRATION, refuses_with=_METADATA)
def assertions_must_be_signed_as_their_method_says(request: RegistrationRequest) -> str | None:
    """A public key must never be taken for a shared secret, nor the other way (RFC 8725 §3.1)."""
    said = request.metadata
    if not said.token_endpoint_auth_signing_alg:
        return None
    is_hmac = said.token_endpoint_auth_signing_alg.startswith("HS")
    fits = {"private_key_jwt": not is_hmac, "client_secret_jwt": is_hmac}
    if said.token_endpoint_auth_signing_alg not in request.offered.assertion_algs:
        return "This token_endpoint_auth_signing_alg is not supported."
    if not fits.get(said.token_endpoint_auth_method, True):
        return "The token_endpoint_auth_signing_alg does not fit the token_endpoint_auth_method."
    return None


@rule(spec="RFC 7591 §2", refuses_with=_METADATA)
def keys_must_be_given_in_one_way(request: RegistrationRequest) -> str | None:
    """Of two key sets, nobody knows which one is true."""
    if request.metadata.jwks is not None and request.metadata.jwks_uri:
        return "Send jwks or jwks_uri, not both."
    return None


@rule(spec="RFC 7517 §5", refuses_with=_METADATA)
def keys_must_be_usable(request: RegistrationRequest) -> str | None:
    """A private or shared key in a document of public ones is a secret given away."""
    if not request.keys_are_usable:
        return "The jwks must be a set of public keys (RSA, EC or OKP), each of which can be read."
    return None


@rule(spec=_REGISTRATION, refuses_with=_METADATA)
def keys_must_be_given_where_they_are_needed(request: RegistrationRequest) -> str | None:
    """What the client signs, or what is encrypted for it, needs its key."""
    said = request.metadata
    needs = said.token_endpoint_auth_method == "private_key_jwt" or (
        said.id_token_encrypted_response_alg or said.userinfo_encrypted_response_alg
    )
    if needs and said.jwks is None and not said.jwks_uri:
        return "This client needs keys: send jwks or jwks_uri."
    return None


@rule(spec="RFC 7591 §2", refuses_with=_METADATA)
def shown_addresses_must_be_web_addresses(request: RegistrationRequest) -> str | None:
    """They stand on the consent page: a link that runs something would run there."""
    said = request.metadata
    for name in _SHOWN:
        addresses = (getattr(said, name), *said.translations.get(name, {}).values())
        if not all(is_web_address(uri) for uri in addresses if uri):
            return f"The {name} must be an https address."
    return None


@rule(spec=_REGISTRATION, refuses_with=_METADATA)
def opened_addresses_must_be_https(request: RegistrationRequest) -> str | None:
    """What is fetched in the clear is whatever somebody on the way puts there."""
    said = request.metadata
    if wrong := [name for name in _OPENED if (uri := getattr(said, name)) and not is_https(uri)]:
        return f"The {wrong[0]} must be an https address."
    if not all(is_https(uri) for uri in said.request_uris):
        return "Each of request_uris must be an https address."
    return None


@rule(spec="RFC 7591 §2", refuses_with=_METADATA)
def scopes_must_be_left_to_register(request: RegistrationRequest) -> str | None:
    """A client may ask for less than it named, and never for more than such clients are given."""
    asked = request.metadata.scope
    if not request.offered.scopes.intersection(request.offered.scopes if asked is None else asked):
        return "None of these scopes is given to clients that register themselves."
    return None


@rule(spec="OpenID Connect Core §8.1", refuses_with=_METADATA)
def sector_must_be_named_where_hosts_differ(request: RegistrationRequest) -> str | None:
    """Pairwise subjects are made from one host; with several, the client says which one is meant."""
    said = request.metadata
    if said.subject_type != "pairwise" or said.sector_identifier_uri:
        return None
    if names_one_sector(said.redirect_uris):
        return None
    return "Pairwise subjects for redirect_uris on several hosts need a sector_identifier_uri."


@rule(spec="OpenID Connect Dynamic Client Registration §5", refuses_with=_METADATA)
def sector_must_list_every_redirect_uri(request: RegistrationRequest) -> str | None:
    """Else anybody could join another's sector and learn what its people are known by there."""
    listed = request.sector_redirect_uris
    missing = [uri for uri in request.metadata.redirect_uris if uri not in (listed or ())]
    if listed is None or not missing:
        return None
    return (
        "The document at sector_identifier_uri does not list every one of redirect_uris: "
        f"{named_in_sentence(missing[0])} is missing."
    )


#: Asked of every registration, before anything is fetched.
CLIENT_RULES: tuple[Rule[RegistrationRequest], ...] = (
    application_type_must_be_known,
    response_types_must_be_offered,
    grant_types_must_be_offered,
    grant_types_must_fit_response_types,
    client_must_be_able_to_get_a_token,
    client_must_register_where_people_return,
    redirect_uris_must_be_usable,
    tokens_must_be_sent_to_https_alone,
    return_addresses_must_be_usable,
    authentication_method_must_be_offered,
    client_without_a_person_must_be_introduced,
    assertions_must_be_signed_as_their_method_says,
    keys_must_be_given_in_one_way,
    keys_must_be_usable,
    keys_must_be_given_where_they_are_needed,
    shown_addresses_must_be_web_addresses,
    opened_addresses_must_be_https,
    scopes_must_be_left_to_register,
    sector_must_be_named_where_hosts_differ,
)
#: Asked once the sector's document was fetched.
SECTOR_RULES: tuple[Rule[RegistrationRequest], ...] = (sector_must_list_every_redirect_uri,)
