"""Rows of django-oauth-toolkit that will be treated otherwise: applications, and tokens that end.

Only django-oauth-toolkit's own tables are read: this runs before this app's are made.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django_oauthflows import dot
from django_oauthflows.adoption.findings import Finding, Level
from django_oauthflows.core import clock, hosts, text, users

#: How many clients a finding names.
NAMED = 10

_APPLICATIONS = "the table of applications"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about one application row, and what its clients will see if the answer is yes."""

    concerns: Callable[[Any], bool]
    level: Level
    sentence: str
    remedy: str


def _is_public(application: Any) -> bool:
    return bool(application.client_type == "public")


def _is_of(*grant_types: str) -> Callable[[Any], bool]:
    return lambda application: application.authorization_grant_type in grant_types


def _is_closed(switch: str) -> bool:
    """Return whether a grant of legacy standing is closed, as it is unless the project opened it itself."""
    return not dot.project_says(switch) or bool(dot.setting(switch))


def _has_plain_http(application: Any) -> bool:
    """Return whether a redirect URI is plain http and leads elsewhere than to the user's own device."""
    if "http" in (dot.setting("ALLOWED_REDIRECT_URI_SCHEMES") or ()):
        return False
    return any(
        parts.scheme == "http" and not hosts.is_loopback(parts.hostname or "")
        for parts in _redirect_uris(application)
    )


def _redirect_uris(application: Any) -> Iterator[Any]:
    for uri in application.redirect_uris.split():
        try:
            yield urlsplit(uri)
        except ValueError:
            continue


QUESTIONS: tuple[Question, ...] = (
    Question(
        concerns=lambda one: (
            _is_public(one) and one.authorization_grant_type == "client-credentials"
        ),
        level=Level.ERROR,
        sentence="Public applications get no token by client credentials: they have to be confidential "
        "(RFC 6749 §4.4).",
        remedy="Make each of them confidential and give it a secret, or choose another grant type.",
    ),
    Question(
        concerns=lambda one: (
            _is_closed("COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT") and _is_of("implicit")(one)
        ),
        level=Level.ERROR,
        sentence="Applications of the implicit grant get no token any more (RFC 9700 §2.1.2).",
        remedy="Move them to the authorization code with PKCE; until then write "
        '"COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": False in OAUTH2_PROVIDER.',
    ),
    Question(
        concerns=lambda one: (
            _is_closed("COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT") and _is_of("openid-hybrid")(one)
        ),
        level=Level.WARNING,
        sentence="Applications of the hybrid flow get a code, and no token beside it (RFC 9700 §2.1.2).",
        remedy="Ask with response_type=code; until then write "
        '"COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": False in OAUTH2_PROVIDER.',
    ),
    Question(
        concerns=lambda one: (
            _is_closed("COMPLIANT_BCP_RFC9700_PASSWORD_GRANT") and _is_of("password")(one)
        ),
        level=Level.ERROR,
        sentence="Applications of the password grant get no token any more (RFC 9700 §2.4).",
        remedy="Move them to the authorization code with PKCE; until then write "
        '"COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": False in OAUTH2_PROVIDER.',
    ),
    Question(
        concerns=_has_plain_http,
        level=Level.ERROR,
        sentence="Redirect URIs of plain http are refused: codes sent in the clear can be read on their way "
        "(RFC 9700 §2.1).",
        remedy="Register the https address; until then write "
        '"ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"] in OAUTH2_PROVIDER.',
    ),
    Question(
        concerns=lambda one: "*" in one.redirect_uris and not dot.setting("ALLOW_URI_WILDCARDS"),
        level=Level.ERROR,
        sentence="A redirect URI with a star matches itself alone (RFC 9700 §2.1).",
        remedy="Register each address in full.",
    ),
    Question(
        concerns=lambda one: not _is_public(one) and not one.client_secret,
        level=Level.ERROR,
        sentence="Confidential applications whose secret is blank cannot authenticate; before, everybody "
        "could in their name.",
        remedy="Give each of them a secret, in the admin.",
    ),
    Question(
        concerns=lambda one: (
            not _is_public(one)
            and bool(dot.plain_secret(str(one.client_secret)))
            and one.algorithm != "HS256"
        ),
        level=Level.NOTE,
        sentence="Secrets are stored readable (hash_client_secret is off), and nothing needs that.",
        remedy="Replace each secret, in the admin: the new one is stored as a checksum.",
    ),
    Question(
        concerns=lambda one: one.skip_authorization,
        level=Level.NOTE,
        sentence="Users are not asked for consent, as before (skip_authorization).",
        remedy="Clients of others should ask: untick it on the client's page.",
    ),
)


def of_applications() -> Iterator[Finding]:
    """Yield what will be different for some applications, with their names; the table is read once."""
    concerned: dict[int, list[str]] = {number: [] for number in range(len(QUESTIONS))}
    for application in dot.applications().order_by("pk").iterator(chunk_size=500):
        for number, question in enumerate(QUESTIONS):
            if question.concerns(application):
                name = text.shown(application.name, application.client_id)
                concerned[number].append(f"{name} ({application.client_id})")
    for number, question in enumerate(QUESTIONS):
        if names := concerned[number]:
            yield Finding(
                level=question.level,
                where=_APPLICATIONS,
                sentence=question.sentence,
                remedy=question.remedy,
                clients=tuple(names),
            )


def of_tokens() -> Iterator[Finding]:
    """Yield how many live tokens will not be taken any more: too old ones, and those of closed accounts."""
    if not dot.project_says("REFRESH_TOKEN_EXPIRE_SECONDS"):
        before = clock.now() - timedelta(seconds=dot.TIGHTENED["REFRESH_TOKEN_EXPIRE_SECONDS"])
        refresh_tokens = dot.refresh_token_model()._default_manager.filter(revoked__isnull=True)
        if count := refresh_tokens.filter(created__lt=before).count():
            yield Finding(
                level=Level.WARNING,
                where="the table of refresh tokens",
                sentence=f"{count} refresh tokens are older than 30 days and end with the swap: their users "
                "sign in once more.",
                remedy='To keep them, write "REFRESH_TOKEN_EXPIRE_SECONDS": None in OAUTH2_PROVIDER.',
            )
    if not users.has_field("is_active"):
        return
    tokens = dot.access_token_model()._default_manager.filter(expires__gt=clock.now())
    if count := tokens.filter(user__is_active=False).count():
        yield Finding(
            level=Level.NOTE,
            where="the table of access tokens",
            sentence=f"{count} live access tokens belong to deactivated users and open nothing any more.",
        )
