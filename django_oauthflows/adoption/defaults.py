"""Defaults of django-oauth-toolkit that become safe ones where the project wrote nothing (RFC 9700)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django_oauthflows import dot
from django_oauthflows.adoption.findings import Finding, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Tightened:
    """One default: what is different, for whom, and how to keep it.

    `before` is the value that keeps it as it was, as Python source; `instead` what to do where no value does.
    """

    change: str
    for_whom: str
    before: str = ""
    instead: str = ""

    def remedy(self, name: str) -> str:
        return (
            self.instead
            or f'To keep it for a while, write "{name}": {self.before} in OAUTH2_PROVIDER.'
        )


#: By setting. The administration classes are left out: they show other pages and change no contract.
TIGHTENED: Mapping[str, Tightened] = {
    "DEFAULT_SCOPES": Tightened(
        change="A request without scope gets no scope; it got every scope of the server (RFC 6749 §3.3).",
        for_whom="clients that send no scope",
        before='["__all__"]',
    ),
    "ACCESS_TOKEN_EXPIRE_SECONDS": Tightened(
        change="New access tokens live for 15 minutes instead of 10 hours (RFC 9700 §4.9.3).",
        for_whom="clients that neither read expires_in nor refresh, and services that keep one token all day",
        before="36000",
    ),
    "REFRESH_TOKEN_EXPIRE_SECONDS": Tightened(
        change="A refresh token that nobody used for 30 days ends; it never ended (RFC 9700 §4.14.2).",
        for_whom="clients that people open less than once a month",
        before="None",
    ),
    "ID_TOKEN_EXPIRE_SECONDS": Tightened(
        change="New ID tokens are valid for one hour instead of 10.",
        for_whom="relying parties that use an ID token as their session",
        before="36000",
    ),
    "REFRESH_TOKEN_REUSE_PROTECTION": Tightened(
        change="A refresh token that was spent before and comes again ends its whole family "
        "(RFC 9700 §4.14.2).",
        for_whom="clients that refresh with an old token, as by a backup or two processes with one store",
        instead="No setting takes that back. A refresh that is repeated at once gets the same answer.",
    ),
    "ALLOWED_REDIRECT_URI_SCHEMES": Tightened(
        change="Redirect URIs of plain http are refused, unless they lead to the user's own device "
        "(RFC 9700 §2.1).",
        for_whom="clients with such a redirect URI",
        before='["http", "https"]',
    ),
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": Tightened(
        change="The implicit and hybrid flows are closed (RFC 9700 §2.1.2).",
        for_whom="applications of the grant types implicit and openid-hybrid",
        before="False",
    ),
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": Tightened(
        change="The password grant is closed (RFC 9700 §2.4).",
        for_whom="applications of the grant type password",
        before="False",
    ),
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": Tightened(
        change="PKCE works with S256 alone; plain is refused (RFC 9700 §2.1.1).",
        for_whom="clients that send code_challenge_method=plain, or a code_challenge without a method",
        instead="For a client that can do no S256, choose the security profile legacy on its page.",
    ),
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": Tightened(
        change="APIs take access tokens from the Authorization header alone (RFC 9700 §4.3.2).",
        for_whom="clients that send access_token in the URL or in a form",
        instead="Views with django-oauth-toolkit's own authenticators obey "
        '"COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": False; those of '
        "django_oauthflows.resource_server do not.",
    ),
}


def of_defaults() -> Iterator[Finding]:
    """Yield each default that changes, because the project wrote nothing about it."""
    for name, one in TIGHTENED.items():
        if not dot.project_says(name):
            yield Finding(
                level=Level.WARNING,
                where=f"OAUTH2_PROVIDER[{name!r}]",
                sentence=f"{one.change} It concerns {one.for_whom}.",
                remedy=one.remedy(name),
            )


def written_back() -> dict[str, str]:
    """Return the values a project may write to keep what can be kept, by setting, as Python source."""
    return {
        name: one.before
        for name, one in TIGHTENED.items()
        if one.before and not dot.project_says(name)
    }
