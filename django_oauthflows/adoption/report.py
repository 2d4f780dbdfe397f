"""Report of an adoption: everything that was found in a project, in the order somebody works through it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from django_oauthflows.adoption import defaults, findings, kept, places, rows, sources
from django_oauthflows.adoption.findings import Finding, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the report; `error` says why it could not be read, and is empty where it could."""

    title: str
    findings: tuple[Finding, ...]
    error: str = ""

    @property
    def worst(self) -> int:
        return max((one.level for one in self.findings), default=0)


_SECTIONS: tuple[tuple[str, tuple[Callable[[], Iterator[Finding]], ...]], ...] = (
    ("URLs", (places.of_urls,)),
    ("Settings, validator and templates", (findings.of_checks, kept.of_settings)),
    ("Defaults that become safe", (defaults.of_defaults,)),
    ("Code", (sources.of_sources, places.of_receivers)),
    ("Clients and tokens", (rows.of_applications, findings.of_row_checks, rows.of_tokens)),
)

#: What no reading of a project shows.
LOOK_YOURSELF: tuple[str, ...] = (
    "Clients that verify ID tokens or JWT access tokens with a key they copied once: they need the JWKS.",
    "Clients that send ID tokens to your API instead of access tokens: these are refused (RFC 6750 §1).",
    "Clients that send code, token or introspection requests as multipart forms or JSON: these are refused "
    "(RFC 6749 §3.2).",
    "Confidential applications whose secret was left blank: these cannot authenticate; before, anybody could "
    "in their name. A blank secret is stored as a hash, which does not show it.",
    "Clients that compare error_description with a text: the words are other ones, the error codes are not.",
    "Code that writes rows of AccessToken, RefreshToken or Grant, and tests that post the consent form.",
    "Scripts that read the HTML of django-oauth-toolkit's pages.",
    "Readers of the database that expect tokens in plain text: new ones are stored as checksums.",
)


def sections() -> Iterator[Section]:
    """Yield each part as soon as it was read.

    A database that cannot be read, and a module that cannot be imported, cost their own part alone.
    """
    for title, readers in _SECTIONS:
        try:
            found = tuple(finding for reader in readers for finding in reader())
        except (DatabaseError, ImportError, ImproperlyConfigured) as error:
            yield Section(title=title, findings=(), error=str(error))
        else:
            yield Section(title=title, findings=_worst_first(found))


def _worst_first(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda one: -one.level))


def counts(of: list[Section]) -> dict[Level, int]:
    """Return how many findings there are of each level, the worst first."""
    levels = [finding.level for section in of for finding in section.findings]
    return {level: levels.count(level) for level in sorted(Level, reverse=True)}
