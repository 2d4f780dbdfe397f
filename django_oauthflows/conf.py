"""Every setting of this app: typed, with its default and the reason for it, read live.

A project writes what it wants to change into one dictionary, and nothing else:

    OAUTHFLOWS = {"ISSUER": "https://id.example.com/o"}

Scopes, lifetimes of codes and tokens and the generators of client ids are django-oauth-toolkit's settings
(`OAUTH2_PROVIDER`) and stay there.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from django.conf import settings

T = TypeVar("T")


class Setting(Generic[T]):
    """One key of `OAUTHFLOWS`, looked up each time it is asked for so that tests may override it."""

    def __init__(self, default: T, reason: str) -> None:
        self.default = default
        self.reason = reason
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> T:
        chosen: T = project_settings().get(self.name, self.default)
        return chosen


def project_settings() -> Mapping[str, Any]:
    """What the project wrote into `OAUTHFLOWS`."""
    written: Mapping[str, Any] = getattr(settings, "OAUTHFLOWS", {})
    return written


class Conf:
    """The settings. Lifetimes and windows are seconds."""

    ISSUER = Setting(
        "",
        "The issuer identifier (RFC 8414 §2), an https URL without a trailing slash. Empty: made of the "
        "request's host and URL_PREFIX, which is right for a site with one host name.",
    )
    URL_PREFIX = Setting(
        "o/",
        "Where the endpoints live below the site's root; django-oauth-toolkit's own habit, so that a site "
        "that swaps its include keeps every client's URLs.",
    )
    CLIENT_CACHE_SECONDS = Setting(
        5.0,
        "How long a worker may answer from what it knows of a client. A change made in the same worker is "
        "seen at once; disabling a client stops its tokens at once everywhere, whatever is cached.",
    )
    REFRESH_GRACE_SECONDS = Setting(
        10,
        "How long after its rotation a refresh token gets the same answer again: a client whose answer was "
        "lost on its way would otherwise lose its person's sign-in.",
    )
    REFRESH_TOKEN_ABSOLUTE_LIFETIME: "Setting[int | None]" = Setting(
        90 * 86400,
        "The absolute end of a grant, however often it was refreshed. None: no end.",
    )
    CONSENT_LIFETIME: "Setting[int | None]" = Setting(
        365 * 86400,
        "How long a person's yes is remembered. None: until they withdraw it.",
    )
    REVOKE_ON_PASSWORD_CHANGE = Setting(
        True,
        "Whoever changes a password wants other people's sign-ins gone. A client's policy may differ.",
    )
    REVOKE_ON_LOGOUT = Setting(
        False,
        "An app a person connected keeps working after they sign out of this site, as people expect. A "
        "client's policy may differ.",
    )
    AUDIT_ROWS_PER_WINDOW = Setting(
        10,
        "How many refusals by the same rule, client and network are written out within an hour; beyond "
        "that they are counted, so that hostile traffic cannot fill the table.",
    )
    AUDIT_ISSUED_TOKENS = Setting(
        False,
        "Write an audit row for each issued token too. The token's own row is the record otherwise.",
    )
    AUDIT_RETENTION: "Setting[int | None]" = Setting(
        365 * 86400,
        "How long `oauthflows_cleanup` leaves audit events, and what is known of retired client secrets: "
        "long enough to look into a theft that is found out late. None: for ever.",
    )
    RESOURCE = Setting(
        "",
        "The identifier of this site as a protected resource (RFC 9728 §1.2). Empty: the site's root URL.",
    )
    TRUSTED_PROXIES = Setting(
        0,
        "How many proxies in front of the site append to X-Forwarded-For; the network an audit row names is "
        "taken from behind them. 0: the connection's own address.",
    )


conf = Conf()

#: Every key `OAUTHFLOWS` may hold.
NAMES: frozenset[str] = frozenset(
    name for name, value in vars(Conf).items() if isinstance(value, Setting)
)
