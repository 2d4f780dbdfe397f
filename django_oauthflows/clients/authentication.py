"""How a client proves who it is: one method per request, and the one it is registered for (RFC 6749 §2.3)."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote_plus

from django.http import HttpRequest

from django_oauthflows.audit.actors import network_of
from django_oauthflows.clients import assertions, secrets
from django_oauthflows.clients.assertions import Shown
from django_oauthflows.clients.dynamic import documents
from django_oauthflows.clients.facts import client_of, is_usable
from django_oauthflows.clients.guess_limits import GuessLimits
from django_oauthflows.clients.keys import has_keys
from django_oauthflows.core import clock
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.rules.assertions import assertion_must_be_genuine
from django_oauthflows.rules.requests import AuthMethod, ClientFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who a request says it comes from, and by which method it wants to prove it."""

    client_id: str
    method: AuthMethod
    secret: str = field(default="", repr=False)
    shown: Shown | None = None


def authenticate(request: HttpRequest, parameters: Mapping[str, str]) -> ClientFacts:
    """The client a request comes from.

    Raises `Refusal`: `invalid_request` for two methods at once (RFC 6749 §2.3), else `invalid_client`.
    """
    credentials = credentials_of(request, parameters)
    client = client_of(credentials.client_id, network=network_of(request))
    if client is None and (refused := documents.refusal_of(credentials.client_id)) is not None:
        raise _document_refused(refused)
    now = clock.now()
    if credentials.shown is not None:
        return _proven_by_jwt(credentials.shown, credentials, client, request, now)
    method = _method_shown(credentials, client)
    if method is AuthMethod.NONE:
        client = client.without_proof() if client else None
        is_proven = client is not None and not client.is_confidential and client.is_enabled
    else:
        is_proven = secrets.verify(
            client, credentials.secret, now, guesses=_guesses(request, client)
        ) and _method_is_registered(client, method)
    if client is None or not is_proven or not is_usable(client, request):
        raise _not_proven(_reason(method, client))
    return client


def _method_shown(credentials: Credentials, client: ClientFacts | None) -> AuthMethod:
    """Return how the client authenticates: a public one that sends an empty secret sends none.

    Libraries that do not know the kind of a client begin so, in the header (RFC 6749 §2.3.1 lets a client
    leave an empty secret out of the body).
    """
    is_public = client is not None and not client.is_confidential
    if is_public and credentials.method is AuthMethod.BASIC and not credentials.secret:
        return AuthMethod.NONE
    return credentials.method


def _guesses(request: HttpRequest, client: ClientFacts | None) -> GuessLimits:
    return GuessLimits(network=network_of(request), client_id=client.client_id if client else "")


def _proven_by_jwt(
    shown: Shown,
    credentials: Credentials,
    client: ClientFacts | None,
    request: HttpRequest,
    now: datetime,
) -> ClientFacts:
    """The client that signed an assertion, which is spent by that, whatever becomes of the request."""
    proof = assertions.proof_of(shown, client, request, now)
    doubt = assertions.first_doubt(proof)
    if not proof.assertion.is_genuine:
        _guesses(request, client).count()
    if client is None or not client.is_enabled or not _method_is_registered(client, shown.method):
        raise _not_proven(_reason(credentials.method, client))
    if doubt is not None:
        raise _not_proven(doubt.name, spec=doubt.spec, fix=doubt.note)
    if not is_usable(client, request):
        raise _not_proven("client_must_be_enabled")
    if not assertions.spend(proof.assertion):
        raise _not_proven("client_assertion_must_be_used_once", spec="RFC 7523 §3")
    return client


def must_be_able(client: ClientFacts, request: HttpRequest) -> None:
    """Raise what a client is answered that cannot prove itself, whatever it sends."""
    method = client.authentication_method
    if not is_usable(client, request):
        raise _not_proven("client_must_be_enabled")
    if method is AuthMethod.PRIVATE_KEY_JWT and not has_keys(client):
        raise _not_proven(assertion_must_be_genuine.name, spec="RFC 7523 §3")
    if method is AuthMethod.SECRET_JWT and not secrets.readable_secrets(client):
        raise _not_proven(assertion_must_be_genuine.name, spec="RFC 7523 §3")
    if method in _BY_SECRET and not _has_secret(client):
        raise _not_proven("client_must_have_a_live_secret")


def credentials_of(request: HttpRequest, parameters: Mapping[str, str]) -> Credentials:
    """Read the credentials of a request without checking them. Raises `Refusal` where they contradict."""
    header = request.META.get("HTTP_AUTHORIZATION", "")
    in_body = parameters.get("client_id", "")
    scheme, _, encoded = header.partition(" ")
    is_basic = scheme.lower() == "basic"
    by_jwt = [name for name in ("client_assertion", "client_assertion_type") if name in parameters]
    if sum((is_basic, bool(parameters.get("client_secret")), bool(by_jwt))) > 1:
        raise _refusal(
            Code.INVALID_REQUEST,
            "Two client authentication methods in one request: use one.",
            rule="client_must_use_one_authentication_method",
            spec="RFC 6749 §2.3",
        )
    if by_jwt:
        return _by_jwt(parameters, in_body)
    if is_basic:
        client_id, secret = _basic(encoded.strip())
        _must_agree(in_body, client_id, "in the Authorization header")
        return Credentials(client_id=client_id, method=AuthMethod.BASIC, secret=secret)
    if not in_body:
        raise _refusal(
            Code.INVALID_CLIENT,
            "The request does not say which client it comes from.",
            rule="client_must_be_named",
            spec="RFC 6749 §5.2",
            status=401,
        )
    if secret := parameters.get("client_secret", ""):
        return Credentials(client_id=in_body, method=AuthMethod.POST, secret=secret)
    return Credentials(client_id=in_body, method=AuthMethod.NONE)


def sent_credentials(request: HttpRequest, parameters: Mapping[str, str]) -> bool:
    """Does a request try to authenticate its client at all? A client_id alone does not."""
    names = ("client_secret", "client_assertion", "client_assertion_type")
    return used_basic(request) or any(name in parameters for name in names)


def method_used(
    request: HttpRequest, parameters: Mapping[str, str], client: ClientFacts
) -> AuthMethod | None:
    """The method by which a request authenticated its client, once it did; `None` by its grant alone."""
    if client.is_confidential and not sent_credentials(request, parameters):
        return None
    if client.authentication_method is not AuthMethod.ANY_SECRET:
        return client.authentication_method
    return AuthMethod.BASIC if used_basic(request) else AuthMethod.POST


def refusal_of_method(client: ClientFacts, method: AuthMethod) -> Refusal | None:
    """How a client that authenticates by this method is refused, whatever it shows by it."""
    return None if _method_is_registered(client, method) else _not_proven(_reason(method, client))


def claimed_client_id(request: HttpRequest, parameters: Mapping[str, str]) -> str:
    """Who a request says it comes from, for the record alone: nobody has proven it."""
    try:
        return credentials_of(request, parameters).client_id
    except Refusal:
        asserted = assertions.read(parameters.get("assertion", ""))
        return parameters.get("client_id", "") or (asserted.named("iss") if asserted else "")


def _by_jwt(parameters: Mapping[str, str], in_body: str) -> Credentials:
    """Whom an assertion names; its client_id beside it is optional (RFC 7521 §4.2)."""
    shown = None
    if parameters.get("client_assertion_type") == assertions.ASSERTION_TYPE:
        shown = assertions.read(parameters.get("client_assertion", ""))
    client_id = shown.named("sub") if shown else ""
    if shown is None or not client_id:
        raise _not_proven("client_assertion_must_be_a_jwt", spec="RFC 7523 §2.2")
    _must_agree(in_body, client_id, "of the client_assertion")
    return Credentials(client_id=client_id, method=shown.method, shown=shown)


def _must_agree(in_body: str, client_id: str, where: str) -> None:
    if in_body and in_body != client_id:
        raise _refusal(
            Code.INVALID_REQUEST,
            f"The client_id in the body is not the one {where}.",
            rule="client_must_use_one_authentication_method",
            spec="RFC 6749 §2.3",
        )


def used_basic(request: HttpRequest) -> bool:
    """Did the client try the Authorization header? Then a refusal carries a challenge (RFC 6749 §5.2)."""
    return str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")[0].lower() == "basic"


def _basic(encoded: str) -> tuple[str, str]:
    """Id and secret of a Basic header, each form-encoded before it was joined (RFC 6749 §2.3.1)."""
    try:
        decoded = b64decode(encoded, validate=True).decode("utf-8")
    except (Base64Error, ValueError):
        decoded = ""
    client_id, colon, secret = (unquote_plus(part) for part in decoded.partition(":"))
    if not colon or "\x00" in client_id + secret:
        raise _refusal(
            Code.INVALID_CLIENT,
            "The Authorization header is not valid HTTP Basic.",
            rule="client_credentials_must_be_well_formed",
            spec="RFC 6749 §2.3.1",
            status=401,
        )
    return client_id, secret


#: The methods that send a secret as it is.
_BY_SECRET = (AuthMethod.ANY_SECRET, AuthMethod.BASIC, AuthMethod.POST)


def _has_secret(client: ClientFacts) -> bool:
    return bool(client.secrets or client.dot_secret)


def _method_is_registered(client: ClientFacts | None, method: AuthMethod) -> bool:
    """Return whether the client may authenticate so.

    A public client that django-oauth-toolkit gave a secret may send it, and is held to it then. It is no
    confidential client by that: its copies all have the same one (RFC 6749 §2.1, RFC 8252 §8.5).
    """
    if client is None:
        return False
    registered = client.authentication_method
    may_send_any = not client.is_confidential and _has_secret(client)
    if registered is AuthMethod.ANY_SECRET or (may_send_any and method in _BY_SECRET):
        return method in (AuthMethod.BASIC, AuthMethod.POST)
    return method is registered


def _not_proven(rule: str, *, spec: str = "RFC 6749 §5.2", fix: str = "") -> Refusal:
    """The same words to the client whatever was wrong; the rule's name tells the owner what it was."""
    return Refusal(
        Code.INVALID_CLIENT,
        "Client authentication failed.",
        rule=rule,
        spec=spec,
        status=401,
        fix=fix or _FIXES.get(rule, ""),
    )


def _document_refused(refused: Refusal) -> Refusal:
    """Everybody can read the document, so that it is no secret what is wrong with it."""
    return Refusal(
        Code.INVALID_CLIENT,
        f"The client's metadata document is refused. {refused.sentence}",
        rule=refused.rule,
        spec=refused.spec,
        status=401,
        fix=refused.fix,
    )


def _reason(method: AuthMethod, client: ClientFacts | None) -> str:
    if client is None:
        return "client_must_be_known"
    if not client.is_enabled:
        return "client_must_be_enabled"
    if method is AuthMethod.NONE:
        return "confidential_client_must_authenticate"
    if not client.is_confidential:
        is_held_to_it = _has_secret(client) and method in _BY_SECRET
        return (
            "client_secret_must_match" if is_held_to_it else "public_client_must_not_send_a_secret"
        )
    signs = method in (AuthMethod.PRIVATE_KEY_JWT, AuthMethod.SECRET_JWT)
    if signs and not _method_is_registered(client, method):
        return "client_must_use_its_registered_method"
    if not _has_secret(client):
        return "client_must_have_a_live_secret"
    if not _method_is_registered(client, method):
        return "client_must_use_its_registered_method"
    return "client_secret_must_match"


def _refusal(code: Code, sentence: str, *, rule: str, spec: str, status: int = 400) -> Refusal:
    return Refusal(code, sentence, rule=rule, spec=spec, status=status, fix=_FIXES.get(rule, ""))


#: What the owner of a client does about each refusal.
_FIXES = {
    "client_must_use_one_authentication_method": "Send the secret in the header or in the body, not both.",
    "client_must_be_named": "Send client_id, or an Authorization: Basic header.",
    "client_credentials_must_be_well_formed": "Base64-encode client_id:client_secret, each form-encoded.",
    "client_must_be_known": "Check the client_id for typing errors and for the right environment.",
    "client_must_be_enabled": "Enable the client in the admin.",
    "confidential_client_must_authenticate": "Send the client's secret.",
    "public_client_must_not_send_a_secret": "Leave client_secret out, or register a confidential client.",
    "client_must_have_a_live_secret": "Add a secret in the admin: every one has been retired or has expired.",
    "client_must_use_its_registered_method": "Send the secret by the method the client is registered for.",
    "client_assertion_must_be_a_jwt": (
        "Send a signed JWT as client_assertion, its client_id as sub, and its client_assertion_type."
    ),
    "client_assertion_must_be_used_once": "Make a new JWT, with a jti of its own, for each request.",
    "client_secret_must_match": "Check the secret for typing errors, or add a new one in the admin.",
}
