"""Reading a request's parameters, strictly: what is malformed is refused before anybody interprets it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from django_oauthflows.audit.redaction import KNOWN
from django_oauthflows.core.request_body import IncompleteBody, UnframedBody, whole_body_of
from django_oauthflows.errors import Code, Refusal
from django_oauthflows.rules.words import words_of

FORM = "application/x-www-form-urlencoded"

#: Longest accepted values, in characters. Columns hold them all, on every backend.
LONGEST = {
    "audience": 2000,
    "client_id": 255,
    "code_challenge": 128,
    "code_challenge_method": 10,
    "code_verifier": 128,
    "login_hint": 320,  # the longest e-mail address (RFC 5321 §4.5.3.1)
    "nonce": 255,
    "redirect_uri": 2000,
    "request": 16_000,
    "resource": 2000,
    "scope": 2000,
    "state": 4096,
}
_LONGEST_OTHER = 8000
_MOST = 100
_NAME = re.compile(r"[A-Za-z0-9_]")

#: The only parameters that may come several times (RFC 8707 §2, RFC 8693 §2.1).
_REPEATABLE = ("resource", "audience")

#: The parameters an authorization request may have (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1, §5.5, §6).
AUTHORIZATION = frozenset(
    {
        *("client_id", "response_type", "response_mode", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method", "resource", "prompt", "max_age", "display"),
        *("acr_values", "claims", "claims_locales", "ui_locales", "login_hint", "id_token_hint"),
        *("registration", "request", "request_uri"),
    }
)
#: Those that say where and how it is answered: repeated, they leave no address an error could go to.
_ADDRESSING = frozenset({"client_id", "redirect_uri", "response_mode", "request", "request_uri"})


_SECRET = frozenset(
    {
        "actor_token",
        "assertion",
        "client_assertion",
        "client_secret",
        "code",
        "device_code",
        "password",
        "refresh_token",
        "subject_token",
        "token",
    }
)


@dataclass(frozen=True, slots=True)
class Parameters(Mapping[str, str]):
    """The parameters of one request. A parameter without a value counts as not sent (RFC 6749 §3.1).

    `repeated` are known parameters of an authorization request that came several times. They have no value.
    """

    single: dict[str, str] = field(repr=False)
    resource: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    repeated: frozenset[str] = frozenset()

    def __getitem__(self, name: str) -> str:
        return self.single[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.single)

    def __len__(self) -> int:
        return len(self.single)

    def text(self, name: str) -> str:
        """A parameter's value, or the empty string."""
        return self.single.get(name, "")

    def words(self, name: str) -> frozenset[str] | None:
        """A space-separated list as a set; `None` where it was not sent."""
        return frozenset(words_of(self.single[name])) if name in self.single else None

    def ordered(self, name: str) -> tuple[str, ...]:
        """A space-separated list in its order."""
        return words_of(self.text(name))

    def pairs(self) -> list[tuple[str, str]]:
        """All of them as a form would send them; `from_pairs` reads them back."""
        several = (("resource", self.resource), ("audience", self.audience))
        repeated = [(name, value) for name, values in several for value in values]
        return [*self.single.items(), *repeated]

    def plain(self) -> dict[str, str | tuple[str, ...]]:
        """All of them, for whoever writes down what may be written down."""
        several = {"resource": self.resource, "audience": self.audience}
        return {**self.single, **{name: values for name, values in several.items() if values}}


def from_body(request: HttpRequest, *, is_authorization: bool = False) -> Parameters:
    """The parameters of a form-encoded body.

    Raises `Refusal`: 415 for another content type, 413 for a body that is too large, 400 for a malformed one.
    With `is_authorization`, most of what is repeated is left to `repetition`.
    """
    form_must_be_encoded(request)
    body = whole_body(request)
    if request.META.get("QUERY_STRING"):
        _refuse_secrets_in_query(request)
    return _parse(body, is_authorization=is_authorization)


def whole_body(request: HttpRequest, code: Code = Code.INVALID_REQUEST) -> bytes:
    """The body to its last byte.

    Raises `Refusal`: 413 where it is too large (RFC 9110 §15.5.14), 411 where it came in chunks that this
    server cannot read (§15.5.12), 400 where its end is missing.
    """
    try:
        return whole_body_of(request)
    except RequestDataTooBig:
        refusal = ("The body is too large.", "body_must_be_small", "RFC 9110 §15.5.14", 413)
    except UnframedBody:
        refusal = (
            "Send the length of the body (Content-Length): this server does not read one in chunks.",
            "body_must_have_a_length",
            "RFC 9110 §15.5.12",
            411,
        )
    except IncompleteBody:
        refusal = (
            "The body ended before its announced length.",
            "body_must_be_complete",
            "RFC 9112 §8",
            400,
        )
    sentence, rule, spec, status = refusal
    raise Refusal(code, sentence, rule=rule, spec=spec, status=status)


def form_must_be_encoded(request: HttpRequest) -> None:
    """Raise a `Refusal` with 415 for a body of another content type."""
    if request.method == "POST" and request.content_type != FORM:
        raise _malformed(
            "The body must be form-encoded (application/x-www-form-urlencoded).",
            rule="body_must_be_form_encoded",
            spec="RFC 6749 §4.1.3",
            status=415,
        )


def from_query(request: HttpRequest, *, is_authorization: bool = False) -> Parameters:
    """The parameters of the query, as `from_body`. Raises `Refusal` for a malformed one."""
    raw = request.META.get("QUERY_STRING", "").encode("latin-1", "replace")
    return _parse(raw, is_authorization=is_authorization)


def token_from_query(request: HttpRequest) -> Parameters:
    """Return the parameters of a query that may hold a `token`, and nothing else that is secret.

    Raises `Refusal` for a malformed one, and for the credentials of a client (RFC 6749 §2.3.1).
    """
    _refuse_secrets_in_query(request, but=frozenset({"token"}))
    return from_query(request)


def repetition(parameters: Parameters) -> Refusal | None:
    """Return the refusal of a parameter that came several times, for the client (RFC 6749 §4.1.2.1)."""
    return next((_repeated(name) for name in sorted(parameters.repeated)), None)


def from_pairs(pairs: Iterable[tuple[str, str]]) -> Parameters:
    """Parameters that came in another way than a form, held to the same rules. Raises `Refusal`."""
    return _gathered(pairs)


def _refuse_secrets_in_query(request: HttpRequest, *, but: frozenset[str] = frozenset()) -> None:
    """Credentials in a URL end up in logs (RFC 6749 §2.3.1): refuse them, so that nobody gets used to it."""
    sent = from_query(request)
    if not (_SECRET - but).isdisjoint(sent):
        raise _malformed(
            "Credentials must be in the body, never in the URL.",
            rule="credentials_must_not_be_in_the_query",
            spec="RFC 6749 §2.3.1",
        )


def _parse(raw: bytes, *, is_authorization: bool = False) -> Parameters:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST
        )
    except ValueError:
        # UnicodeDecodeError and parse_qsl's "too many fields" are both ValueErrors.
        raise _malformed(
            "The parameters are not valid form-encoded UTF-8.", rule="parameters_must_be_utf8"
        ) from None
    return _gathered(pairs, is_authorization=is_authorization)


def _gathered(pairs: Iterable[tuple[str, str]], *, is_authorization: bool = False) -> Parameters:
    known = AUTHORIZATION if is_authorization else KNOWN
    single: dict[str, str] = {}
    several: dict[str, list[str]] = {name: [] for name in _REPEATABLE}
    seen: set[str] = set()
    repeated: set[str] = set()
    for name, value in pairs:
        _refuse_unusable(name, value)
        if name in _REPEATABLE:
            several[name].extend([value] if value else [])
        elif name not in seen:
            single |= {name: value} if value else {}
        elif name in known and (not is_authorization or name in _ADDRESSING):
            raise _repeated(name)
        elif name in known:
            repeated.add(name)
        seen.add(name)
    single = {name: value for name, value in single.items() if name not in repeated}
    lists = {name: tuple(values) for name, values in several.items()}
    return Parameters(single, repeated=frozenset(repeated), **lists)


def _repeated(name: str) -> Refusal:
    return _malformed(
        f"The parameter {_shown(name)} was sent more than once.",
        rule="parameter_must_not_be_repeated",
        spec="RFC 6749 §3.1",
    )


def _refuse_unusable(name: str, value: str) -> None:
    if "\x00" in value or "\x00" in name:
        raise _malformed("A parameter holds a NUL character.", rule="parameters_must_not_hold_nul")
    if len(value) > LONGEST.get(name, _LONGEST_OTHER):
        raise _malformed(
            f"The parameter {_shown(name)} is too long.", rule="parameters_must_not_be_overlong"
        )


def _shown(name: str) -> str:
    """A parameter's name as it may appear in a public sentence."""
    return "".join(_NAME.findall(name[:40])) or "(unnamed)"


def _malformed(
    sentence: str, *, rule: str, spec: str = "RFC 6749 §5.2", status: int = 400
) -> Refusal:
    return Refusal(Code.INVALID_REQUEST, sentence, rule=rule, spec=spec, status=status)
